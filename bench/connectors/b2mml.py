"""b2mml: documents of 2,000 orders read, and orders written; beside lxml doing the same itself.

Bare reads a file to its end, since half a document says nothing, and judges it by the same schema
where we do; then it makes JSON of each order by `iterparse`, names without their namespace. It
knows no lists, attributes or older releases, and makes no keys. Bare writes an order as a
tree, judges it by the same schema, flushes and renames it, as a script does that sends again what
it does not remember and compares no answer. The connector claims its number, and keeps a note by
which it can tell that the order was sent and what, to compare the answer with: one link with two
names, and a second file where an order is long, which those here are not.
"""

__all__ = ["measure"]

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
from lxml import etree

from andon.connectors.b2mml import B2mml
from andon.connectors.b2mml.schema import schema
from andon.connectors.b2mml.simulator import PlantBFolder, order
from andon.connectors.b2mml.words import NAMESPACE
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured
from bench.connectors.filing import deliver, next_file

_ORDERS = 2_000
_DOCUMENTS = 300
_ENVELOPE = Envelope(bod="b", sender="andon", created_at=datetime(2026, 11, 25, tzinfo=UTC))


async def measure() -> list[Figure]:
    """A folder on the local disk."""
    plant = PlantBFolder()
    await plant.start()
    return [
        await _reading(plant, "read", judged=False),
        await _reading(plant, "read judged", judged=True),
        await _sending(plant),
    ]


async def _reading(plant: PlantBFolder, direction: str, *, judged: bool) -> Figure:
    document = _document()
    schema()  # read once, by whoever is first
    said = {**plant.settings(), "incoming_schema": "refuse" if judged else "read"}
    mes = B2mml("mes", settings_of(B2mml, said))
    await mes.open()

    async def work() -> int:
        plant.next_in("schedule", document)
        count = 0
        async for item in mes.read(""):
            count += item.kind == "OperationsRequest"
            if count == _ORDERS:
                await mes.committed(item.position or "")
                break
        _clear(plant.root)
        return count

    async def bare() -> int:
        file = next_file(plant.root, "xml")
        count = await asyncio.to_thread(_parsed, file, document, judged)
        file.unlink()
        return count

    figure = await measured("b2mml", direction, work=work, bare=bare)
    await mes.close()
    return figure


def _document() -> bytes:
    requests = [
        order(f"{n}").body["OperationsSchedule"]["OperationsRequest"][0] for n in range(_ORDERS)
    ]
    body = {"OperationsSchedule": {"ID": "S", "OperationsRequest": requests}}
    return document_of(Request(target="SyncOperationsSchedule", body=body), _ENVELOPE, judged=True)


def _clear(root: Path) -> None:
    for folder in ("archive", "in/.taken/mes"):
        for file in (root / folder).glob("*.xml"):
            file.unlink()


def _parsed(file: Path, document: bytes, judged: bool) -> int:
    file.write_bytes(document)
    whole = etree.parse(str(file))
    assert not judged or schema().validate(whole)
    count = 0
    for _, node in etree.iterparse(str(file), events=("end",), tag="{*}OperationsRequest"):
        msgspec.json.encode(_plain(node))
        node.clear()
        count += 1
    return count


def _plain(node: Any) -> Any:
    return {
        child.tag.rpartition("}")[2]: _plain(child) if len(child) else child.text for child in node
    }


async def _sending(plant: PlantBFolder) -> Figure:
    mes = B2mml("mes", settings_of(B2mml, plant.settings()))
    await mes.open()
    await mes.send(order("first"), key="first")  # looks for the highest number, once
    keys = iter(range(1_000_000))

    async def work() -> int:
        for n in range(_DOCUMENTS):
            await mes.send(order(f"{n}"), key=f"k{next(keys)}")
        return _DOCUMENTS

    async def bare() -> int:
        for n in range(_DOCUMENTS):
            file = next_file(plant.root / "out", "xml")
            await asyncio.to_thread(_written, file, order(f"{n}"))
        return _DOCUMENTS

    figure = await measured("b2mml", "send", work=work, bare=bare)
    await mes.close()
    return figure


def _written(file: Path, request: Request) -> None:
    nouns = cast("dict[str, Any]", request.body)
    body = {"ApplicationArea": _ENVELOPE.area(), "DataArea": {"Process": {}, **nouns}}
    root = _tree(request.target, body)
    root.set("releaseID", "V0700")
    assert schema().validate(root)
    deliver(file, etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _tree(name: str, value: Any) -> Any:
    node = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap=cast("Any", {None: NAMESPACE}))
    if not isinstance(value, dict):
        node.text = value
        return node
    for key, part in cast("dict[str, Any]", value).items():
        for one in cast("list[Any]", part if isinstance(part, list) else [part]):
            node.append(_tree(key, one))
    return node
