"""The same checks on simulators and on the real systems; the latter are started once."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from andon.connectors.tryton.simulator import TrytonSimulator
from tests.contract.erps import Erp, RealErp, SimulatedErp
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
