"""No other program is run from a session once it is up, and no other process of the same user may look into it."""

import ctypes
import os
import struct
from typing import NamedTuple


class _Machine(NamedTuple):
    """What the kernel calls things on one kind of processor (linux/audit.h, its table of system calls)."""

    arch: int
    seccomp: int
    execve: int
    execveat: int


_MACHINES = {
    "x86_64": _Machine(arch=0xC000003E, seccomp=317, execve=59, execveat=322),
    "aarch64": _Machine(arch=0xC00000B7, seccomp=277, execve=221, execveat=281),
}
_X32 = 0x40000000
"""On x86-64 numbers from here on are the x32 way to the same calls; nothing of ours uses it."""

_EPERM = 1
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_SET_MODE_FILTER, _TSYNC = 1, 1
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | _EPERM
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCH = 0, 4
"""Where the call's number and its machine stand in struct seccomp_data."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def engage(*, programs: bool = False) -> bool:
    """Shut the process in, for good, with all its threads and those that it will fork.

    No rights can be gained any more, its memory is nobody else's to read, and, unless it needs `programs`, execve is
    refused (EPERM). Returns whether that last thing holds: on other machines than x86-64 and aarch64, or where the
    kernel has no seccomp, it does not, and nothing else is lost.
    """
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return False
    machine = _MACHINES.get(os.uname().machine)
    if programs or machine is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    code = _filter(machine)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    # All numbers as longs: a variadic call passes what is not a pointer as an int otherwise.
    words = (ctypes.c_long(machine.seccomp), ctypes.c_long(_SET_MODE_FILTER), ctypes.c_long(_TSYNC))
    return bool(libc.syscall(*words, ctypes.byref(program)) == 0)


def _filter(machine: _Machine) -> bytes:
    """The filter as the kernel reads it: refuse other machines' calls, x32 and the two that start a program."""
    lines = [
        (_LOAD, 0, 0, _ARCH),
        (_IF_EQUAL, 0, 5, machine.arch),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, 3, 0, _X32),
        (_IF_EQUAL, 2, 0, machine.execve),
        (_IF_EQUAL, 1, 0, machine.execveat),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
