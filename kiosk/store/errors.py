"""What can go wrong with the store itself.

StoreError
├── Unreadable     the file is not there, not ours, damaged, or may not be read
├── TooNew         written by a newer program
├── NotSetUp       no clinic in it yet
└── Failed         a transaction could not be carried out (full, locked, I/O); nothing of it was kept
"""


class StoreError(Exception):
    """The store could not do its work; `args[0]` is an Indonesian sentence."""


class Unreadable(StoreError):
    """The file is not there, not ours, damaged, or may not be read."""


class TooNew(StoreError):
    """Written by a newer program; opening it could lose what that program knows."""


class NotSetUp(StoreError):
    """No clinic is in it yet."""


class Failed(StoreError):
    """A transaction could not be carried out; nothing of it was kept."""
