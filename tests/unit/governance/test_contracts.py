"""Messages are held to their contracts; what breaks one gets every fault and its place."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, ClassVar, cast

import msgspec
import pytest
from jsonschema import Draft202012Validator

from andon.core.errors import InvalidError, SettingsError
from andon.core.faults import decode_faults
from andon.core.message import Event, Message, ReadBack
from andon.core.quantity import Quantity
from andon.governance.bounds import bound_of
from andon.governance.contracts import Contracts
from andon.model.production import OrderCancelled, OrderReleased
from andon.model.vocabulary import VOCABULARY
from tests.unit.model.samples import BARE, FULL

CONTRACTS = Contracts(VOCABULARY)
RELEASED = OrderReleased.TYPE
GOOD = b'{"order_id":"A","material_id":"P","planned":{"amount":"5","unit":"kg"}}'


def refused(type_name: str, raw: bytes) -> dict[str, str]:
    with pytest.raises(InvalidError) as caught:
        CONTRACTS.decode(type_name, raw)
    return {fault.at: fault.says for fault in caught.value.faults}


def released(amount: str = "5", due_at: datetime | None = None, order_id: Any = "A") -> Message:
    planned = Quantity(Decimal(amount), "kg")
    return OrderReleased(order_id=order_id, material_id="P", planned=planned, due_at=due_at)


@pytest.mark.parametrize("message", [*FULL, *BARE], ids=lambda m: m.TYPE)
def test_what_is_encoded_is_decoded_again(message: Message) -> None:
    assert CONTRACTS.decode(message.TYPE, CONTRACTS.encode(message)) == message


def test_all_faults_are_named_at_once_with_their_places() -> None:
    faults = refused(
        RELEASED,
        b'{"order_id":"","material_id":5,"planned":{"amount":"x","unit":1},'
        b'"due_at":"2026-11-23T04:49:36"}',
    )
    assert list(faults) == [
        "/due_at",
        "/material_id",
        "/order_id",
        "/planned/amount",
        "/planned/unit",
    ]


def test_a_missing_field_is_named() -> None:
    assert refused(RELEASED, b'{"order_id":"A"}')[""].startswith("'planned' is a required")


def test_a_fault_inside_a_list_has_its_index() -> None:
    raw = b'{"order_id":"A","components":[{"material_id":"M","lot_id":"L"},{"material_id":"M"}]}'
    assert list(refused("andon.production.order.assign-lots.v1", raw)) == ["/components/1"]


def test_a_place_is_an_escaped_pointer() -> None:
    raw = b'{"kind":"x","object_id":"A","holds":{"a/b~c":"\\u0000"}}'
    assert list(refused(ReadBack.TYPE, raw)) == ["/holds/a~1b~0c"]


def test_a_number_no_computer_holds_is_refused_in_an_untyped_place() -> None:
    raw = b'{"kind":"x","object_id":"A","holds":{"good":1e400}}'
    assert list(refused(ReadBack.TYPE, raw)) == ["/holds/good"]


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-inf", "1e999999999", "1e29"])
def test_an_amount_is_a_finite_number_of_sane_size(amount: str) -> None:
    raw = GOOD.replace(b'"5"', f'"{amount}"'.encode())
    assert list(refused(RELEASED, raw)) == ["/planned/amount"]
    with pytest.raises(InvalidError):
        CONTRACTS.encode(released(amount))


def test_an_amount_may_be_written_as_number_and_stays_exact() -> None:
    message = CONTRACTS.decode(RELEASED, GOOD.replace(b'"5"', b"12345678901234567890.10"))
    assert cast(OrderReleased, message).planned.amount == Decimal("12345678901234567890.10")


def test_a_time_without_zone_is_refused_on_the_way_in_and_out() -> None:
    naive = datetime(2026, 11, 23, 12)  # noqa: DTZ001 the mistake under test
    with pytest.raises(InvalidError) as caught:
        CONTRACTS.encode(released(due_at=naive))
    assert [fault.at for fault in caught.value.faults] == ["/due_at"]


def test_a_time_that_utc_does_not_have_is_refused() -> None:
    east = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    with pytest.raises(InvalidError):
        CONTRACTS.encode(released(due_at=east))
    assert CONTRACTS.encode(released(due_at=datetime(9999, 12, 31, 23, tzinfo=UTC)))


def test_a_wrong_type_in_a_message_is_refused_before_it_is_recorded() -> None:
    with pytest.raises(InvalidError) as caught:
        CONTRACTS.encode(released(order_id=5))
    assert [fault.at for fault in caught.value.faults] == ["/order_id"]


@pytest.mark.parametrize("text", ["\ud800", "a\0b"])
def test_a_text_the_database_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        CONTRACTS.encode(released(order_id=text))


def test_a_text_that_spells_the_escape_is_fine() -> None:
    message = released(order_id="a\\u0000b")
    assert CONTRACTS.decode(RELEASED, CONTRACTS.encode(message)) == message


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff", b'{"order_id":"\xff"}', b"nul", b'{"x":NaN}', b"[" * 200_000],
    ids=["empty", "cut", "latin", "latin-inside", "word", "nan", "deep"],
)
def test_bytes_that_are_not_json_are_refused_and_nothing_else_is_raised(raw: bytes) -> None:
    assert refused(RELEASED, raw)


def test_nested_too_deep_in_an_unknown_field_is_refused() -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    assert refused(RELEASED, GOOD[:-1] + b',"x":' + deep + b"}")


def test_an_event_may_say_more_within_its_version() -> None:
    assert CONTRACTS.decode(RELEASED, GOOD[:-1] + b',"priority":3}') == released()


def test_a_command_with_an_unknown_field_is_refused() -> None:
    raw = b'{"order_id":"A","reson":"typo"}'
    says = refused("andon.production.order.cancel.v1", raw)[""]
    assert "reson" in says


def test_an_unknown_type_names_the_known_ones() -> None:
    with pytest.raises(InvalidError, match=r"unknown type\. Known: .*order\.released\.v1"):
        CONTRACTS.decode("andon.production.order.relesed.v1", GOOD)


def test_an_unknown_major_version_names_the_known_versions() -> None:
    with pytest.raises(InvalidError) as caught:
        CONTRACTS.decode("andon.production.order.released.v2", GOOD)
    text = str(caught.value)
    assert "unknown major version" in text
    assert f"Known: {RELEASED}. " in text


def test_a_schema_is_valid_names_itself_and_is_the_readers_to_change() -> None:
    for shape in CONTRACTS.shapes:
        schema = CONTRACTS.schema(shape.TYPE)
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"urn:{shape.TYPE.replace('.', ':')}"
        schema["$defs"].clear()
        assert CONTRACTS.schema(shape.TYPE)["$defs"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a":1,"b":[{"c":2,"d":3}]}', b'{ "b":[ {"d":3.0,"c":2e0} ], "a":1.000 }'),
        (b"[100]", b"[1e2]"),
        (b"[0]", b"[-0.0]"),
        (b"[0.1]", b"[1e-1]"),
        (b"[0.0000000001]", b"[1E-10]"),
        (b"[18446744073709551616]", b"[1.8446744073709551616e19]"),
        (b"[1" + b"0" * 400 + b"]", b"[1e400]"),
        (b'["\\u0041\\/"]', b'["A/"]'),
    ],
)
def test_equal_json_has_one_digest(one: bytes, other: bytes) -> None:
    assert CONTRACTS.digest(one) == CONTRACTS.digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"good":10}', b'{"good":10.5}'),
        (b"[1]", b'["1"]'),
        (b"[1,2]", b"[2,1]"),
        (b"[1]", b"[true]"),
        (b"[null]", b"[]"),
        (b"[0.1]", b"[0.10000000000000000001]"),
        (b"[9007199254740992.0]", b"[9007199254740993.0]"),
        (b"\xff1", b"\xff2"),
    ],
)
def test_other_json_has_another_digest(one: bytes, other: bytes) -> None:
    assert CONTRACTS.digest(one) != CONTRACTS.digest(other)


@pytest.mark.parametrize(
    "raw", [b"", b"\xff", b"[" * 200_000, b"1e99999999999999999999", b"<xml/>"]
)
def test_a_digest_is_made_of_any_bytes(raw: bytes) -> None:
    assert len(CONTRACTS.digest(raw)) == 32


class OtherReleased(Event, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = RELEASED
    KIND: ClassVar[str] = "x"
    KEY: ClassVar[str] = "missing"


class Nameless(Event, frozen=True, kw_only=True):
    pass


def test_a_wrong_vocabulary_stops_the_start_with_every_mistake() -> None:
    with pytest.raises(SettingsError) as caught:
        Contracts([OrderReleased, OtherReleased, Nameless])
    says = [fault.says for fault in caught.value.faults]
    assert len(says) == 5
    assert any("already" in text for text in says)


def test_another_class_under_a_known_name_is_refused() -> None:
    with pytest.raises(InvalidError, match="name of its own"):
        Contracts([OrderReleased]).encode(OtherReleased())


def test_a_message_that_was_not_listed_is_refused() -> None:
    with pytest.raises(InvalidError, match="unknown type"):
        Contracts([OrderReleased]).encode(OrderCancelled(order_id="A"))


class Reading(msgspec.Struct):
    at: datetime
    parts: dict[str, list[int]] = {}


def test_what_only_the_decoder_sees_still_has_its_place() -> None:
    raw = b'{"at":"yesterday"}'
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(raw, type=Reading)
    (fault,) = decode_faults(raw, Reading, caught.value)
    assert fault.at == "/at"


class Doubtful(msgspec.Struct):
    value: Decimal | bool
    when: dict[str, Quantity] = {}


def test_a_bounded_value_has_no_alternatives_but_none() -> None:
    with pytest.raises(TypeError, match="only one of them"):
        bound_of(Doubtful)


def test_a_bound_reaches_into_mappings_and_lists() -> None:
    check = bound_of(dict[str, list[Quantity]])
    assert check is not None
    assert check({"a": [Quantity(Decimal(1), "kg")]})
    assert not check({"a": [Quantity(Decimal("NaN"), "kg")]})
    assert bound_of(dict[str, str]) is None
