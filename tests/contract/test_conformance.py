"""What every connector promises, on its simulators and on the real systems."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from andon.core.connector import Connector
from andon.core.counterpart import Counterpart, Fetches, Pushes, Speaks, Takes
from andon.testing.conformance import (
    CHECKS,
    Check,
    counterparts_of,
    installed,
    quality_of,
    tried,
)
from andon.testing.conformance.quality import faces_of
from andon.testing.conformance.trial import Trial

REAL = Path(__file__).parent / "real"
NEEDED = {"source": Speaks, "sink": Takes, "inbox": Pushes, "outbox": Fetches}
KINDS: dict[str, type[Connector[Any]]] = {n: one.load() for n, one in installed().items()}


def real_of(name: str) -> Sequence[type[Counterpart]]:
    """The real systems of a connector, if the tests have any."""
    if not (REAL / f"{name}.py").is_file():
        return ()
    return importlib.import_module(f"tests.contract.real.{name}").COUNTERPARTS


def trials() -> Iterator[Any]:
    """Connector, counterpart and check, wherever a check fits."""
    for name, kind in KINDS.items():
        for real, peers in ((False, counterparts_of(kind)), (True, real_of(name))):
            marks = [pytest.mark.real, pytest.mark.timeout(300)] if real else []
            for peer in peers:
                idle = peer()
                for check in CHECKS:
                    if not check.unfit(kind, idle):
                        title = f"{name}-{peer.name}-{check.name}"
                        yield pytest.param(name, peer, check, id=title, marks=marks)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting() -> AsyncIterator[dict[type[Counterpart], Counterpart]]:
    """Counterparts that are slow to begin, begun once for all checks of theirs."""
    begun: dict[type[Counterpart], Counterpart] = {}
    yield begun
    for one in begun.values():
        await one.stop()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("name", "peer", "check"), list(trials()))
async def test_conformance(
    name: str, peer: type[Counterpart], check: Check, lasting: dict[Any, Counterpart]
) -> None:
    for other in [one for one in lasting if one is not peer]:
        await lasting.pop(other).stop()  # what it opens now is not left open by others
    counterpart = lasting.get(peer) or peer()
    if peer not in lasting:
        await counterpart.start()
    if peer.lasting:
        lasting[peer] = counterpart
    kind = KINDS[name]
    try:
        result = await asyncio.wait_for(tried(check, kind, counterpart, quality_of(kind)), 280)
    finally:
        if not peer.lasting:
            await counterpart.stop()
    assert result.well, f"{check.says}\n{result.outcome}: {result.says}"


@pytest.mark.parametrize("name", KINDS)
def test_a_connector_is_tried_on_every_face_it_says_it_has(name: str) -> None:
    kind = KINDS[name]
    quality = quality_of(kind)
    peers = [*counterparts_of(kind), *real_of(name)]
    really: set[str] = set().union(*(faces_of(Trial(kind, peer()).made()) for peer in peers))
    assert set(quality.faces) == really
    for face in quality.faces:
        assert any(issubclass(peer, NEEDED[face]) for peer in peers), f"nobody tries the {face}"


@pytest.mark.parametrize("name", KINDS)
def test_what_a_connector_is_exempt_from_is_a_check(name: str) -> None:
    exempt = quality_of(KINDS[name]).exempt
    unknown = exempt.keys() - {check.name for check in CHECKS}
    assert not unknown, f"there are no such checks: {sorted(unknown)}"


@pytest.mark.parametrize("name", KINDS)
def test_a_connector_called_proven_is_tried_on_a_real_system(name: str) -> None:
    assert quality_of(KINDS[name]).level != "proven" or real_of(name)
