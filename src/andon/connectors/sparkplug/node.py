"""One node: its own metrics and its devices, the order of its messages, whether it is in doubt."""

__all__ = ["Node", "Pace"]

from collections.abc import Iterator

from andon.connectors.sparkplug.addresses import Address, Spoken
from andon.connectors.sparkplug.device import Device, Moment
from andon.connectors.sparkplug.news import Interest
from andon.connectors.sparkplug.said import Ask, Said
from andon.connectors.sparkplug.schema import Payload


class Pace:
    """How often a node is asked for its birth: at once, then ever more seldom."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest, self._longest = shortest, longest
        self._after = 0.0
        self._pause = shortest

    def allows(self, now: float) -> bool:
        """Whether it may be asked now; if so, it was."""
        if now < self._after:
            return False
        if now > self._after + self._longest:
            self._pause = self._shortest
        self._after = now + self._pause
        self._pause = min(self._pause * 2, self._longest)
        return True


class Node:
    """All of one node that a host must know."""

    def __init__(self, address: Address, interest: Interest, pace: Pace) -> None:
        self.own = Device(address, interest)
        self.devices: dict[str, Device] = {}
        self.session: int | None = None
        """bdSeq of its birth, which a death must match."""
        self.expected = 0
        """The next message's `seq`."""
        self.held: dict[int, tuple[Spoken, Payload]] = {}
        """Messages that came before the expected one."""
        self.lost_at: float | None = None
        """When the expected message counts as lost."""
        self.doubted = False
        self.answers_by: float | None = None
        """When it counts as dead unless it is born before."""
        self._interest = interest
        self._pace = pace

    def device(self, address: Address) -> Device:
        """A device of it, known or new; its own metrics where the address names no device."""
        name = address.device
        if name is None:
            return self.own
        found = self.devices.get(name)
        if found is None:
            found = self.devices[name] = Device(address, self._interest)
        return found

    def everything(self) -> Iterator[Device]:
        """Itself, then its devices."""
        yield self.own
        yield from self.devices.values()

    def ask(self, moment: Moment, out: list[Said]) -> bool:
        """Asks for a birth unless it was asked a moment ago."""
        if not self._pace.allows(moment.now):
            return False
        out.append(Ask(self.own.address))
        return True

    def unborn(self) -> None:
        """Nothing it says counts until its next birth."""
        self.held.clear()
        self.lost_at = None
        for device in self.everything():
            device.born = False
