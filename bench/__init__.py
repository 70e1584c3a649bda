"""What the service costs beside bare endpoints: run with `make bench`, judged on processor time per request."""
