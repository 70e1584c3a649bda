"""Clients that were generated from the API description, against a running server."""
