"""The lab on a small scale: a storm leaves every system right, and what protects is missed."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from andon.app.lab.compare import compare, compared
from andon.app.lab.report import Report, written
from andon.app.lab.run import PROFILES, Profile, run_lab
from andon.app.lab.without import Protection
from andon.sandbox.lab.storm import KINDS

pytestmark = [pytest.mark.story, pytest.mark.timeout(240)]

SMALL = Profile(
    name="small", hours=0.8, speed=120, pace=3.5, storm=0.1, least_effects=200, settles_within=60
)
SHORT = set(KINDS) - {"plant outage of 8 hours", "period closed"}


@pytest.fixture
def folder() -> Iterator[Path]:
    # Short, because PostgreSQL's socket lives below it; its own account passes through.
    made = Path(tempfile.mkdtemp(dir="/tmp", prefix="lab-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def _ran(
    folder: Path, faults: set[str], without: Protection | None = None, hours: float = SMALL.hours
) -> Report:
    profile = msgspec.structs.replace(SMALL, hours=hours)
    kinds = {name: KINDS[name] for name in KINDS if name in faults}
    told: list[str] = []
    running = run_lab(folder, profile, kinds, seed=5, without=without, told=told.append)
    report = asyncio.run(running)
    print("\n".join(told), written(report, folder))
    return report


def test_an_hour_under_a_storm_leaves_every_system_with_what_happened(folder: Path) -> None:
    report = _ran(folder, SHORT)
    assert report.wrong == 0, written(report, folder)
    assert report.injected["kill -9 of Andon"] >= 2
    assert report.injected["lost answer after commit"] >= 30
    kept = json.loads((folder / "report.json").read_text())
    assert kept["lost"] == kept["doubled"] == kept["unexplained"] == 0


def test_a_protection_that_is_taken_away_is_missed(folder: Path) -> None:
    report = _ran(folder, {"lost answer after commit"}, "find", hours=0.3)
    assert report.doubled > 0, written(report, folder)
    assert not report.well


def test_a_company_is_better_off_than_it_was_with_batches_lists_and_mails(folder: Path) -> None:
    profile = msgspec.structs.replace(PROFILES["S"], hours=2.6, least_effects=0)
    told: list[str] = []
    comparison = asyncio.run(compare(folder, profile, seed=1, told=told.append))
    text = compared(comparison, folder)
    print("\n".join(told), text, written(comparison.report, folder))
    assert comparison.report.well
    # No shift ends in these hours, and the first batch comes when most of them are over.
    later = {"corrected by hand", "finished pieces in stock"}
    assert set(comparison.not_better) <= later, text
    assert comparison.before.confirmed_after > 10 * comparison.after.confirmed_after
    assert json.loads((folder / "compare.json").read_text())["after"]["typed"] == 0
