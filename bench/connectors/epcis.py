"""epcis: events captured here, asked for, and captured there; beside msgspec, aiohttp and the hash
library.

Bare decodes a document by msgspec into the same classes, holds words and prefixes against sets,
makes each event a document of its own, and calls the hash library with the context it carries,
where an event has no id. It stops at the first fault, where the connector names every one. What
both capture elsewhere they mark with a key, and ask what became of the job.
"""

__all__ = ["measure"]

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
from epcis_event_hash_generator.file_document_loader import file_document_loader
from epcis_event_hash_generator.hash_generator import epcis_hashes_from_events
from epcis_event_hash_generator.json_to_py import event_list_from_epcis_document_json
from pyld import jsonld

from andon.connectors.epcis import Epcis, EpcisSettings
from andon.connectors.epcis.event import ObjectEvent
from andon.connectors.epcis.identity import CONTEXT
from andon.connectors.epcis.vocabulary import BIZ_STEPS, DISPOSITIONS, TRANSACTIONS
from andon.core.connector import Arrival, Push, Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, Work, measured
from bench.connectors.elsewhere import elsewhere

_DOCUMENTS = 2_000
_TOGETHER = 10
"""Events in one document."""
_HASHED = 100
_ROWS = 10_000
_SENDS = 400
_AT_ONCE = 16
_OURS = {"andon": "urn:andon:epcis:"}
_FIELDS = {one.encode_name for one in msgspec.structs.fields(ObjectEvent)}
_numbers = itertools.count(1)


class _List(msgspec.Struct, rename="camel"):
    event_list: list[msgspec.Raw]


class _Document(msgspec.Struct, rename="camel"):
    context: list[Any] = msgspec.field(name="@context")
    schema_version: str
    epcis_body: _List


class _Results(msgspec.Struct, rename="camel"):
    results_body: _List


class _Query(msgspec.Struct, rename="camel"):
    query_results: _Results


class _Answer(msgspec.Struct, rename="camel"):
    context: list[Any] = msgspec.field(name="@context")
    epcis_body: _Query


class _Recorded(msgspec.Struct, rename="camel"):
    event_id: str = msgspec.field(name="eventID")
    event_time: datetime
    record_time: datetime


async def measure() -> list[Figure]:
    """Posts are in memory, the repository is in a process of its own, 16 captures there at once."""
    jsonld.set_document_loader(file_document_loader())
    identified = [_posted([_event(id=_id()) for _ in range(_TOGETHER)]) for _ in range(_DOCUMENTS)]
    unnamed = [_posted([_event(n)]) for n in range(_HASHED)]
    figures = [await _pushed("push", identified), await _pushed("push, hashed", unnamed)]
    async with elsewhere("andon.connectors.epcis.simulator:Repository") as repository:
        await repository.ask("say", _ROWS)
        figures.append(await _read(await repository.ask("settings")))
    async with elsewhere("andon.connectors.epcis.simulator:Repository") as repository:
        table = await repository.ask("settings")
        figures.append(await _sent("send", table, lambda: _event(id=_id())))
        figures.append(await _sent("send, hashed", table, _event))
    return figures


async def _pushed(name: str, posts: list[Arrival]) -> Figure:
    door = Epcis("partner", EpcisSettings()).doors()[0]
    assert isinstance(door, Push)

    async def work() -> int:
        return sum(len(door.items(post)) for post in posts)

    async def bare() -> int:
        return sum(_taken(post.body) for post in posts)

    return await measured("epcis", name, work=work, bare=bare)


def _taken(body: bytes) -> int:
    document = msgspec.json.decode(body, type=_Document)
    prefixes = {name for one in document.context if isinstance(one, dict) for name in one}
    items: list[tuple[str, datetime, bytes]] = []
    for raw in document.epcis_body.event_list:
        read = msgspec.json.decode(raw, type=ObjectEvent)
        event: dict[str, Any] = msgspec.json.decode(raw)
        assert read.biz_step in BIZ_STEPS
        assert read.disposition in DISPOSITIONS
        assert all(one.type in TRANSACTIONS for one in read.biz_transaction_list)
        assert all(name.partition(":")[0] in prefixes for name in event.keys() - _FIELDS)
        assert read.missing() is None
        whole = msgspec.json.encode({"@context": document.context, **event})
        items.append((read.event_id or _hash(event), read.event_time, whole))
    return len(items)


