"""``python -m fuzz [CONNECTOR ...] [--only PARSER] --seconds 300``; results in docs/proof."""

import argparse
import importlib
import pkgutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import fuzz.parsers
from bench.hub import ROOT
from fuzz import Parser
from fuzz.outcome import Outcome, outcome_of
from fuzz.page import write

_OUT = ROOT / "docs" / "proof"
_LIMITS = ("-rss_limit_mb=1024", "-timeout=10", "-max_len=16384", "-print_final_stats=1")


def _tried(connector: str, parser: Parser, seconds: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="andon-fuzz-") as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        kept = Path(folder) / "shown-by-"
        began = time.monotonic()
        limits = (f"-max_total_time={seconds}", f"-artifact_prefix={kept}", *_LIMITS)
        command = (f"fuzz.parsers.{connector}", parser.name, str(corpus), *limits)
        ran = subprocess.run(
            [sys.executable, "-m", "fuzz.one", *command],
            cwd=ROOT,
            capture_output=True,
            timeout=seconds * 2 + 120,
            check=False,
        )
        found = next(iter(Path(folder).glob("shown-by-*")), None)
        return outcome_of(
            connector,
            parser.name,
            (ran.stdout + ran.stderr).decode(errors="replace"),
            code=ran.returncode,
            seconds=time.monotonic() - began,
            shown_by=found.read_bytes()[:2000].hex() if found else None,
            measured_on=datetime.now(UTC).date(),
        )


def main() -> int:
    """Each parser in turn; 1 when one is not well."""
    every = [module.name for module in pkgutil.iter_modules(fuzz.parsers.__path__)]
    words = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    words.add_argument("connectors", nargs="*", choices=[*every, []], help="all without one")
    words.add_argument("--only", help="the parser of this name")
    words.add_argument("--seconds", type=int, default=300, help="for each parser")
    words.add_argument("--out", type=Path, default=_OUT)
    said = words.parse_args()
    outcomes: list[Outcome] = []
    for connector in said.connectors or every:
        parsers: tuple[Parser, ...] = importlib.import_module(f"fuzz.parsers.{connector}").PARSERS
        for parser in [one for one in parsers if said.only in (None, one.name)]:
            one = _tried(connector, parser, said.seconds)
            outcomes.append(one)
            how = "well" if one.well else f"NOT WELL: {one.fault or f'{one.grown_mb} MB grown'}"
            print(f"{connector} {parser.name}: {one.executions:,} inputs, {how}", flush=True)
    write(outcomes, said.out)
    return 0 if all(one.well for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
