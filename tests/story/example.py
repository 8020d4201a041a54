"""An example's project on a fresh database, run as its reader runs it."""

__all__ = ["Example", "module_of"]

import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import msgspec

from andon.core.connector import Arrival, Push
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan
from tests.integration.plant import Shift

_EXAMPLES = Path(__file__).parents[2] / "examples"


def module_of(file: str) -> ModuleType:
    """`erp/works.py`, imported anew as a new process imports it."""
    path = _EXAMPLES / file
    spec = util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


class Example(ABC):
    """Subclasses say where the project finds its systems."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    @property
    @abstractmethod
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Self]:
        """A worker for a while."""
        shift = Shift(self)
        try:
            yield self
        finally:
            await shift.end()

    async def posts(self, connection: str, **row: Any) -> None:
        """Somebody posts one row at the connection's door; it is recorded when this returns."""
        plan = self.plan
        ingest = Ingest(plan, self.dsn, SystemClock())
        await ingest.open()
        wired = plan.connections[connection]
        (door,) = wired.connector.doors()
        assert isinstance(door, Push)
        await ingest.accept(wired, door.items(Arrival({}, {}, {}, msgspec.json.encode(row))))
        await ingest.close()
