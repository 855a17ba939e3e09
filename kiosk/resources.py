"""Where the files that ship beside the code (styles, code tables) are found."""

from pathlib import Path

_PACKAGED = Path(__file__).parent / "assets"
_CHECKOUT = Path(__file__).parent.parent / "assets"


def asset(name: str) -> Path:
    """The path of the file `name` below assets/: in an installed package beside the code, in a checkout at the top."""
    folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    return folder / name
