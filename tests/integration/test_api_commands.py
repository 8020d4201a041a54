"""Every command there is, over HTTP: done, refused, unread, and with a system that says nothing."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import msgspec
import pytest

from andon.api.capabilities import example_of
from andon.core.message import Command
from andon.model.production import ReleaseOrder
from tests.integration.counter import (
    COMMANDS,
    KNOWN,
    TURNS,
    Counter,
    counter_on,
    each,
    together,
)
from tests.integration.plant import for_ever, rows_of, until

TYPES = {shape.__name__: shape.TYPE for shape in COMMANDS}
NAMES = TYPES.keys()


@pytest.fixture
async def counter(database: str) -> AsyncGenerator[Counter, None]:
    async with counter_on(database) as counter:
        yield counter


def statuses(answers: Any) -> dict[str, tuple[int, str]]:
    """Of each command, with what was said."""
    return {name: (answer.status_code, answer.text) for name, answer in answers.items()}


def odd(answers: Any, status: int) -> dict[str, tuple[int, str]]:
    """Those that were answered otherwise."""
    return {name: said for name, said in statuses(answers).items() if said[0] != status}


async def test_every_example_is_done_once_and_says_so_again(counter: Counter) -> None:
    first = await each(counter.asks)
    assert first.keys() == NAMES
    assert odd(first, 201) == {}
    assert all(answer.json()["reference"] for answer in first.values())
    again = await each(counter.asks)
    assert statuses(again) == statuses(first)
    assert sorted(counter.books.done) == sorted(f"{KNOWN[0]} {name}" for name in NAMES)

    async def with_another(shape: type[Command]) -> httpx.Response:
        other = {**example_of(shape), shape.KEY: KNOWN[1]}
        return await counter.asks(shape, msgspec.json.encode(other))

    refused = await each(with_another)
    assert odd(refused, 422) == {}
    assert all("used for another payload" in one.json()["detail"] for one in refused.values())
    assert len(counter.books.done) == len(NAMES)


async def test_a_refusal_is_in_the_systems_words_however_often_it_is_asked_for(
    counter: Counter,
) -> None:
    counter.books.refuses = {name: f"No {name} in a closed period." for name in NAMES}
    first = await each(counter.asks)
    assert odd(first, 409) == {}
    assert {name: answer.json()["detail"] for name, answer in first.items()} == (
        counter.books.refuses
    )
    assert statuses(await each(counter.asks)) == statuses(first)
    assert counter.books.effects == []


async def test_a_system_that_says_nothing_is_no_failure_of_ours(counter: Counter) -> None:
    async def briefly(shape: type[Command]) -> httpx.Response:
        return await counter.asks(shape, wait=1)

    for shapes in TURNS:
        counter.books.before = dict.fromkeys(NAMES, for_ever)
        going = await together(briefly, shapes)
        assert odd(going, 202) == {}
        for name, answer in going.items():
            status = answer.json()["status"]
            assert answer.headers["location"] == status
            standing = await counter.sees(status)
            assert (standing.status_code, standing.json()["type"]) == (200, TYPES[name])
            assert standing.json()["state"] in ("pending", "unknown"), standing.text
        counter.books.before = {}
        assert odd(await together(counter.asks, shapes), 201) == {}
    assert sorted(counter.books.done) == sorted(f"{KNOWN[0]} {name}" for name in NAMES)


async def test_every_fault_of_a_body_has_its_place(counter: Counter) -> None:
    async def wrong(shape: type[Command]) -> httpx.Response:
        body = {**dict.fromkeys(example_of(shape), False), "colour": "red"}
        return await counter.asks(shape, msgspec.json.encode(body))

    refused = await each(wrong)
    assert odd(refused, 422) == {}
    for shape in COMMANDS:
        errors = refused[shape.__name__].json()["errors"]
        places = {one["at"] for one in errors}
        wrong_fields = {
            f"/{name}" for name, value in example_of(shape).items() if value is not True
        }
        assert places == {"", *wrong_fields}, shape.__name__
        assert any("colour" in one["says"] for one in errors if not one["at"])

    async def empty(shape: type[Command]) -> httpx.Response:
        return await counter.asks(shape, b"{}")

    for name, answer in (await each(empty)).items():
        shape = next(one for one in COMMANDS if one.__name__ == name)
        says = " ".join(one["says"] for one in answer.json()["errors"])
        assert answer.status_code == 422
        assert [field for field in example_of(shape) if f"'{field}'" not in says] == [], name
    for body in (b"", b"{", b"\xff", b"[" * 5000, b"null", b"[]"):
        answer = await counter.asks(ReleaseOrder, body)
        assert (answer.status_code, bool(answer.json()["errors"])) == (422, True), body
    async with rows_of(counter.dsn) as db:
        assert await db.fetchval("select count(*) from log") == 0


@pytest.mark.parametrize("key", ["7/1", "a#b", "50%25", "x?y=z", "//a//", "a/", '"k"', "~!"])
async def test_a_status_address_leads_there_whatever_the_key(counter: Counter, key: str) -> None:
    counter.books.before = {"ReleaseOrder": for_ever}
    going = await counter.asks(ReleaseOrder, key=key, wait=0)
    assert going.status_code == 202
    standing = await counter.sees(going.json()["status"])
    assert standing.status_code == 200, standing.text
    assert standing.json()["key"].endswith(f":{key}")


@pytest.mark.parametrize("returns", ["while one waits", "later"])
async def test_a_database_that_goes_away_while_one_waits_makes_up_no_outcome(
    counter: Counter, returns: str
) -> None:
    asked = asyncio.Event()

    async def once_it_is_cut() -> None:
        await asked.wait()

    counter.books.before = {"ReleaseOrder": once_it_is_cut}
    waiting = asyncio.create_task(counter.asks(ReleaseOrder, wait=30 if "while" in returns else 1))
    await until(lambda: bool(counter.books.calls))
    counter.line.cut = True
    asked.set()
    await until(lambda: bool(counter.books.done))
    if returns == "later":
        going = await waiting
        assert (going.status_code, bool(going.json()["status"])) == (202, True), going.text
    counter.line.cut = False
    answer = await counter.asks(ReleaseOrder) if returns == "later" else await waiting
    assert answer.status_code == 201, answer.text
    assert (await counter.asks(ReleaseOrder)).json() == answer.json()
    assert counter.books.done == [f"{KNOWN[0]} ReleaseOrder"]
