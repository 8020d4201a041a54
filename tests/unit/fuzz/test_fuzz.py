"""The fuzzer notices a defect, and every parser takes the documents it begins from."""

import importlib
import pkgutil
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

import fuzz.parsers
from andon.core.errors import AndonError
from fuzz import Parser
from fuzz.outcome import outcome_of
from fuzz.page import write

DAY = date(2026, 11, 26)
ROOT = Path(__file__).parents[3]
EVERY = [
    pytest.param(parser, id=f"{module.name} {parser.name}")
    for module in pkgutil.iter_modules(fuzz.parsers.__path__)
    for parser in importlib.import_module(f"fuzz.parsers.{module.name}").PARSERS
]
PLANTED = """
from andon.core.errors import MappingError
from fuzz import Parser

def fragile(data):
    if len(data) > 3:
        raise KeyError("planted")
    raise MappingError("no document", [])

PARSERS = (Parser("fragile", fragile, [b"abd"]),)
"""


@pytest.mark.parametrize("parser", EVERY)
def test_a_parser_reads_its_seeds_or_refuses_them_in_our_words(parser: Parser) -> None:
    seeds = list(parser.seeds)
    assert seeds, "a fuzzer that begins from nothing finds nothing"
    for seed in seeds:
        with suppress(AndonError):
            parser.parse(seed)


@pytest.mark.skipif(sys.platform != "linux", reason="atheris has no wheels elsewhere")
def test_a_planted_defect_ends_the_run_with_the_input_that_shows_it(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(PLANTED)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    limits = ["-runs=100000", f"-artifact_prefix={tmp_path}/shown-", "-print_final_stats=1"]
    ran = subprocess.run(
        [sys.executable, "-m", "fuzz.one", "planted", "fragile", str(corpus), "-seed=1", *limits],
        cwd=ROOT,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        check=False,
    )
    (shown,) = tmp_path.glob("shown-*")
    assert len(shown.read_bytes()) > 3
    said = (ran.stdout + ran.stderr).decode()
    one = outcome_of(
        "x", "y", said, code=ran.returncode, seconds=1, shown_by="616263", measured_on=DAY
    )
    assert not one.well
    assert one.fault is not None
    assert "KeyError" in one.fault
    assert one.executions > 0


def test_growth_between_the_middle_and_the_end_is_no_good_outcome() -> None:
    pulses = "\n".join(f"#{n} pulse cov: 1 rss: {50 + n * 20}Mb" for n in range(10))
    assert not outcome_of("x", "y", pulses, code=0, seconds=1, shown_by=None, measured_on=DAY).well
    flat = "\n".join(f"#{n} pulse cov: 1 rss: 90Mb" for n in range(10))
    assert outcome_of("x", "y", flat, code=0, seconds=1, shown_by=None, measured_on=DAY).well


def test_the_page_keeps_what_people_wrote_and_parsers_that_were_not_tried(tmp_path: Path) -> None:
    marks = (
        "<!-- measured: written by the program, do not edit -->",
        "<!-- end of what was measured -->",
    )
    (tmp_path / "fuzz.md").write_text(f"By hand.\n{marks[0]}\n{marks[1]}\nAfter.")
    for connector, code in (("x", 0), ("w", 0), ("x", 1)):
        said = "#1 pulse cov: 1 rss: 90Mb"
        one = outcome_of(connector, "y", said, code=code, seconds=9, shown_by=None, measured_on=DAY)
        write([one], tmp_path)
    text = (tmp_path / "fuzz.md").read_text()
    assert text.startswith("By hand.\n")
    assert text.endswith("\nAfter.")
    assert [line for line in text.splitlines() if "2026" in line] == [
        "| w | y | 0 | 9 | 0 | 90 | 0 | 2026-11-26 | well |",
        "| x | y | 0 | 9 | 0 | 90 | 0 | 2026-11-26 | a defect |",
    ]
