"""The same company twice: as it worked before, and with Andon."""

__all__ = ["Comparison", "compare", "compared"]

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec

from andon.app.demo.hub import telling
from andon.app.lab.report import Report
from andon.app.lab.run import Profile, begun
from andon.sandbox import before
from andon.sandbox.lab.outcomes import FIGURES, Outcomes, Watch, figured
from andon.sandbox.lives import begin, suspecting

_ABOUT = ("production-order", "lot", "delivery", "sales-order", "customer-order")
"""What people of the company before Andon care for, too. Suppliers, service and plant B are not in
it, and what is asked about them has nothing to be compared with."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One seed, two histories. It is well when Andon served it without a fault, and each figure is
    better with it."""

    seed: int
    hours: float
    pace: float
    before: Outcomes
    after: Outcomes
    report: Report
    """What the lab found where Andon served."""

    @property
    def not_better(self) -> list[str]:
        """Figures, as they are shown."""
        return [figure.says for figure in FIGURES if not figure.better(self.before, self.after)]

    @property
    def well(self) -> bool:
        """Whether it shows what it shall show."""
        return self.report.well and not self.not_better


async def compare(
    folder: Path, profile: Profile, *, seed: int, told: Callable[[str], None]
) -> Comparison:
    """No faults strike on either side: it is the way of working that is compared. The one without
    Andon has no clock to follow and takes seconds."""
    began = time.monotonic()
    was = await asyncio.to_thread(_before, profile, seed)
    told(f"Before: {was.shipped} orders sent in {profile.hours:g} business hours")
    async with begun(folder, profile, seed, None, telling(told)) as lab:
        watch = Watch(lab.company)
        await lab.live({})
        # Nobody types anything twice there.
        asked = sum(lab.people.about[kind] for kind in _ABOUT)
        is_now = watch.outcomes(typed=0, corrected=asked)
        settled = await lab.rest()
        report = await lab.report({}, settled, time.monotonic() - began)
    return Comparison(
        seed=seed, hours=profile.hours, pace=profile.pace, before=was, after=is_now, report=report
    )


def _before(profile: Profile, seed: int) -> Outcomes:
    company = before.company_before(seed, pace=profile.pace)
    desk = before.begin(company)
    watch = Watch(company)
    begin(company)
    suspecting.begin(company.world, company.systems)
    company.world.run(company.world.began + timedelta(hours=profile.hours))
    return watch.outcomes(typed=desk.typed.total(), corrected=desk.corrected.total())


def compared(comparison: Comparison, folder: Path) -> str:
    """Leaves `compare.json` and `compare.md` in the folder; returns the text of the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    body = msgspec.json.format(msgspec.json.encode(comparison), indent=2)
    (folder / "compare.json").write_bytes(body + b"\n")
    verdict = "better with Andon" if comparison.well else "NOT WELL"
    text = (
        f"# {comparison.hours:g} business hours, seed {comparison.seed}: {verdict}\n\n"
        f"{figured(comparison.before, comparison.after)}"
    )
    (folder / "compare.md").write_text(text)
    return text
