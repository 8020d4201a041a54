"""The vocabulary is whole, its names follow the rules, and messages say what is believed."""

import importlib
import pkgutil
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import get_args

import msgspec
import pytest

import andon.model
from andon.core.message import Command, Event, Link, Message
from andon.core.quantity import Quantity
from andon.model.isa95 import Disposition, RequestState
from andon.model.production import OperationConfirmed, OrderChanged, OrderCompleted, OrderReleased
from andon.model.vocabulary import VOCABULARY
from tests.unit.model.samples import BARE, FULL, A

GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"

PAST = {
    "said",
    "disposed",
    "inspected",
    "granted",
    "expected",
    "released",
    "changed",
    "cancelled",
    "closed",
    "started",
    "confirmed",
    "completed",
} | {
    "created",
    "received",
    "issued",
    "decided",
    "placed",
    "told",
    "opened",
    "proposed",
    "state-changed",
    "read-back",
    "passed",
    "registered",
    "scheduled",
    "revised",
    "posted",
    "moved",
    "picked",
    "answered",
    "announced",
    "counted",
    "reported",
    "scrapped",
    "packed",
    "reopened",
    "checked",
    "shipped",
    "returned",
    "provided",
    "processed",
}
IMPERATIVE = {
    "grant",
    "allow",
    "block",
    "dispose",
    "lock",
    "unblock",
    "unlock",
    "note",
    "unschedule",
    "distribute",
    "cancel",
    "assign-components",
    "assign-lots",
    "start",
    "confirm",
} | {
    "receive",
    "send",
    "complete",
    "create",
    "request",
    "record",
    "decide",
    "place",
    "tell",
    "open",
    "close",
    "release",
    "post",
    "put-away",
    "issue",
    "pick",
    "tender",
    "stop",
    "resume",
    "raise",
    "announce",
    "advise",
    "schedule",
    "reschedule",
    "update",
    "change",
    "reserve",
    "free",
}


def defined() -> set[type[Message]]:
    found: set[type[Message]] = set()
    for module in pkgutil.iter_modules(andon.model.__path__, "andon.model."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, Message) and hasattr(thing, "TYPE"):
                found.add(thing)
    return found


def test_every_message_class_is_in_the_vocabulary_once() -> None:
    assert defined() == set(VOCABULARY)
    assert [n for n, count in Counter(c.TYPE for c in VOCABULARY).items() if count > 1] == []


def test_every_class_has_a_sample() -> None:
    assert {type(message) for message in FULL} == set(VOCABULARY)


@pytest.mark.parametrize("shape", VOCABULARY, ids=lambda s: s.TYPE)
def test_an_event_is_past_and_a_command_imperative(shape: type[Message]) -> None:
    match = re.fullmatch(r"andon\.[a-z]+(?:\.[a-z]+)?\.([a-z-]+)\.v1", shape.TYPE)
    assert match is not None
    assert match[1] in (PAST if issubclass(shape, Event) else IMPERATIVE)
    assert issubclass(shape, Command) is not issubclass(shape, Event)


@pytest.mark.parametrize("message", [*FULL, *BARE], ids=lambda m: m.TYPE)
def test_a_message_comes_back_from_json_as_it_was(message: Message) -> None:
    assert msgspec.json.decode(msgspec.json.encode(message), type=type(message)) == message


@pytest.mark.parametrize("message", [*FULL, *BARE], ids=lambda m: m.TYPE)
def test_claims_use_the_standards_states_and_words_of_the_glossary(message: Message) -> None:
    words = set(re.findall(r"^\| `([^`]+)` \|", GLOSSARY.read_text(), re.MULTILINE))
    claims = message.claims()
    for name, value in claims.items():
        part = name.split(".")
        generic = f"{part[0]}.*.{part[-1]}" if len(part) > 2 else name
        assert generic in words, f"{name} is not in docs/glossary.md"
        assert value is None or isinstance(value, str | int | bool)
    assert claims.get("disposition", "Other") in get_args(Disposition)
    assert claims.get("status", "Other") in get_args(RequestState)
    assert claims or message.KIND == ""


@pytest.mark.parametrize("message", FULL, ids=lambda m: m.TYPE)
def test_links_and_kinds_are_in_the_glossary(message: Message) -> None:
    text = GLOSSARY.read_text()
    for word in (
        message.KIND,
        *(w for link in message.links() for w in (link.relation, link.kind)),
    ):
        assert f"| `{word}` |" in text or not word, f"{word} is not in docs/glossary.md"


def test_equal_amounts_are_one_claim() -> None:
    five = OrderReleased(order_id=A, material_id="P", planned=Quantity(Decimal("5"), "kg"))
    same = OrderReleased(order_id=A, material_id="P", planned=Quantity(Decimal("5.00"), "kg"))
    assert five.claims() == same.claims()
    assert five.claims() == {"status": "Released", "material": "P", "planned": "5 kg"}


def test_a_change_that_empties_the_due_time_says_so() -> None:
    planned = Quantity(Decimal(5), "kg")
    assert OrderChanged(order_id=A, material_id="P", planned=planned).claims()["due_at"] is None


def test_a_completion_without_lot_links_nothing_and_claims_no_lot() -> None:
    bare = next(m for m in BARE if isinstance(m, OrderCompleted))
    full = next(m for m in FULL if isinstance(m, OrderCompleted))
    assert "lot" not in bare.claims()
    assert list(bare.links()) == []
    assert list(full.links()) == [Link("makes", "material-lot", "L77")]
    assert full.claims()["over"] == "1 PCE"


def test_work_in_progress_below_zero_is_said_as_it_is() -> None:
    confirmed = next(m for m in FULL if isinstance(m, OperationConfirmed))
    assert confirmed.claims()["operation.10.wip"] == "-5 PCE"
    assert confirmed.claims()["operation.10.status"] == "Completed"


def test_only_hold_and_cancel_overtake() -> None:
    overtaking = {c.TYPE for c in VOCABULARY if issubclass(c, Command) and c.OVERTAKES}
    assert overtaking == {"andon.production.order.cancel.v1", "andon.quality.hold.place.v1"}


def test_what_binds_a_held_lot_is_urgent_and_nothing_that_frees_it() -> None:
    urgent = {c.TYPE for c in VOCABULARY if issubclass(c, Command) and c.URGENT}
    assert urgent == {
        "andon.quality.stock.block.v1",
        "andon.quality.stock.lock.v1",
        "andon.quality.use.stop.v1",
    }


def test_a_hold_stops_what_would_move_or_consume_and_no_fact() -> None:
    commands = [c for c in VOCABULARY if issubclass(c, Command)]
    stopped = {c.__name__ for c in commands if c.lots is not Command.lots}
    facts = {c.__name__ for c in commands if "Posts a fact" in (c.__doc__ or "")}
    assert stopped == {"PickDelivery", "ResumePick", "IssueGoods", "ReleaseInspected"}
    assert {"AssignLots", "PostGoodsIssue", "PostScrap", "PostTransfer", "IssueParts"} < facts
    assert not stopped & facts


def test_the_subject_is_the_key_field() -> None:
    assert {m.local for m in FULL if m.KIND == "production-order"} == {A}
