"""Clients: who they are, what they train with, their screenings and clearances."""
