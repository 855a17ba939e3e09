"""Loket: a registration counter for Indonesian primary care that never stops."""

__version__ = "0.1.0"