async def _read(table: dict[str, Any]) -> Figure:
    epcis = Epcis("partner", settings_of(Epcis, table))
    await epcis.open()

    async def work() -> int:
        items: Any = epcis.read("")
        for _ in range(_ROWS):
            await anext(items)
        await items.aclose()
        return _ROWS

    async with _session(table) as session:

        async def bare() -> int:
            count = 0
            asked = "GE_recordTime=1970-01-01T00:00:00%2B00:00&orderBy=recordTime"
            path: str | None = f"/events?{asked}&orderDirection=ASC&perPage=100"
            newest = datetime.min.replace(tzinfo=UTC)
            while path is not None:
                async with session.get(f"{table['url']}{path}") as answer:
                    page = msgspec.json.decode(await answer.read(), type=_Answer)
                    link = answer.headers.get("link")
                for raw in page.epcis_body.query_results.results_body.event_list:
                    read = msgspec.json.decode(raw, type=_Recorded)
                    newest = max(newest, read.record_time)
                    event: dict[str, Any] = msgspec.json.decode(raw)
                    whole = msgspec.json.encode({"@context": page.context, **event})
                    count += bool(read.event_id and read.event_time and whole)
                path = None if link is None else link[1 : link.index(">")]
            return count

        figure = await measured("epcis", "read", work=work, bare=bare)
    await epcis.close()
    return figure


async def _sent(name: str, table: dict[str, Any], made: Callable[[], dict[str, Any]]) -> Figure:
    epcis = Epcis("partner", settings_of(Epcis, {**table, "timeout": "30 s"}))
    await epcis.open()

    async def one() -> None:
        await epcis.send(Request(target="capture", body=made()), key=_id())

    async with _session(table) as session:

        async def other() -> None:
            event = {**made(), "andon:key": _id()}
            event = {"eventID": _hash(event), **event} if "eventID" not in event else event
            body = msgspec.json.encode(_document([event]))
            async with session.post(f"{table['url']}/capture", data=body) as answer:
                job = answer.headers["location"]
                assert answer.status == 202
            while True:
                async with session.get(f"{table['url']}{job}") as answer:
                    state = msgspec.json.decode(await answer.read())
                if not state["running"]:
                    break
            assert state["success"]

        figure = await measured("epcis", name, work=_many(one), bare=_many(other))
    await epcis.close()
    return figure


def _many(one: Callable[[], Awaitable[None]]) -> Work:
    """So many captures, some at once."""

    async def work() -> int:
        left = iter(range(_SENDS))

        async def lane() -> None:
            for _ in left:
                await one()

        await asyncio.gather(*(lane() for _ in range(_AT_ONCE)))
        return _SENDS

    return work


def _session(table: dict[str, Any]) -> aiohttp.ClientSession:
    headers = {
        "authorization": f"Bearer {table['token']}",
        "content-type": "application/json",
        "gs1-epcis-version": "2.0.0",
        "gs1-cbv-version": "2.0.0",
    }
    return aiohttp.ClientSession(headers=headers)


def _id() -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{next(_numbers):012}"


def _event(number: int | None = None, *, id: str | None = None) -> dict[str, Any]:
    """A shipment of another lot each time."""
    lot = next(_numbers) if number is None else number
    named = {} if id is None else {"eventID": id}
    return {
        "type": "ObjectEvent",
        **named,
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "eventTime": "2026-11-23T12:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
        "quantityList": [{"epcClass": f"urn:epc:class:lgtin:4012345.011111.L{lot}", "quantity": 5}],
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
        "bizTransactionList": [{"type": "desadv", "bizTransaction": f"urn:acme:delivery:{lot}"}],
    }


def _document(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@context": [CONTEXT, _OURS],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-23T12:00:00.000Z",
        "epcisBody": {"eventList": events},
    }


def _posted(events: list[dict[str, Any]]) -> Arrival:
    return Arrival({}, {}, {}, msgspec.json.encode(_document(events)))


def _hash(event: dict[str, Any]) -> str:
    read = event_list_from_epcis_document_json(_document([dict(event)]))
    return epcis_hashes_from_events(read)[0]
