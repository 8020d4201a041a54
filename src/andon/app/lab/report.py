"""What a run of the lab found: for people, and as `report.json`."""

__all__ = ["Report", "written"]

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec

from andon.sandbox.lab import Reckoned


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of one run. It is well when nothing is wrong and every fault has really struck."""

    profile: str
    seed: int
    switched_off: str | None
    """A protection that was taken away, to see whether the report notices."""
    hours: float
    """Business time lived."""
    seconds: float
    events: int
    """Records in Andon's log."""
    effects: int
    """Calls with an effect that systems carried out."""
    injected: Mapping[str, int]
    missing: Mapping[str, str]
    """Kind of fault, or other demand, that was not reached -> what was."""
    lost: int
    doubled: int
    out_of_order: int
    stock_error: str
    hold_escapes: int
    unexplained: int
    areas: Mapping[str, Reckoned]
    answered: Mapping[str, int]
    """What people had to decide."""
    open: list[str]
    """What nobody could close, in Andon's words."""
    escaped: list[str]
    """What was taken of held lots, by whom, and how long they had been held."""
    settled_after: float
    """Seconds from the last fact until everything agreed, or until it was given up."""
    back_after: Sequence[float]
    """Seconds from each kill until Andon answered again, the shortest first."""

    @property
    def wrong(self) -> int:
        """Everything that must be zero, added up."""
        counted = self.lost + self.doubled + self.out_of_order + self.hold_escapes
        return counted + self.unexplained + (self.stock_error != "0")

    @property
    def well(self) -> bool:
        """Whether the run shows what it shall show."""
        return not self.wrong and not self.missing


def written(report: Report, folder: Path) -> str:
    """Leaves `report.json` and `report.md` in the folder; returns the text of the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    body = msgspec.json.format(msgspec.json.encode(report), indent=2)
    (folder / "report.json").write_bytes(body + b"\n")
    text = _text(report)
    (folder / "report.md").write_text(text)
    return text


def _text(report: Report) -> str:
    verdict = "well" if report.well else "NOT WELL"
    without = f", without {report.switched_off}" if report.switched_off else ""
    lines = [
        f"# Lab, profile {report.profile}, seed {report.seed}{without}: {verdict}",
        "",
        f"{report.hours:.1f} business hours in {report.seconds:.0f} s: {report.events:,} records,"
        f" {report.effects:,} effects; agreed {report.settled_after:.0f} s after the last fact."
        f"{_back(report.back_after)}",
        "",
        "| lost | doubled | out of order | stock error | hold escapes | unexplained |",
        "|---|---|---|---|---|---|",
        f"| {report.lost} | {report.doubled} | {report.out_of_order} | {report.stock_error}"
        f" | {report.hold_escapes} | {report.unexplained} |",
        "",
        "| compared | lost | doubled | out of order |",
        "|---|---|---|---|",
        *(
            f"| {name} | {found.lost} | {found.doubled} | {found.out_of_order} |"
            for name, found in report.areas.items()
        ),
        "",
        "| fault | struck |",
        "|---|---|",
        *(f"| {name} | {times} |" for name, times in report.injected.items()),
        "",
    ]
    if report.answered:
        lines += ["| people decided | times |", "|---|---|"]
        lines += [f"| {what} | {times} |" for what, times in report.answered.items()]
        lines.append("")
    lines += [f"- Not reached: {what}: {reached}" for what, reached in report.missing.items()]
    lines += [f"- Open: {text}" for text in report.open]
    lines += [f"- Escaped: {text}" for text in report.escaped]
    return "\n".join(lines) + "\n"


def _back(after: Sequence[float]) -> str:
    if not after:
        return ""
    usual = f"{median(after):.1f} s, at most {after[-1]:.1f} s"
    return f" It answered again {usual} after a kill."
