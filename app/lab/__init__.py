"""The lab: policies side by side on the same virtual clients, for the command line."""
