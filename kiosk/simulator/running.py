"""A simulator inside this process, for tests and the demonstration: `async with running() as simulator`."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.simulator.faults import Faults, parse
from kiosk.simulator.journal import Journal
from kiosk.simulator.ledger import Ledger
from kiosk.simulator.variants import Variants
from kiosk.simulator.world import World

if TYPE_CHECKING:
    from kiosk.simulator.server import Simulator

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the simulator prints when it is ready; the secrets are kept out of the repr."""

    base_url: str
    antrean_url: str
    cons_id: str
    secret_key: str = field(repr=False)
    user_key: str = field(repr=False)
    antrean_user_key: str = field(repr=False)
    username: str
    password: str = field(repr=False)
    app_code: str
    facility: str
    facility_name: str
    ca_file: str | None
    control_url: str
    members: tuple[dict[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON line's object."""
        return {**asdict(self), "members": list(self.members)}


@dataclass(slots=True)
class Running:
    """A simulator that is up."""

    credentials: Credentials
    simulator: "Simulator"

    def ledger(self) -> dict[str, Any]:
        """Return what took effect, as `GET /_simulator/ledger` does."""
        return self.simulator.service.ledger.snapshot()

    def set_faults(self, *faults: object, **short: object) -> None:
        """Ask for faults: JSON-like objects, or short forms: `set_faults(outage=True)`.  Raises FaultError."""
        for fault in (*faults, *([short] if short else [])):
            self.simulator.faults.add(parse(fault).as_dict() if isinstance(fault, str) else fault)
        self.simulator.apply_faults()

    def clear_faults(self) -> None:
        """End every fault."""
        self.simulator.faults.clear()
        self.simulator.apply_faults()

    def calls(self) -> list[dict[str, Any]]:
        """Return the last calls: method, path, status, fault, seconds."""
        return list(self.simulator.log)

    @property
    def world(self) -> World:
        """The world behind it: facilities and members."""
        return self.simulator.service.world


def build(
    *,
    seed: int = 1,
    facilities: int = 12,
    members: int = 25_000,
    variants: Variants | None = None,
    state: Path | None = None,
    tls: bool = False,
) -> "Simulator":
    """Make a simulator that does not listen yet; `members` are those of each facility, `tls` asks for https.

    Raises ValueError for a world too large for its codes, JournalError for an unusable `state` file.
    """
    from kiosk.simulator.catalogue import ROUTES
    from kiosk.simulator.server import Simulator
    from kiosk.simulator.service import Service

    world = World(seed, facilities, members)
    journal = Journal(state, {"seed": seed, "facilities": facilities, "members": members}) if state else None
    chance = random.Random(seed)  # noqa: S311 - faults, not secrets
    service = Service(world, Ledger(journal), variants or Variants())
    service.add_routes(ROUTES)
    return Simulator(service, Faults(chance, tls=tls))


def credentials_of(simulator: "Simulator") -> Credentials:
    """Return what a client needs, with twenty members whose registration meets no obstacle."""
    from kiosk.simulator.control import credentials, example

    world = simulator.service.world
    return Credentials(
        **credentials(simulator, world.clinic),
        control_url=f"http://127.0.0.1:{simulator.control_port}/_simulator",
        members=tuple(example(each) for each in world.members(EXAMPLES)),
    )


@asynccontextmanager
async def running(
    *,
    port: int = 0,
    seed: int = 1,
    facilities: int = 12,
    members: int = 25_000,
    state: Path | None = None,
    variants: Mapping[str, str] | None = None,
    tls: bool = False,
) -> AsyncIterator[Running]:
    """Serve in this event loop, on a real loopback socket, for the time of the block."""
    chosen = Variants(dict(variants or {}))
    simulator = build(seed=seed, facilities=facilities, members=members, state=state, variants=chosen, tls=tls)
    await simulator.start(port)
    try:
        yield Running(credentials_of(simulator), simulator)
    finally:
        await simulator.stop()
