"""Work in the background of a screen or a box: begun when its turn comes, never left half made."""

from collections.abc import Callable, Coroutine
from typing import Any, cast

from textual.dom import DOMNode
from textual.worker import WorkType

Action = Callable[[], Coroutine[Any, Any, None]]
"""What is to be done. Called when its turn comes: work that is replaced before that must leave nothing behind."""


def work(owner: DOMNode, action: Action, group: str, *, exclusive: bool = False, exit_on_error: bool = False) -> None:
    """Let `owner` do `action` without waiting for it.

    With `exclusive`, work of the same `group` that is not done yet is dropped. It takes a function and no coroutine: a
    coroutine that is dropped before it was awaited writes a RuntimeWarning over the person's screen.
    """
    owner.run_worker(cast("WorkType[None]", action), group=group, exclusive=exclusive, exit_on_error=exit_on_error)
