"""The calendar feed: a client's sessions for whichever calendar they subscribe with."""
