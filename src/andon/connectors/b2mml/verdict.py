"""What an answer says of what was asked, and what it changed. Pure."""

__all__ = ["Difference", "Verdict", "differences", "verdict_of"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import msgspec

from andon.connectors.b2mml.document import About
from andon.connectors.b2mml.shape import Json, many
from andon.connectors.b2mml.words import CODES, Code
from andon.core.errors import RejectedError


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value that is not what was asked for; None: it is not there."""

    at: str
    sent: str | None = None
    answered: str | None = None

    def __str__(self) -> str:
        return f"{self.at}: {self.sent or 'nothing'} became {self.answered or 'nothing'}"


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Accepted as asked, accepted with changes, or not."""

    code: Code
    says: str = ""
    """Their words."""
    changed: tuple[Difference, ...] = ()

    def require(self, what: str) -> None:
        """Raises RejectedError unless all of it was accepted as it was asked."""
        match self.code:
            case "Accepted":
                return
            case "Rejected":
                raise RejectedError(f"{what} was rejected: {self.words}", "Rejected")
            case "Modified":
                raise RejectedError(
                    f"{what} was taken with changes, so not as it was asked: {self.words}."
                    " Agree with its receiver, then change or cancel what it holds now.",
                    "Modified",
                )

    @property
    def words(self) -> str:
        """Their words, then every change."""
        return "; ".join([*([self.says] if self.says else []), *map(str, self.changed)]) or (
            "no reason was given"
        )


def verdict_of(about: About, nouns: Json, sent: Json | None) -> Verdict:
    """The worst code counts. An answer that says Accepted and holds other values is Modified."""
    codes = {one.code for one in about.criteria}
    says = "; ".join(
        f"{one.says} ({one.at})" if one.at and one.says else one.says or one.at
        for one in about.criteria
        if one.code in ("Modified", "Rejected")
    )
    if about.verb == "Confirm":
        words = _free_words(nouns)
        code: Code = "Accepted" if codes == {"Accepted"} else "Rejected"
        if words in says:  # the same, said once more
            words = ""
        return Verdict(code=code, says="; ".join(one for one in (says, words) if one))
    if "Rejected" in codes:
        return Verdict(code="Rejected", says=says)
    changed = tuple(differences(sent, nouns)) if sent else ()
    if "Modified" in codes or changed:
        return Verdict(code="Modified", says=says, changed=changed)
    if others := sorted(codes - {*CODES, "Replaced", ""}):
        return Verdict(code="Rejected", says=f"it answers {', '.join(others)}")
    return Verdict(code="Accepted")


def differences(sent: Json, answered: Json) -> Iterator[Difference]:
    """What the answer says otherwise. An answer may leave out what it does not change; of several
    things with ids, one that is missing was left out on purpose."""
    yield from _of_objects("", sent, answered)


def _of_objects(at: str, sent: Json, answered: Json) -> Iterator[Difference]:
    for name, value in answered.items():
        if name.startswith("@") or "@" in name:
            continue
        yield from _of_values(f"{at}/{name}", sent.get(name), value)


def _of_values(at: str, sent: Any, answered: Any) -> Iterator[Difference]:
    if isinstance(answered, list) or isinstance(sent, list):
        ours = [] if sent is None else many(sent)
        theirs = [] if answered is None else many(answered)
        yield from _of_lists(at, ours, theirs)
    elif isinstance(answered, dict):
        before = cast("Json", sent) if isinstance(sent, dict) else {}
        yield from _of_objects(at, before, cast("Json", answered))
    elif not _same(at, sent, answered):
        yield Difference(at, _text(sent), _text(answered))


def _of_lists(at: str, sent: list[Any], answered: list[Any]) -> Iterator[Difference]:
    named = _named(sent), _named(answered)
    if named[0] is None or named[1] is None:
        for n in range(max(len(sent), len(answered))):
            ours = sent[n] if n < len(sent) else None
            if n >= len(answered):
                yield Difference(f"{at}[{n + 1}]", _text(ours), None)
            else:
                place = at if max(len(sent), len(answered)) == 1 else f"{at}[{n + 1}]"
                yield from _of_values(place, ours, answered[n])
        return
    for name, ours in named[0].items():
        if name not in named[1]:
            yield Difference(f"{at}[{name}]", name, None)
        else:
            yield from _of_values(f"{at}[{name}]", ours, named[1][name])
    for name in named[1].keys() - named[0].keys():
        yield Difference(f"{at}[{name}]", None, name)


def _named(values: list[Any]) -> dict[str, Any] | None:
    """By their ids; None where not each has one of its own."""
    found: dict[str, Any] = {}
    for value in values:
        name = cast("Json", value).get("ID") if isinstance(value, dict) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = value
    return found


def _same(at: str, sent: Any, answered: Any) -> bool:
    return sent == answered or _plain(at, sent) == _plain(at, answered)


def _plain(at: str, value: Any) -> Any:
    """`100` and `100.0` are one amount, `Z` and `+00:00` one zone; an empty text is nothing."""
    if value in (None, ""):
        return None
    name = at.rpartition("/")[2].partition("[")[0]
    try:
        if name in ("QuantityString", "ValueString"):
            return Decimal(value)
        if name.endswith(("Time", "Date")):
            return datetime.fromisoformat(value)
    except (ValueError, InvalidOperation, TypeError):
        return value
    return value


def _text(value: Any) -> str | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _free_words(nouns: Json) -> str:
    found: list[str] = []
    for one in cast("list[Json]", many(nouns.get("BOD", []))):
        for name in ("Description", "Note"):
            found += [str(text) for text in many(one.get(name, [])) if text]
    return "; ".join(found)
