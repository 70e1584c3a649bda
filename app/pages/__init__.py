"""The pages people open in a browser: the week, and the sign-in to it.

They stand above the features, as the demo gym does: they read and write through the functions that the API uses.
"""
