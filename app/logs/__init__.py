"""Session logs and check-ins: what was done, how the back answered, what that changed."""
