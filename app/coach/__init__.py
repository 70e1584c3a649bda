"""The coach's inbox: who needs attention, and what resolves it."""
