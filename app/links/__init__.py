"""Private links to a client's week page and calendar: make, list, revoke."""
