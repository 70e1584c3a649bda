"""Virtual clients, the lab and the forecast."""
