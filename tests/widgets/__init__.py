"""Pieces of screens on their own."""
