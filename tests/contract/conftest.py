"""The same checks on simulators and on the real systems; the latter are started once."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from andon.connectors.files.simulator import Exchanged, SftpDrop
from andon.connectors.opcua.simulator import Press
from andon.connectors.tryton.simulator import TrytonSimulator
from tests.contract.erps import Erp, RealErp, SimulatedErp
from tests.contract.exchange import Empty
from tests.contract.real.files import OpenSsh
from tests.contract.real.sql import COUNTERPARTS as DATABASES
from tests.contract.real.sql import RealDatabase
from tools.counterparts import Tryton

BOTH = ["simulator", pytest.param("real", marks=[pytest.mark.real, pytest.mark.timeout(300)])]


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    folder: Path = tmp_path_factory.mktemp("tryton")
    server = Tryton(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=BOTH)
async def erp(request: pytest.FixtureRequest) -> AsyncIterator[Erp]:
    if request.param == "real":
        yield RealErp(request.getfixturevalue("tryton"))
        return
    simulator = TrytonSimulator()
    await simulator.start()
    yield SimulatedErp(simulator)
    await simulator.stop()


@pytest.fixture(params=[Empty, SftpDrop, pytest.param(OpenSsh, marks=pytest.mark.real)])
async def drop(request: pytest.FixtureRequest) -> AsyncIterator[Exchanged]:
    """A folder in which files are exchanged: local, simulated SFTP, OpenSSH."""
    other = request.param()
    await other.start()
    yield other
    await other.stop()


@pytest.fixture
async def folder() -> Exchanged:
    """A local one."""
    other = Empty()
    await other.start()
    return other


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[pytest.param(kind, marks=pytest.mark.real, id=kind.name) for kind in DATABASES],
)
async def database_server(request: pytest.FixtureRequest) -> AsyncIterator[RealDatabase]:
    """A real database with an ERP's tables, one per module."""
    server: RealDatabase = request.param()
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def press() -> AsyncIterator[Press]:
    """A machine with OPC UA; it takes seconds to start, so there is one for all tests."""
    machine = Press()
    await machine.start()
    yield machine
    await machine.machine.end()
