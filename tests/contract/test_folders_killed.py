"""A sender that is killed at any step: nothing is lost or doubled, no number left out."""

import subprocess
import sys
from pathlib import Path

import pytest

from andon.connectors._folders.layout import Beside
from andon.core.connector import Request
from tests.contract.folders import exchange
from tests.contract.killing import BESIDE


@pytest.fixture
def killed(tmp_path: Path) -> list[Path]:
    """One folder for each step before which a sender was killed, in the order of the steps."""
    command = [sys.executable, "-m", "tests.contract.killing", str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    return sorted(tmp_path.iterdir(), key=lambda one: int(one.name))


@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_who_is_killed_at_any_step_loses_and_doubles_nothing_and_no_number(
    killed: list[Path], order: str
) -> None:
    assert len(killed) > 10
    done: list[bool] = []
    for root in killed:
        there = [file.read_text() for file in (root / "out").glob("*.txt")]
        async with exchange(root) as one:
            done.append(await one.find("a") is not None)
            assert there == (["UNH+1+A'"] if done[-1] else []), root
            for key in order:
                beside = BESIDE if key == "a" else Beside()
                await one.send(Request(target="orders", body=key.upper()), key, beside)
            assert await one.kept("awaited"), root
            assert await one.kept("copy") == "A", root
        texts = sorted(file.read_text() for file in (root / "out").iterdir())
        assert texts in (["UNH+1+A'", "UNH+2+B'"], ["UNH+1+B'", "UNH+2+A'"]), root
        assert texts[0] == "UNH+1+A'" or (order == "ba" and not done[-1]), root
    assert done == [False] * (len(done) - 2) + [True] * 2
