"""What can go wrong with the store itself.

StoreError
├── Unreadable     the file is not there, not ours, or may not be read
│   ├── Locked     it is encrypted and its key is not there, or the other way round
│   └── Damaged    its content does not hold together, seen at opening or at work; a backup must be restored
├── TooNew         written by a newer program
├── NotSetUp       no clinic in it yet
├── Failed         a transaction could not be carried out (full, locked, I/O); nothing of it was kept
│   └── Unconfirmed    the line to the server broke while it was being committed: it may have been kept
└── LostSender     another process has taken over sending for this clinic
"""


class StoreError(Exception):
    """The store could not do its work; `args[0]` is an Indonesian sentence."""


class Unreadable(StoreError):
    """The file is not there, not ours, or may not be read."""


class Locked(Unreadable):
    """The file is encrypted and its key is not there or not a key; or it is plain although a key is set."""


class Damaged(Unreadable):
    """Its content does not hold together; nothing is deleted, a backup must be restored."""


class TooNew(StoreError):
    """Written by a newer program; opening it could lose what that program knows."""


class NotSetUp(StoreError):
    """No clinic is in it yet."""


class Failed(StoreError):
    """A transaction could not be carried out; nothing of it was kept."""


class Unconfirmed(Failed):
    """The line to the server broke while a transaction was being committed: nobody knows whether it was kept.

    Whoever repeats the work must look first whether it was done, or give it a name by which the store can tell
    (the request id of a registration).
    """


class LostSender(StoreError):
    """Another process has taken over sending for this clinic, or nobody can be asked who does; sending must stop."""
