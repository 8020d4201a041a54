"""idoc: files of orders read and confirmations written, beside lxml doing the same by itself.

Bare makes JSON and a digest of each IDoc, and looks at no control record; the connector makes a
second item of each order's header. Bare writes a confirmation without its control record, flushes
it to the disk and renames it, as a script does that sends again what it does not remember. The
connector claims its number, and keeps a note by which it can tell that it was sent: one link with
two names.
"""

__all__ = ["measure"]

import asyncio
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from andon.connectors.idoc import Idoc
from andon.connectors.idoc.simulated.sap import PARTNERS
from andon.connectors.idoc.simulator import SapFolder, confirmation
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured
from bench.connectors.filing import deliver, next_file

_ORDERS = 4_000
_POSTINGS = 300


async def measure() -> list[Figure]:
    """A folder on the local disk. Reading counts IDocs; each of them is two items."""
    return [await _reading(), await _sending()]


async def _reading() -> Figure:
    sap = SapFolder()
    await sap.start()
    document = sap.sap.orders_document([f"order {n}" for n in range(_ORDERS)])
    erp = Idoc("erp", settings_of(Idoc, sap.settings()))
    await erp.open()

    async def work() -> int:
        for old in (sap.root / "archive").glob("*"):
            old.unlink()
        sap.next_in("loipro", document)
        count = 0
        async for item in erp.read(""):
            count += item.kind == "LOIPRO"
            if count == _ORDERS and item.kind == "LOIPRO.order":
                await erp.committed(item.position or "")
                break
        return count

    async def bare() -> int:
        return await asyncio.to_thread(_parsed, sap.root / "bare.xml", document)

    figure = await measured("idoc", "read", work=work, bare=bare)
    await erp.close()
    return figure


def _parsed(path: Path, document: bytes) -> int:
    """Every IDoc as JSON, by lxml alone."""
    path.write_bytes(document)
    count = 0
    for _, node in etree.iterparse(str(path), events=("end",), tag="IDOC"):
        blake2b(msgspec.json.encode(_plain(node)), digest_size=6).hexdigest()
        node.clear()
        count += 1
    return count


def _plain(node: Any) -> Any:
    return {child.tag: _plain(child) if len(child) else child.text for child in node}


async def _sending() -> Figure:
    sap = SapFolder()
    await sap.start()
    erp = Idoc("erp", settings_of(Idoc, {**sap.settings(), **PARTNERS}))
    await erp.open()
    await erp.send(confirmation("text"), key="first")  # looks for the highest number, once
    keys = iter(range(1_000_000))

    async def work() -> int:
        for _ in range(_POSTINGS):
            await erp.send(confirmation("text"), key=f"k{next(keys)}")
        return _POSTINGS

    async def bare() -> int:
        for _ in range(_POSTINGS):
            await asyncio.to_thread(_written, next_file(sap.root / "out", "xml"))
        return _POSTINGS

    figure = await measured("idoc", "send", work=work, bare=bare)
    await erp.close()
    return figure


def _written(file: Path) -> None:
    root = etree.Element("CONF32")
    line = etree.SubElement(etree.SubElement(root, "IDOC"), "E1CONF3")
    for name in ("AUFNR", "VORNR", "LMNGA", "MEINH", "BUDAT", "LTXA1"):
        etree.SubElement(line, name).text = "0010"
    deliver(file, etree.tostring(root))
