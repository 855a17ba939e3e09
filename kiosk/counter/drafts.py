"""Half-typed forms, kept so that a kill, a lock or a lost line costs nothing."""

from kiosk.counter.desk import Desk
from kiosk.store import drafts


async def save_draft(desk: Desk, kind: str, subject: str, content: dict[str, str]) -> None:
    """Keep the texts of a form for the operator at the desk; nothing happens when nobody is."""
    operator = desk.operator
    if operator is not None:
        await desk.write(lambda tx: drafts.save(tx, operator.id, kind, subject, content))


async def load_draft(desk: Desk, kind: str, subject: str) -> dict[str, str] | None:
    """The texts of the form as they were left, or None."""
    operator = desk.operator
    if operator is None:
        return None
    return await desk.read(lambda tx: drafts.load(tx, operator.id, kind, subject))


async def drop_draft(desk: Desk, kind: str, subject: str) -> None:
    """The form was saved or given up."""
    operator = desk.operator
    if operator is not None:
        await desk.write(lambda tx: drafts.drop(tx, operator.id, kind, subject))
