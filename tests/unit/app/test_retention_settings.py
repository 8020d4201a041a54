"""`[retention]` in a project's parameters: nothing by default, and every mistake at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from andon.app import Andon
from andon.core.errors import SettingsError
from andon.store.lifetimes import Lifetimes


def plant(folder: Path, text: str) -> Andon:
    (folder / "plant.toml").write_text(text)
    return Andon("plant", site="home", parameters=str(folder / "plant.toml"))


def test_by_default_nothing_has_a_lifetime(tmp_path: Path) -> None:
    assert plant(tmp_path, "").lifetimes({}) == Lifetimes()
    assert Lifetimes().cutoffs(datetime.now(UTC)) == []


def test_lifetimes_are_read(tmp_path: Path) -> None:
    andon = plant(
        tmp_path,
        '[retention]\nseen = "400 d"\nruns = "P90D"\n[retention.records]\n"*" = "1000 d"\n'
        '"andon.equipment.*" = "90 d"',
    )
    andon.plan({})
    found = andon.lifetimes({})
    assert (found.seen, found.runs, found.cases) == (
        timedelta(days=400), timedelta(days=90), None,
    )  # fmt: skip
    now = datetime(2026, 5, 4, tzinfo=UTC)
    assert found.cutoffs(now) == [
        ("%", now - timedelta(days=1000)),
        ("andon.equipment.%", now - timedelta(days=90)),
    ]


def test_a_type_is_matched_as_it_is_written() -> None:
    (cutoff,) = Lifetimes(records={"a-b.c": timedelta(days=2)}).cutoffs(datetime.now(UTC))
    assert cutoff[0] == "a-b.c"


def test_every_mistake_is_named_with_its_key(tmp_path: Path) -> None:
    text = (
        '[retention]\nseen = "30 s"\nraw = "1 d"\nruns = "soon"\n'
        '[retention.records]\n"andon.*.v1" = "9 d"\n"*" = "1 h"'
    )
    places = mistakes(tmp_path, text)
    assert places == {"plant.toml: retention.raw", "plant.toml: retention.runs"}
    places = mistakes(tmp_path, text.replace('raw = "1 d"\nruns = "soon"\n', ""))
    assert places == {
        "plant.toml: retention.seen",
        "plant.toml: retention.records.*",
        "plant.toml: retention.records.andon.*.v1",
    }
    with pytest.raises(SettingsError, match="Nothing was archived"):
        plant(tmp_path, text).lifetimes({})


def mistakes(folder: Path, text: str) -> set[str]:
    with pytest.raises(SettingsError) as raised:
        plant(folder, text).plan({})
    return {fault.at for fault in raised.value.faults}
