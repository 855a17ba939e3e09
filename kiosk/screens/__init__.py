"""One file, one screen: what is shown, which keys work, and which one function of the counter each of them calls."""

from dataclasses import dataclass

from kiosk.domain.people import Action


@dataclass(frozen=True, slots=True)
class Room:
    """A screen that the application can show: made once, when it is first wanted, and kept."""

    name: str
    """How other screens ask for it."""
    module: str
    """The module below kiosk.screens that holds it; imported when first wanted, so that the login is quick."""
    screen: str
    """The class in it."""
    key: str = ""
    """The function key that leads there from every screen, "" for none."""
    label: str = ""
    """What the key is called."""
    action: Action | None = None
    """What the operator's role must permit."""


ROOMS: tuple[Room, ...] = (
    Room("login", "login", "LoginScreen"),
    Room("search", "search", "SearchScreen", "f3", "Cari", Action.PATIENT_VIEW),
    Room("registration", "registration", "RegistrationScreen", action=Action.REGISTER),
    Room("saved", "saved", "SavedScreen", action=Action.REGISTER),
    Room("patient", "patient", "PatientScreen", action=Action.REGISTER),
    Room("patient_change", "patient_change", "PatientChangeScreen", action=Action.REGISTER),
    Room("queue", "queue", "QueueScreen", "f4", "Antrean", Action.QUEUE_VIEW),
    Room("service", "service", "ServiceScreen", "f5", "Pelayanan", Action.SERVE),
    Room("visit_lines", "visit_lines", "VisitLinesScreen", action=Action.SERVE),
    Room("outbox", "outbox", "OutboxScreen", "f6", "Kiriman", Action.OUTBOX_VIEW),
)
HOME = "search"
"""Where a person is after the login, and where Esc leads at last."""


def room(name: str) -> Room:
    """The room called `name`. Raises KeyError."""
    for one in ROOMS:
        if one.name == name:
            return one
    raise KeyError(name)
