"""Opening a connection: what a failed try left half open is closed before the next."""

from datetime import timedelta

import pytest

from andon.core.connector import Receipt, Request, Settings, Sink
from andon.core.errors import CredentialsError, UnavailableError
from andon.engine.clock import SystemClock
from andon.engine.connections import InUse
from andon.engine.health import Health
from andon.engine.plan import Wired


class HalfWay(Sink[Settings]):
    """Opens a session, and fails behind it as often as it is told."""

    settings_type = Settings

    def __init__(self, *errors: Exception) -> None:
        super().__init__("half-way", Settings())
        self.errors = list(errors)
        self.sessions = 0
        self.most = 0
        self.breaks = False

    async def open(self) -> None:
        self.sessions += 1
        self.most = max(self.most, self.sessions)
        if self.errors:
            raise self.errors.pop(0)

    async def close(self) -> None:
        self.sessions = 0
        if self.breaks:
            raise AttributeError("_later")

    async def send(self, request: Request, *, key: str) -> Receipt:
        raise AssertionError(f"{request} {key}")

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        raise AssertionError(f"{request} {key}")


class Patient(Health):
    """Tries again at once."""

    def lost(self, error: str) -> timedelta:
        super().lost(error)
        return timedelta()


def in_use(connector: HalfWay) -> InUse:
    def changed(state: str, error: str | None) -> None:
        del state, error

    health = Patient(SystemClock(), changed)
    return InUse(Wired("half-way", "here", connector, {}, {}), health)


@pytest.mark.parametrize("breaks", [False, True], ids=["closes", "fails to close"])
@pytest.mark.parametrize(
    "error", [UnavailableError("nobody"), ValueError("odd"), CredentialsError("no")], ids=type
)
async def test_what_was_half_open_is_closed_before_it_is_opened_again(
    error: Exception, breaks: bool
) -> None:
    connector = HalfWay(error)
    connector.breaks = breaks
    await in_use(connector).open()
    assert (connector.sessions, connector.most) == (1, 1)
