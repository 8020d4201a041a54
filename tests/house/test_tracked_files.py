"""What is committed fits every machine, and every file can be read in one sitting."""

import re
from pathlib import Path

from tests.house.tree import ROOT, tracked_texts

LONGEST = 400
READ_BY_PEOPLE = {".py", ".ts", ".tsx", ".sql", ".sh", ".md", ".css"}
GENERATED = {"web/src/api/schema.d.ts"}

MACHINE_PATH = re.compile(r"(?<![\w./:<>}-])/(?:work|root|home|Users)/[\w.]")
REGISTRY = re.compile(
    r'"resolved": *"http'
    r'|index-url[= ]+"?http'
    r'|\bregistry *= *"?http'
    r'|https?://[^ "\']*/simple(?:[/"\']|$)'
    r'|https?://[^ "]*/-/[^ "]*\.tgz'
    r"|//(?:registry\.npmjs\.org|registry\.yarnpkg\.com|files\.pythonhosted\.org)",
    re.MULTILINE,
)


def places(pattern: re.Pattern[str], name: str, text: str) -> list[str]:
    """`file:line: what` for every match."""
    found = pattern.finditer(text)
    return [f"{name}:{text.count(chr(10), 0, m.start()) + 1}: {m.group()}" for m in found]


def test_no_path_of_one_machine_is_committed() -> None:
    here = re.compile("|".join(re.escape(f"{path}/") for path in {ROOT, Path.home()}))
    found = [
        place
        for name, text in tracked_texts()
        for pattern in (MACHINE_PATH, here)
        for place in places(pattern, name, text)
    ]
    assert not found, "\n".join(found)


def test_no_package_registry_is_committed() -> None:
    found = [place for name, text in tracked_texts() for place in places(REGISTRY, name, text)]
    assert not found, "\n".join(found)


def test_no_file_is_longer_than_one_sitting() -> None:
    long = [
        f"{name}: {lines} lines"
        for name, text in tracked_texts()
        if Path(name).suffix in READ_BY_PEOPLE and name not in GENERATED
        if (lines := text.count("\n")) >= LONGEST
    ]
    assert not long, "what second thing moved in?\n" + "\n".join(long)


def test_paths_and_registries_are_recognized() -> None:
    # Put together here, or this file would be found itself.
    home = "/".join(["", "home", "ada", "hub"])
    lock = '"resolved": ' + '"http' + 's://packages.example/a.tgz"'
    assert places(MACHINE_PATH, "a.py", f"x\nroot = '{home}'") == ["a.py:2: " + home[:7]]
    assert places(MACHINE_PATH, "a.py", "https://erp.example/work/orders") == []
    assert places(REGISTRY, "lock.json", lock) == ["lock.json:1: " + lock[:17]]
