"""A system that speaks EDI in a mailbox behind SFTP."""

__all__ = ["MailboxSystem"]

import asyncio
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import ClassVar, Literal

from andon.connectors.edi.simulated.program import Program
from andon.connectors.edi.simulator import AcmeOverSftp
from andon.sandbox.faults import struck_by
from andon.sandbox.system import System
from andon.sandbox.world import World

Odd = Literal["twice", "halves"]

_LOOKS = 0.2


class MailboxSystem(System):
    """Its program looks into the mailbox, and its people write to it directly."""

    variables: ClassVar[str]
    """How the names of its parameters begin: `COMPANY_CARRIER`."""

    def __init__(self, world: World, andon: str, program: Program, stem: str) -> None:
        super().__init__(world, andon)
        self.mailbox = AcmeOverSftp()
        self.mailbox.program = program
        self.mailbox.takes_away = True
        self.odd: Counter[Odd] = Counter()
        """So many of what it posts next comes `twice` under one control number, in another file,
        or is written in two `halves` where it is read."""
        self.struck: Counter[Odd] = Counter()
        self.posted = 0
        """How many interchanges it has written."""
        self._stem = stem
        self._looking: asyncio.Task[None] | None = None

    @abstractmethod
    def look(self) -> None:
        """Reads what came, and answers it."""

    async def start(self) -> None:
        """Its server listens, and its program looks into the mailbox."""
        await self.mailbox.start()
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Breaks every session; what lies in the mailbox stays."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await self.mailbox.stop()

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        settings = self.mailbox.settings()
        return {
            f"{self.variables}_FOLDER": settings["folder"],
            f"{self.variables}_PASSWORD": settings["password"],
            f"{self.variables}_HOST_KEY": settings["known_hosts"],
        }

    def post(self, content: bytes) -> None:
        """One interchange into the mailbox, as badly as it is due."""
        self.posted += 1
        name = self.mailbox.next_name(self._stem, "edi")
        if struck_by(self.odd, self.struck, "halves"):
            self.mailbox.write_in_halves(name, content)
        else:
            self.mailbox.rename_in(name, content)
        if struck_by(self.odd, self.struck, "twice"):
            self.mailbox.rename_in(self.mailbox.next_name(self._stem, "edi"), content)

    async def _look(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(_LOOKS)
