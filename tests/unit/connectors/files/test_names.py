"""Names, numbers and places: pure rules of a folder that many write to."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors._folders.folder import Entry
from andon.connectors._folders.names import (
    done_name,
    done_of,
    is_safe,
    numbered,
    sequence_in,
    stamp,
    taken_name,
    taken_of,
)
from andon.connectors._folders.place import Place
from andon.connectors._folders.ready import Watch
from andon.connectors._folders.sequence import doubt_about, sequence_after
from andon.connectors.files.settings import FilesSettings
from andon.core.errors import SettingsError

PATTERN = re.compile(r"-(\d+)\.csv$")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../a", "a\\b", "a\0b", "a\nb", "C:a", "a*", "\udcff", "x" * 300]
)
def test_names_that_could_lead_out_or_cannot_be_written_everywhere_are_not_safe(name: str) -> None:
    assert not is_safe(name)


@pytest.mark.parametrize("name", ["a.csv", "Rückmeldung 7.csv", "a~b.csv", "..a", "-rf"])
def test_names_that_people_use_are_safe(name: str) -> None:
    assert is_safe(name)


@given(st.text(min_size=1, max_size=40), st.integers(1, 10**9))
def test_a_name_comes_back_from_the_work_folder_and_the_archive(name: str, number: int) -> None:
    assert taken_of(taken_name(number, name)) == (number, name)
    if is_safe(name):
        done = done_name(name, "mes", number, "ab" * 16)
        found = done_of(done, "mes")
        assert found is not None
        assert found[:2] == (number, "ab" * 6)
        assert done_of(done, "other") is None


@given(st.integers(0, 10**9), st.none() | st.integers(0, 10**9), st.none() | st.integers(0, 999))
def test_a_place_reads_as_it_was_written(number: int, rows: int | None, last: int | None) -> None:
    place = Place(number, rows, last)
    assert Place.read(place.written()) == place


@pytest.mark.parametrize("text", ["x", "1.", "#", "1.2.3", "2025-01-01", "-1", "\u0661"])
def test_a_position_of_another_connector_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        Place.read(text)


@pytest.mark.parametrize(
    ("last", "number", "code", "then"),
    [
        (None, 7, None, 7),
        (7, 8, None, 8),
        (7, 10, "gap", 10),
        (7, 6, "late-file", 7),
        (7, 7, "late-file", 7),
        (9999, 1, "sequence-begins-again", 1),
    ],
)
def test_numbers_in_names_tell_gaps_late_files_and_a_new_beginning(
    last: int | None, number: int, code: str | None, then: int
) -> None:
    name, place = f"c-{number}.csv", Place(3, None, last)
    doubt = doubt_about(PATTERN, name, place)
    assert (doubt and doubt[0]) == code
    assert sequence_after(PATTERN, name, place) == then


def test_a_name_without_a_number_is_told_and_changes_nothing() -> None:
    doubt = doubt_about(PATTERN, "c.csv", Place(3, None, 7))
    assert doubt is not None
    assert doubt[0] == "no-sequence"
    assert sequence_after(PATTERN, "c.csv", Place(3, None, 7)) == 7


def test_our_own_numbers_are_found_in_names_of_any_template() -> None:
    found = numbered("{target}_{stamp}_{sequence:06}.csv", "a.b")
    assert sequence_in(f"a.b_{stamp('k')}_000042.csv", found) == 42
    assert sequence_in(f"axb_{stamp('k')}_000042.csv", found) is None


def entry(name: str, size: int = 1, at: float = 0) -> Entry:
    return Entry(name, size, at, "file")


def names(watch: Watch, entries: list[Entry], now: float) -> list[str]:
    return [one.name for one in watch.look(entries, now=now, today=1e9).files]


def test_a_file_stands_still_for_a_while_before_it_is_finished() -> None:
    watch = Watch(FilesSettings(folder="/x"))
    assert names(watch, [entry("a")], 0) == []
    assert names(watch, [entry("a")], 9) == []
    assert names(watch, [entry("a", size=2)], 10) == []
    assert names(watch, [entry("a", size=2)], 19) == []
    assert names(watch, [entry("a", size=2)], 20) == ["a"]
    assert names(watch, [], 21) == []
    assert names(watch, [entry("a", size=2)], 22) == []


def test_files_are_read_oldest_first_or_by_their_numbers() -> None:
    found = [entry("c-10.csv", at=1), entry("c-9.csv", at=2), entry("c.csv", at=0)]
    plain = FilesSettings(folder="/x", settle=timedelta())
    counted = FilesSettings(folder="/x", settle=timedelta(), sequence=PATTERN.pattern)
    assert names(Watch(plain), found, 0) == ["c.csv", "c-10.csv", "c-9.csv"]
    assert names(Watch(counted), found, 0) == ["c-9.csv", "c-10.csv", "c.csv"]
