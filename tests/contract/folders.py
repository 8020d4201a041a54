"""A folder of documents under test: one file is one item, and a file knows its number."""

__all__ = ["document", "exchange", "numbered"]

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from andon.connectors._folders.exchange import Exchange
from andon.connectors._folders.layout import Draft, Layout
from andon.connectors._folders.rows import Broken, Row, Yielded, guarded
from andon.connectors._folders.settings import FolderSettings
from andon.core.connector import Request
from andon.core.errors import RejectedError


def document(stream: BinaryIO) -> Iterator[Yielded]:
    def read() -> Iterator[Yielded]:
        text = stream.read().decode()
        if not text.startswith("{"):
            yield Broken(1, "it is no document")
            return
        yield Row(1, 1, {}, text.encode(), kind="order.changed", key="document-7")

    return guarded(read())


def numbered(request: Request) -> Draft:
    if request.body is None:
        raise RejectedError("there is nothing to write", "empty")
    return lambda number: f"UNH+{number}+{request.body}'".encode()


@asynccontextmanager
async def exchange(root: Path) -> AsyncGenerator[Exchange]:
    for name in ("in", "out"):
        (root / name).mkdir(exist_ok=True)
    settings = FolderSettings(folder=str(root), settle=timedelta())
    made = Exchange("edi", settings, Layout(kind="document", rows=document), numbered)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
