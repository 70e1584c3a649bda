"""People who sign in: their tokens, passwords, roles and invitations."""
