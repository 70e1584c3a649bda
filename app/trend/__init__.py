"""What became of a client over time: the data, and the picture of one block."""
