"""An exchange folder under test: the other side, and connectors on it as the engine uses them."""

import asyncio
import gzip
import zipfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from andon.connectors._folders.mapping import faulty
from andon.connectors.files import Files, FilesSettings
from andon.connectors.files.simulator import Exchanged, FolderDrop
from andon.core.connector import Item
from andon.core.errors import MappingError, TransientError
from andon.core.filling import filled
from andon.core.mapping import Known
from andon.testing.conformance.trial import Follower, Plain


def connector(drop: Exchanged, name: str = "mes", **more: Any) -> Files:
    """Not opened yet."""
    found = filled(FilesSettings, {**drop.settings(), **more}, at="t", references=Plain())
    assert not isinstance(found, list), found
    return Files(name, found)


ROWS = b"order,good\r\n1001,5\r\n1002,6\r\n1003,7\r\n"
KNOWN = Known(FilesSettings(folder="/x"))


class Empty(FolderDrop):
    """Without the file that lies there from the beginning."""

    async def start(self) -> None:
        self._said = self._said or 1
        await super().start()


class Recording(Follower):
    """Commits each item at once, and tells the source so."""

    async def _follow(self) -> None:
        source = self._source
        while True:
            items = source.read(self._after)
            try:
                async for item in items:
                    self.items.append(item)
                    self._after = item.position or self._after
                    await source.committed(self._after)
            except TransientError as error:
                self.lost.append(error)
                await asyncio.sleep(0.05)
            finally:
                await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]


@asynccontextmanager
async def opened(drop: Exchanged, name: str = "mes", **more: Any) -> AsyncGenerator[Files]:
    """From `open` to `close`."""
    files = connector(drop, name, **more)
    await files.open()
    try:
        yield files
    finally:
        await files.close()


@asynccontextmanager
async def following(
    drop: Exchanged, after: str = "", name: str = "mes", **more: Any
) -> AsyncGenerator[Recording]:
    """Read as the engine reads: on from the last position, at once committed."""
    async with opened(drop, name, **more) as files, Recording(files, after) as follower:
        yield follower


async def some(files: Files, count: int, after: str = "") -> list[Item]:
    """The first items after a position; then the reader is gone, as after a kill."""
    found: list[Item] = []
    items = files.read(after)
    try:
        async with asyncio.timeout(60):
            async for item in items:
                found.append(item)
                if len(found) == count:
                    break
    finally:
        await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    return found


def said(item: Item) -> dict[str, Any]:
    return msgspec.json.decode(item.raw)


def inside(drop: Exchanged, path: str) -> list[str]:
    """Names in one folder of the exchange, sorted."""
    at = drop.root / path
    return sorted(one.name for one in at.iterdir()) if at.is_dir() else []


def first_names(drop: Exchanged, path: str) -> list[str]:
    """The names files had when they came."""
    return [name.partition("~")[0] for name in inside(drop, path)]


def gzipped(content: bytes) -> bytes:
    """The same bytes at any time of day: cases are named by them."""
    return gzip.compress(content, mtime=0)


def zipped(content: bytes, *names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names or ("a.csv",):
            packed.writestr(name, content)
    return out.getvalue()


def big(path: Path, size: int, head: bytes = b"") -> None:
    """A file that is large and takes no room."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)


def orders(items: list[Item]) -> list[str]:
    return [said(item)["order"] for item in items if item.kind == "row"]


def findings(items: list[Item]) -> list[str]:
    return [said(item)["code"] for item in items if item.kind == "file.finding"]


def faults(items: list[Item]) -> list[str]:
    """What a person will read."""
    texts: list[str] = []
    for item in items:
        if item.kind == "file.fault":
            with pytest.raises(MappingError) as raised:
                list(faulty.reads(item, KNOWN))
            texts.append(str(raised.value))
            assert raised.value.faults
    return texts
