"""What is tried, one hub and one fresh data folder each: capacity, steady, crash, faults."""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from bench.failure import MeasurementError
from bench.hub import INBOX_SCOPE, Hub, HubCommand
from bench.ledger import System
from bench.loadgen import Load
from bench.posting import loading
from bench.reckoning import Figures, Kill, reckoned
from bench.systems import Systems, systems
from bench.watching import Metering

__all__ = ["SCENARIOS", "Scenario", "Setting", "measured", "named"]

_LOOK_EVERY = 0.05


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One way to press. ``operations`` above one makes the order of an order's events count."""

    name: str
    mode: Literal["open", "closed"] = "open"
    rate: float = 50.0
    operations: int = 1
    max_events: int = 10**9
    poison: float = 0.0
    faults: Mapping[System, Mapping[str, float]] = {}
    kill_after_s: float | None = None


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Where and for how long. The waits bound every scenario in time."""

    hub: HubCommand
    seconds: float = 15.0
    data: Path | None = None
    logs: Path
    seed: int = 1
    warm_up: int = 100
    quiet_s: float = 1.0
    stalled_s: float = 20.0
    drain_within_s: float = 120.0


_ERP_IN_TROUBLE: Mapping[System, Mapping[str, float]] = {"erp": {"fail": 0.10, "hang": 0.02}}


def _both(scenario: Scenario) -> tuple[Scenario, Scenario]:
    four = msgspec.structs.replace(scenario, name=f"{scenario.name}-ops4", operations=4)
    return scenario, four


SCENARIOS: tuple[Scenario, ...] = (
    *_both(Scenario(name="capacity", mode="closed", max_events=10_000)),
    *_both(Scenario(name="steady")),
    *_both(Scenario(name="crash", kill_after_s=6.0)),
    *_both(Scenario(name="faults", faults=_ERP_IN_TROUBLE, poison=0.005)),
)


def named(names: list[str]) -> list[Scenario]:
    """Those of these names; ``capacity`` also names ``capacity-ops4``."""
    known = {scenario.name for scenario in SCENARIOS}
    if unknown := [name for name in names if name not in known]:
        raise MeasurementError(
            f"{', '.join(unknown)} cannot be measured. There is {', '.join(sorted(known))}. "
            "Name some of these after --only, with commas between."
        )
    return [s for s in SCENARIOS if s.name in names or s.name.removesuffix("-ops4") in names]


def measured(scenario: Scenario, setting: Setting) -> Figures:
    """Run one scenario and reckon. Nothing it started lives when this returns."""
    log = setting.logs / f"{scenario.name}.log"
    log.unlink(missing_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="andon-bench-", dir=setting.data) as folder,
        systems() as stub,
        Hub(setting.hub, data=Path(folder) / "data", systems=stub.url, log=log) as hub,
    ):
        Path(folder).chmod(0o755)  # a PostgreSQL of another user must be able to pass
        (Path(folder) / "data").mkdir()
        hub.start()
        hub.wait_until_ready()
        return _pressed(scenario, setting, hub, stub)


def _pressed(scenario: Scenario, setting: Setting, hub: Hub, stub: Systems) -> Figures:
    key = hub.key(INBOX_SCOPE)
    _warm(setting, hub, stub, key)
    stub.configure(setting.seed, scenario.faults)
    parked_before = hub.open_exceptions()
    meter = Metering(hub, stub)
    with loading(_load_arguments(scenario, setting), hub, key) as posting:
        kill = _killed(scenario, setting, hub, stub)
        load = posting.result()
    poisoned = sum(posted.poison for posted in load.events.values())
    parked = _drained(load, setting, hub, stub, parked_before + poisoned) - parked_before
    bill = meter.stop(load)
    return reckoned(load, stub.ledger(), bill, parked=parked, kill=kill)


def _warm(setting: Setting, hub: Hub, stub: Systems, key: str) -> None:
    """Some events first, uncounted: they show that the hub works at all and fill its caches."""
    if not setting.warm_up:
        return
    arguments = ["--mode", "closed", "--conns", "4", "--secs", "10", "--retry-s", "2"]
    arguments += ["--max-events", str(setting.warm_up), "--seed", str(setting.seed + 10**6)]
    with loading(arguments, hub, key) as posting:
        load = posting.result()
    _drained(load, setting, hub, stub, 0)
    completed = stub.stats().completed
    if not completed or completed < _due(load):
        raise MeasurementError(
            f"The hub cannot be measured. Of {len(load.events)} events it accepted {_due(load)} "
            f"and completed {completed}; it answered {load.answers or 'nothing'}. "
            f"Read its logs in {setting.logs}."
        )


def _load_arguments(scenario: Scenario, setting: Setting) -> list[str]:
    values = {
        "--mode": scenario.mode,
        "--rate": scenario.rate,
        "--secs": setting.seconds,
        "--max-events": scenario.max_events,
        "--poison": scenario.poison,
        "--ops": scenario.operations,
        "--seed": setting.seed,
    }
    return [word for name, value in values.items() for word in (name, str(value))]


def _killed(scenario: Scenario, setting: Setting, hub: Hub, stub: Systems) -> Kill | None:
    """Kill the whole hub in the middle of the load and start it again at once."""
    if scenario.kill_after_s is None:
        return None
    end = time.monotonic() + setting.stalled_s
    while not stub.stats().calls and time.monotonic() < end:
        time.sleep(_LOOK_EVERY)  # the load needs a moment before it posts
    time.sleep(min(scenario.kill_after_s, setting.seconds * 0.4))
    killed_at = time.monotonic_ns()
    hub.kill()
    restarted_at = hub.start()
    hub.wait_until_ready()
    return Kill(killed_at, restarted_at)


def _due(load: Load) -> int:
    return sum(p.accepted_at is not None and not p.poison for p in load.events.values())


def _drained(load: Load, setting: Setting, hub: Hub, stub: Systems, parked_due: int) -> int:
    """Wait until all is done and the systems are quiet, or nothing moves; then what is parked."""
    end = time.monotonic() + setting.drain_within_s
    moved_at, calls = time.monotonic(), -1
    while time.monotonic() < end:
        stats = stub.stats()
        if (now := sum(stats.calls.values())) != calls:
            moved_at, calls = time.monotonic(), now
        quiet_s = time.monotonic() - moved_at
        if quiet_s > setting.stalled_s:
            break
        if quiet_s > setting.quiet_s and stats.completed >= _due(load):
            parked = hub.open_exceptions()
            if parked >= parked_due:
                return parked
        time.sleep(_LOOK_EVERY)
    return hub.open_exceptions()
