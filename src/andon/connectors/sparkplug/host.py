"""A host's knowledge of its nodes: births, deaths, sequence, doubt. No clock, no network."""

__all__ = ["Host"]

from collections.abc import Iterable, Mapping
from typing import Literal

from andon.connectors.sparkplug.addresses import Address, Spoken
from andon.connectors.sparkplug.device import Device, Moment
from andon.connectors.sparkplug.news import Interest
from andon.connectors.sparkplug.node import Node, Pace
from andon.connectors.sparkplug.said import Life, Said
from andon.connectors.sparkplug.schema import Payload

_SEQUENCE = 256
_PAUSES = (1.0, 60.0)


class Host:
    """Listens to nodes. Whatever cannot be certain is asked for: a birth says all there is."""

    def __init__(
        self,
        interest: Interest,
        *,
        reorder_within: float,
        answers_within: float,
        pauses: tuple[float, float] = _PAUSES,
    ) -> None:
        """A node is asked for its birth again after the first pause, then ever more seldom."""
        self._interest = interest
        self._reorder_within = reorder_within
        self._answers_within = answers_within
        self._pauses = pauses
        self._nodes: dict[Address, Node] = {}
        self._speakers: dict[Address, Node] = {}
        """The same by everybody who speaks for them, their devices too."""
        self.lives: dict[str, bool] = {}
        """Who was told alive, and who dead; replaced whenever it changes."""

    def begin(
        self, moment: Moment, *, known: Mapping[Address, bool], nodes: Iterable[Address]
    ) -> list[Said]:
        """Asks everybody who was ever met; who was alive and does not answer is dead."""
        out: list[Said] = []
        for address, alive in known.items():
            node = self._node(address)
            device = node.device(address)
            device.alive, device.died = alive, not alive
            self._note(device)
        for address in {*(known_one.of_node for known_one in known), *nodes}:
            self._doubt(self._node(address), moment, out)
        return out

    def heard(self, spoken: Spoken, payload: Payload, moment: Moment) -> list[Said]:
        """One message of a node or device."""
        out: list[Said] = []
        node = self._speakers.get(spoken.address) or self._node(spoken.address)
        if spoken.said == "NBIRTH":
            self._born(node, payload, moment, out)
        elif spoken.said == "NDEATH":
            self._died(node, payload, moment, out)
        else:
            self._in_order(node, spoken, payload, moment, out)
        return out

    def due(self, moment: Moment) -> list[Said]:
        """What time brings: lost messages, silence, news that had to wait."""
        out: list[Said] = []
        for node in self._nodes.values():
            if node.lost_at is not None and moment.now >= node.lost_at:
                self._lost(node, moment, out)
            if node.doubted:
                self._doubtful(node, moment, out)
            for device in node.everything():
                if device.born_by is not None and moment.now >= device.born_by:
                    self._gone(device, "silent", "not born again with its node", moment, out)
                device.due(moment, out)
        return out

    @property
    def nodes(self) -> set[Address]:
        """Every node that was ever met."""
        return set(self._nodes)

    def device(self, address: Address) -> Device | None:
        """What is known of a node or device; None when it was never heard."""
        node = self._nodes.get(address.of_node)
        if node is None:
            return None
        return node.own if address.device is None else node.devices.get(address.device)

    def doubt(self, moment: Moment) -> list[Said]:
        """Messages were dropped on our side, nobody knows whose: every node that lives is asked."""
        out: list[Said] = []
        for node in self._nodes.values():
            if node.own.alive:
                why = "messages found no room here, perhaps some of it"
                out.append(Life(node.own.address, "gap", moment.arrived, why))
                self._doubt(node, moment, out)
        return out

    def ask(self, address: Address, moment: Moment) -> list[Said]:
        """Asks one node for a birth because somebody wants to be sure."""
        out: list[Said] = []
        self._doubt(self._node(address), moment, out)
        return out

    # -- births and deaths ----------------------------------------------------------------------

    def _born(self, node: Node, payload: Payload, moment: Moment, out: list[Said]) -> None:
        session = _session(payload)
        known = node.own.alive and session in (node.session, None)
        first = node.session is None and node.own.alive
        node.unborn()
        node.session = session
        node.expected = (payload.seq + 1) % _SEQUENCE
        node.doubted, node.answers_by = False, None
        if not known and not first:
            out.append(Life(node.own.address, "born", moment.arrived, ""))
        node.own.birth(payload, moment, out)
        for device in node.devices.values():
            if device.alive:
                device.born_by = moment.now + self._answers_within
        self._note(node.own)

    def _died(self, node: Node, payload: Payload, moment: Moment, out: list[Said]) -> None:
        if not node.own.alive:
            return
        session = _session(payload)
        if session is not None and node.session is not None and session != node.session:
            # A late will of an earlier connection, or a birth we missed: the node can tell.
            self._doubt(node, moment, out)
            return
        self._all_gone(node, "dead", "its connection ended", moment, out)

    def _all_gone(
        self, node: Node, what: Literal["dead", "silent"], why: str, moment: Moment, out: list[Said]
    ) -> None:
        node.unborn()
        node.doubted, node.answers_by = False, None
        for device in node.everything():
            if device.alive:
                self._gone(device, what, why, moment, out)

    def _gone(
        self,
        device: Device,
        what: Literal["dead", "silent"],
        why: str,
        moment: Moment,
        out: list[Said],
    ) -> None:
        out.append(Life(device.address, what, moment.arrived, why))
        device.death(moment, out)
        self._note(device)

    # -- sequence -------------------------------------------------------------------------------

    def _in_order(
        self, node: Node, spoken: Spoken, payload: Payload, moment: Moment, out: list[Said]
    ) -> None:
        number = payload.seq
        if not node.own.born:
            self._doubt(node, moment, out)
        elif (not number and not payload.HasField("seq")) or number in node.held:
            self._lost(node, moment, out)
        elif number == node.expected:
            self._next(node, spoken, payload, moment, out)
            if node.held:
                while (held := node.held.pop(node.expected, None)) is not None:
                    self._next(node, *held, moment, out)
            node.lost_at = moment.now + self._reorder_within if node.held else None
        else:
            node.held[number] = (spoken, payload)
            if node.lost_at is None:
                node.lost_at = moment.now + self._reorder_within

    def _next(
        self, node: Node, spoken: Spoken, payload: Payload, moment: Moment, out: list[Said]
    ) -> None:
        node.expected = (node.expected + 1) % _SEQUENCE
        match spoken.said:
            case "DDATA" | "NDATA":
                device = node.device(spoken.address)
                if not device.born or not device.data(payload, moment, out):
                    node.ask(moment, out)  # metrics without a birth
            case "DBIRTH":
                self._device_born(node.device(spoken.address), payload, moment, out)
            case "DDEATH":
                device = node.device(spoken.address)
                if device.alive:
                    self._gone(device, "dead", "its node says so", moment, out)
            case "NBIRTH" | "NDEATH":
                raise AssertionError("these stand outside the sequence")

    def _device_born(
        self, device: Device, payload: Payload, moment: Moment, out: list[Said]
    ) -> None:
        if not device.alive:
            out.append(Life(device.address, "born", moment.arrived, ""))
        device.birth(payload, moment, out)
        self._note(device)

    # -- doubt ----------------------------------------------------------------------------------

    def _lost(self, node: Node, moment: Moment, out: list[Said]) -> None:
        why = f"message {node.expected} of the sequence did not come"
        out.append(Life(node.own.address, "gap", moment.arrived, why))
        node.unborn()
        self._doubt(node, moment, out)

    def _doubt(self, node: Node, moment: Moment, out: list[Said]) -> None:
        node.doubted = True
        self._doubtful(node, moment, out)

    def _doubtful(self, node: Node, moment: Moment, out: list[Said]) -> None:
        if node.answers_by is not None and moment.now >= node.answers_by:
            why = f"asked for its birth, it did not answer within {self._answers_within:g} s"
            self._all_gone(node, "silent", why, moment, out)
        elif node.ask(moment, out) and node.answers_by is None:
            node.answers_by = moment.now + self._answers_within

    # -- who there is ---------------------------------------------------------------------------

    def _node(self, address: Address) -> Node:
        key = address.of_node
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Node(key, self._interest, Pace(*self._pauses))
        self._speakers[address] = node
        return node

    def _note(self, device: Device) -> None:
        name = str(device.address)
        if self.lives.get(name) is not device.alive:
            self.lives = {**self.lives, name: device.alive}


def _session(payload: Payload) -> int | None:
    """The `bdSeq` of a birth or death."""
    for metric in payload.metrics:
        if metric.name == "bdSeq":
            return (
                metric.long_value
                if metric.WhichOneof("value") == "long_value"
                else (metric.int_value)
            )
    return None
