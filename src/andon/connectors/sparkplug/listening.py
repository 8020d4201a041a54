"""Messages of one connection become items; nodes are asked for births where that is needed."""

__all__ = ["Listening", "asking", "now"]

import asyncio
import time
from collections.abc import Iterable, Mapping

from andon.connectors._mqtt import Session, Taken
from andon.connectors.sparkplug.addresses import Address, command_topic, spoken
from andon.connectors.sparkplug.datatypes import NUMBERS
from andon.connectors.sparkplug.device import Moment
from andon.connectors.sparkplug.host import Host
from andon.connectors.sparkplug.items import Places, item_of, unreadable
from andon.connectors.sparkplug.news import Interest
from andon.connectors.sparkplug.payloads import read_payload
from andon.connectors.sparkplug.said import Ask, Life, Said
from andon.connectors.sparkplug.schema import new_payload
from andon.connectors.sparkplug.settings import SparkplugSettings
from andon.core.connector import Item, Position
from andon.core.errors import MappingError

_REBIRTH = "Node Control/Rebirth"


class Listening:
    """From the first message of a connection to its last."""

    def __init__(self, settings: SparkplugSettings, session: Session, interest: Interest) -> None:
        self._settings = settings
        self._session = session
        self._host = Host(
            interest,
            reorder_within=settings.reorder_within.total_seconds(),
            answers_within=settings.answers_within.total_seconds(),
        )
        self._places = Places()
        self._number = 0
        self._dropped = 0
        self._looked_at = 0.0

    @property
    def nodes(self) -> set[Address]:
        """Who was heard."""
        return self._host.nodes

    @property
    def position(self) -> Position:
        """After all messages so far."""
        return self._places.at(self._number, self._host.lives)

    async def begin(self, known: Mapping[Address, bool], nodes: Iterable[Address]) -> list[Item]:
        """Asks everybody for a birth."""
        return await self._told(self._host.begin(now(), known=known, nodes=nodes))

    async def items(self, taken: Taken) -> list[Item]:
        """What one message means. One that means nothing is acknowledged at once."""
        self._number = taken.number
        found = spoken(taken.topic)
        items: list[Item] = []
        if found is not None and not taken.retained:
            try:
                payload = read_payload(taken.payload, largest=self._settings.largest)
            except MappingError as error:
                items = [unreadable(taken.topic, taken.payload, str(error))]
            else:
                items = await self._told(self._host.heard(found, payload, now()))
        if not items and self._session.nothing_before(taken.number):
            self._session.acknowledge(taken.number)
        return items

    async def due(self) -> list[Item]:
        """What time brings; looked at ten times a second at most."""
        moment = now()
        if moment.now - self._looked_at < 0.1:
            return []
        self._looked_at = moment.now
        said = self._host.due(moment)
        if self._session.dropped > self._dropped:
            self._dropped = self._session.dropped
            said += self._host.doubt(moment)
        return await self._told(said)

    async def _told(self, said: Iterable[Said]) -> list[Item]:
        presence = self._settings.presence
        items: list[Item] = []
        for one in said:
            if isinstance(one, Ask):
                await asking(self._session, one.address)
            elif not isinstance(one, Life) or presence is not None:
                items.append(item_of(one, presence or ""))
        return items


def now() -> Moment:
    """This moment by both clocks."""
    return Moment(asyncio.get_running_loop().time(), round(time.time() * 1000))


async def asking(session: Session, node: Address) -> None:
    """Commands a node to be born again."""
    payload = new_payload()
    payload.timestamp = round(time.time() * 1000)
    metric = payload.metrics.add()
    metric.name = _REBIRTH
    metric.datatype = NUMBERS["Boolean"]
    metric.boolean_value = True
    await session.publish(
        command_topic(node), payload.SerializeToString(), qos=0, retain=False, marks=()
    )
