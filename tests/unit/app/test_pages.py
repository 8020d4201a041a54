"""What README and docs/ tell people to type and to write, works."""

import ast
import asyncio
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import typer.main

from andon.app import Andon
from andon.cli import app
from andon.core.connector import Item
from andon.core.mapping import Known
from andon.model.production import OrderReleased
from andon.store.generation import notice_copy, require_own_positions
from andon.store.sql import query

ROOT = Path(__file__).resolve().parents[3]
QUICKSTART = ROOT / "examples" / "quickstart"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:andon|make) [a-z][^`]*)`")
LINK = re.compile(r"`([a-z_]+(?:/[\w.-]+)+/?)`")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BESIDE_SOURCE = ("", "src/andon/")


def blocks(page: Path, language: str) -> list[str]:
    """The code on a page, block by block."""
    return [found[3] for found in BLOCK.finditer(page.read_text()) if found[1] == language]


def commands() -> Iterator[tuple[str, str]]:
    """Page and command, from blocks and from sentences."""
    for page in PAGES:
        lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
        for line in [*lines, *INLINE.findall(page.read_text())]:
            if line.partition(" ")[0] in ("andon", "make"):
                yield page.name, line


def parse(words: list[str]) -> None:
    """Raises when the command line does not know these words; runs nothing."""
    found = typer.main.get_command(app)
    while words and hasattr(found, "commands"):
        inner = getattr(found, "commands")  # noqa: B009 only groups have them
        assert words[0] in inner, f"andon has no command {words[0]}"
        found = inner[words.pop(0)]
    if words:
        found.make_context("andon", words)


@pytest.mark.parametrize(("page", "line"), sorted(set(commands())))
def test_every_command_on_a_page_is_one(page: str, line: str) -> None:
    program, *words = shlex.split(line, comments=True)
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(words) <= set(targets), f"{page}: make has no {words}"
    else:
        parse(words)


def test_a_command_that_is_none_is_found() -> None:
    with pytest.raises(AssertionError, match="no command runn"):
        parse(["runn", "plant:andon"])
    with pytest.raises(Exception, match="No such option"):
        parse(["run", "plant:andon", "--wrokers", "2"])


def test_the_plant_of_the_readme_is_the_file_that_runs() -> None:
    (shown,) = blocks(ROOT / "README.md", "python")
    assert shown in (QUICKSTART / "plant.py").read_text()


def test_the_plant_of_the_readme_has_twenty_lines_of_code() -> None:
    (shown,) = blocks(ROOT / "README.md", "python")
    sentences = {
        node.body[0].lineno
        for node in ast.walk(ast.parse(shown))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    lines = [
        line
        for number, line in enumerate(shown.splitlines(), start=1)
        if line.strip() and number not in sentences
    ]
    assert len(lines) <= 20, f"{len(lines)} lines"


def test_the_post_of_the_readme_is_what_the_plant_reads() -> None:
    scope: dict[str, Any] = {"__name__": "plant"}
    file = QUICKSTART / "plant.py"
    exec(compile(file.read_text(), str(file), "exec"), scope)
    (post,) = [b for b in blocks(ROOT / "README.md", "sh") if b.startswith("curl")]
    words = shlex.split(post)
    body, address = words[words.index("-d") + 1], words[-1]
    plant: Andon = scope["andon"]
    erp = plant.plan({}).connections["erp"]
    (door,) = erp.connector.doors()
    assert address.endswith(f"/in/erp{door.path}")
    item = Item(kind="order", key="1", raw=body.encode())
    (event,) = erp.inbound["order"].reads(item, Known(settings=erp.settings))
    assert isinstance(event, OrderReleased)
    assert (event.order_id, str(event.planned)) == ("1001", "5 pcs")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_a_page_names_is_there(page: Path) -> None:
    missing = [
        name
        for name in LINK.findall(page.read_text())
        if not any((ROOT / beside / name).exists() for beside in BESIDE_SOURCE)
        and not name.startswith("docs/pictures/")
        and "/" in name.strip("/")
    ]
    assert not missing, f"{page.name} names {missing}"


async def test_a_backup_as_told_comes_back_whole_with_a_new_generation(
    tmp_path: Path, database: str, empty_database: str
) -> None:
    db = await asyncpg.connect(database)
    await db.execute(
        query("submit"), "k", b"", "t", "s/i:1", NOON, "here", "me", "{}", "c", "p", "s"
    )
    await db.execute("insert into position values ('lane:1', 1)")
    before = (await notice_copy(db)).id
    await db.close()
    (tmp_path / ".andon").mkdir()
    (tmp_path / ".andon" / "dsn").write_text(database)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    told = {found[2]: found[3] for found in BLOCK.finditer((ROOT / "docs/running.md").read_text())}
    for step in ("backup", "restore"):
        await asyncio.to_thread(
            subprocess.run,
            ["sh", "-eu", "-c", told[step]],
            cwd=tmp_path,
            env={"NEW_DATABASE": empty_database, "PATH": "/usr/bin:/bin"},
            check=True,
            capture_output=True,
        )
    db = await asyncpg.connect(empty_database)
    assert await db.fetchval("select id from generation") == before, "a dump holds it"
    assert (await notice_copy(db)).id != before
    assert await db.fetchval("select at from position where name = 'lane:1'") == 1
    await require_own_positions(db)
    await db.close()
