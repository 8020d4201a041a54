"""JSON texts near a contract: mostly right, with the mistakes systems make."""

import json
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

NUMBERS = st.sampled_from(
    [
        "0",
        "-0",
        "1",
        "1.0",
        "-5.0",
        "1e3",
        "1e400",
        "1E-40",
        "1.10",
        "18446744073709551616",
        "9" * 28,
        "9" * 30,
        "1" + "0" * 40,
        "0." + "1" * 70,
        "-0.0",
        "2.5e-7",
    ]
)
AMOUNTS = st.sampled_from(
    [
        "1",
        "1.50",
        "-5",
        "1e3",
        "1E+27",
        "1E+29",
        "1e999999999",
        "1e99999999999999999999",
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        "",
        " 1",
        "1_000",
        "1,5",
        "0x1",
        "1e-28",
        "1e-29",
        "٣",
        "1" * 65,
    ]
)
TIMES = st.sampled_from(
    [
        "2026-11-23T12:00:00Z",
        "2026-11-23T12:00:00+01:00",
        "2026-11-23T12:00:00.123456789Z",
        "2026-11-23T04:49:36.794615",
        "2026-11-23 12:00:00Z",
        "2026-11-23",
        "2026-W48-1T00:00:00Z",
        "20261123T120000Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T12:00:60Z",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-01:00",
        "2026-11-23t12:00:00z",
        "2026-11-23T12:00:00+0100",
        "12:00",
    ]
)
SPANS = st.sampled_from(
    [
        "PT1H",
        "P1D",
        "P1W",
        "P1M",
        "P1Y",
        "PT1.5S",
        "-PT1S",
        "+PT1S",
        "P",
        "PT",
        "pt5m",
        "PT0,5S",
        "P1DT1H1M1.123456S",
        "P999999999D",
        "P9999999999D",
        "PT1S1H",
        "45",
        "P1.5D",
        "",
    ]
)
LITERALS = st.sampled_from(["null", "true", "false", "NaN", "Infinity", "{}", "[]", "'x'"])
TEXTS = st.sampled_from(
    [
        '""',
        '"x"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"a\\u0000b"',
        '"a\\\\u0000b"',
        '"\\n"',
        '"\x07"',
    ]
    + [json.dumps("x" * n) for n in (199, 200, 201, 4000, 4001)]
    + [json.dumps("é😀" * 100, ensure_ascii=False), json.dumps("😀" * 201)]
)
QUOTED = st.one_of(AMOUNTS, TIMES, SPANS).map(json.dumps)
ANYTHING = st.one_of(NUMBERS, QUOTED, LITERALS, TEXTS, st.text(max_size=8).map(json.dumps))


def near(shape: Any) -> st.SearchStrategy[bytes]:
    """Texts that are often but not always a `shape`."""
    return _near(inspect.type_info(shape)).map(lambda text: text.encode("utf-8"))


def _near(kind: inspect.Type) -> st.SearchStrategy[str]:
    # Every place has a chance to be wrong in its own way, and a smaller one to be anything.
    right = _right(kind)
    return st.integers(0, 24).flatmap(lambda n: ANYTHING if n == 24 else right)


def _right(kind: inspect.Type) -> st.SearchStrategy[str]:
    match kind:
        case inspect.DecimalType():
            return st.one_of(AMOUNTS.map(json.dumps), NUMBERS, st.just('"12.5"'), st.just("3"))
        case inspect.DateTimeType():
            return st.one_of(TIMES.map(json.dumps), st.just('"2026-11-23T12:00:00Z"'))
        case inspect.TimeDeltaType():
            return st.one_of(SPANS.map(json.dumps), st.just('"PT1H"'))
        case inspect.StrType():
            return st.one_of(st.just('"WO-1"'), st.just('"PUMP"'), TEXTS)
        case inspect.BoolType():
            return st.sampled_from(["true", "false"])
        case inspect.NoneType():
            return st.just("null")
        case inspect.LiteralType():
            return st.sampled_from([json.dumps(v) for v in kind.values])
        case inspect.UnionType():
            return st.one_of([_right(part) for part in kind.types])
        case inspect.VarTupleType():
            items = st.lists(_near(kind.item_type), max_size=3)
            return items.map(lambda parts: f"[{','.join(parts)}]")
        case inspect.DictType():
            # A number no computer holds is the one thing only the decoder sees in an untyped place.
            values = st.lists(ANYTHING.filter(lambda text: text != "1e400"), max_size=2)
            return values.map(_dictionary)
        case inspect.StructType():
            return _document(kind)
        case _:
            return ANYTHING


def _dictionary(values: list[str]) -> str:
    return "{" + ",".join(f'"k{n}":{value}' for n, value in enumerate(values)) + "}"


@st.composite
def _document(draw: st.DrawFn, kind: inspect.StructType) -> str:
    fields: dict[str, str] = {}
    for field in kind.fields:
        kept = draw(st.integers(0, 29)) < 29 if field.required else draw(st.booleans())
        if kept:
            fields[field.encode_name] = draw(_near(field.type))
    if draw(st.integers(0, 9)) == 9:
        fields[draw(st.sampled_from(["more", "orderId", "a/b", "~", ""]))] = draw(ANYTHING)
    return "{" + ",".join(f"{json.dumps(k)}:{v}" for k, v in fields.items()) + "}"
