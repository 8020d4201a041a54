"""SAP with a folder, with one behind SFTP, at an address, and as one that posts."""

__all__ = ["COUNTERPARTS", "SapAddress", "SapFolder", "SapPosting", "SapSftp", "confirmation"]

import shutil
import tempfile
import weakref
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from andon.connectors._folders.drops import QUICK, BehindSftp, Drop, OnFolder
from andon.connectors._ports import free_port
from andon.connectors.idoc.simulated.sap import PARTNERS, Sap
from andon.core.connector import Arrival, Request
from andon.core.counterpart import Counterpart, Pushes, Takes
from andon.core.errors import MappingError

_ORDER = "000001000001"
_PASSWORD = "password-of-the-sap"


def confirmation(text: str, order: str = _ORDER) -> Request:
    """A confirmation as its mapping writes it, with a text that SAP keeps."""
    fields = {
        "AUFNR": order,
        "VORNR": "0010",
        "LMNGA": 5,
        "MEINH": "PCE",
        "BUDAT": "@today",
        "LTXA1": text,
    }
    return Request(target="CONF32", body={"EDI_DC40": {"MESTYP": "CONF32"}, "E1CONF3": [fields]})


class _Dropped(Drop):
    """Files of IDocs. What it takes it leaves where it lies; `work` posts it and answers."""

    def __init__(self) -> None:
        super().__init__()
        self.sap = Sap()
        self.sap.orders.add(_ORDER)

    async def say(self, count: int) -> Sequence[str]:
        """Two files, half of the orders in each."""
        parts = self.in_two(count)
        for part in parts:
            self.next_in("loipro", self.sap.orders_document(part))
        return [name for part in parts for name in part]

    def request(self, effect: str) -> Request:
        """One confirmation."""
        return confirmation(effect)

    async def effects(self) -> Sequence[str]:
        """What it has posted."""
        self.work()
        return list(self.sap.done)

    def work(self) -> None:
        """Takes what lies there, and answers it."""
        for document in self.new_out():
            for answer in self.sap.take(document):
                self.next_in("aleaud", answer)


class SapFolder(_Dropped, OnFolder):
    """On this machine; only read."""


class SapSftp(_Dropped, BehindSftp):
    """Behind an SFTP server, which refuses some names."""

    def settings(self) -> dict[str, Any]:
        """Read and written."""
        return {**super().settings(), **PARTNERS}

    def refused(self) -> Request:
        """Its file would be called `refused`."""
        return msgspec.structs.replace(confirmation("x"), target="refused")


class SapAddress(Counterpart, Takes):
    """Takes posts; it says what became of them by ALEAUD in a folder, which decides."""

    name = "http"
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "Order 000000000007 does not exist"

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="andon-sap-"))
        weakref.finalize(self, shutil.rmtree, self.root, True)
        for name in ("in", "out"):
            (self.root / name).mkdir()
        self.sap = Sap()
        self.sap.orders.add(_ORDER)
        self.silent = False
        """Takes and posts, and sends no ALEAUD."""
        self._losing = False
        self._files = 0
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> None:
        """Listens on loopback, at the same port after a stop."""
        app = web.Application()
        app.router.add_post("/sap/bc/idoc_xml", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port or free_port(), reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Breaks every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def settings(self) -> dict[str, Any]:
        """With a folder for its ALEAUD, of which nothing else is read."""
        return {
            **PARTNERS,
            **QUICK,
            "url": f"http://127.0.0.1:{self._port or 9}/sap/bc/idoc_xml?sap-client=100",
            "auth": {"kind": "basic", "user": "ANDON", "password": _PASSWORD},
            "folder": str(self.root),
            "audit": "await",
            "timeout": "3 s",
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        auth = {"kind": "basic", "user": "ANDON", "password": "not-the-password"}
        return {**self.settings(), "auth": auth}

    def request(self, effect: str) -> Request:
        """One confirmation."""
        return confirmation(effect)

    def refused(self) -> Request:
        """Of an order it does not know."""
        return confirmation("x", "000000000007")

    async def effects(self) -> Sequence[str]:
        """What it has posted."""
        return list(self.sap.done)

    async def lose_answer(self) -> None:
        """Takes the next IDoc, then the line breaks."""
        self._losing = True

    async def _take(self, request: web.Request) -> web.Response:
        expected = b64encode(f"ANDON:{_PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return web.Response(status=401, text="Logon failed")
        try:
            answers = self.sap.take(await request.read())
        except MappingError as error:
            return web.Response(status=500, text=f"IDoc XML: {error}")
        for answer in () if self.silent else answers:
            self._files += 1
            part = self.root / "in" / f"aleaud-{self._files:06}.xml.part"
            part.write_bytes(answer)
            part.rename(part.with_suffix(""))
        if self._losing and request.transport is not None:
            self._losing = False
            request.transport.abort()
        return web.Response(text="")


class SapPosting(Counterpart, Pushes):
    """Nobody calls it: it posts its IDocs, and takes 200 for an answer."""

    name = "posting"

    def __init__(self) -> None:
        self.sap = Sap()
        self._said = 0

    async def start(self) -> None:
        """It is always there."""

    async def stop(self) -> None:
        """Nothing is open."""

    def settings(self) -> dict[str, Any]:
        """The path it was given."""
        return {"posted": "/idocs"}

    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        """One order each."""
        texts = [f"POSTED-{self._said + n:06}" for n in range(count)]
        self._said += count
        return [(Arrival({}, {}, {}, self.sap.orders_document([text])), text) for text in texts]

    def bad_arrival(self) -> Arrival:
        """Half a document."""
        return Arrival({}, {}, {}, self.sap.orders_document(["HALF"])[:-30])


COUNTERPARTS = (SapFolder, SapSftp, SapAddress, SapPosting)
