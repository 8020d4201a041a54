"""What goes wrong at the start is said in words, without a stack trace or a secret."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from andon.app.database import Place, reach_database
from andon.cli import app
from andon.core.errors import SettingsError

PROMPT = CliRunner()


@pytest.mark.parametrize(
    "dsn",
    ["postgresql://andon:hush@127.0.0.1:1/x", "postgresql://andon:hu#sh@127.0.0.1/x", "hush"],
)
async def test_a_database_that_is_not_there_is_said_without_its_password(
    tmp_path: Path, dsn: str
) -> None:
    with pytest.raises(SettingsError, match=r"cannot be reached.*--database reads") as told:
        async with reach_database(Place(tmp_path, "", 0, dsn)):
            raise AssertionError("there is no such database")
    assert "hu" not in str(told.value)


def test_a_project_that_is_not_there_ends_with_2_and_a_way_on() -> None:
    said = PROMPT.invoke(app, ["check", "nowhere:andon"])
    assert said.exit_code == 2
    assert "Say it as module:name, from the folder that holds the module." in said.output
    assert "Traceback" not in said.output


def test_revoking_a_name_without_a_key_is_not_told_as_done(database: str) -> None:
    said = PROMPT.invoke(app, ["keys", "revoke", "nobody", "--database", database])
    assert said.exit_code == 2
    assert "none was ended" in said.output


def test_a_made_key_is_all_of_the_output_and_can_be_revoked(database: str) -> None:
    options = ["--database", database]
    made = PROMPT.invoke(app, ["keys", "create", "--name", "erp", "--scope", "read", *options])
    assert made.stdout.startswith("andon_")
    assert made.stdout.count("\n") == 1
    listed = PROMPT.invoke(app, ["keys", "list", *options])
    assert "erp" in listed.stdout
    assert made.stdout.strip() not in listed.stdout
    ended = PROMPT.invoke(app, ["keys", "revoke", "erp", *options])
    assert "1 key named 'erp' ended" in ended.output
    assert "erp" not in PROMPT.invoke(app, ["keys", "list", *options]).stdout


@pytest.mark.parametrize(
    "words",
    [
        ["run", "plant:andon", "--workers", "-1"],
        ["run", "plant:andon", "--port", "70000"],
        ["demo", "--speed", "0"],
        ["demo", "--port", "0"],
        ["connectors", "simulate", "rest", "--at", "somewhere"],
        ["log", "read", "/no/such.jsonl.gz"],
    ],
)
def test_a_value_that_cannot_be_meant_ends_with_2_before_anything_starts(words: list[str]) -> None:
    said = PROMPT.invoke(app, words)
    assert said.exit_code == 2
    assert said.output
    assert "Errno" not in said.output
    assert "int()" not in said.output


def test_a_key_with_a_scope_that_opens_nothing_is_not_made(database: str) -> None:
    asked = ["--name", "erp", "--scope", "inbox.erp", "--scope", "read", "--database", database]
    said = PROMPT.invoke(app, ["keys", "create", *asked])
    assert said.exit_code == 2
    assert "'inbox.erp' opens nothing" in said.output
    ended = PROMPT.invoke(app, ["keys", "revoke", "erp", "--database", database])
    assert "none was ended" in ended.output
