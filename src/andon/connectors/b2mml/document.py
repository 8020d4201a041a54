"""What a document holds: who sends it, what it wants, and the facts in it."""

__all__ = ["About", "Criterion", "Fact", "about_of"]

from typing import cast

import msgspec

from andon.connectors.b2mml.shape import Json, many


class Criterion(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a verb says of a part of the noun: what to do with it, or what was done."""

    code: str
    """An action code: Add, Change, Delete, Accepted, Modified, Rejected ..."""
    at: str = ""
    """The part, as an XPath where the sender keeps to the schema."""
    says: str = ""
    """Why, in the sender's words."""


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The envelope of a document."""

    verb: str
    """Empty where a noun came without one."""
    noun: str
    """As V0700 calls it."""
    release: str = "V0700"
    """Of which release its namespace is."""
    sender: str = ""
    bod: str = ""
    """The document's own id, if it has one."""
    created_at: str = ""
    wants: str = ""
    """When its sender wants an answer: `Always`, `OnError`, or not at all."""
    answers: str = ""
    """The id of the document it answers."""
    criteria: tuple[Criterion, ...] = ()


class Fact(msgspec.Struct, frozen=True):
    """One part of the noun, or the noun itself; an answer is one fact as a whole."""

    kind: str
    """Name of its element as V0700 calls it; of an answer its verb, or `ConfirmBOD`."""
    line: int
    about: About
    header: Json
    """What the noun says before its parts: its id, state, times."""
    body: Json

    def raw(self) -> bytes:
        """What its item holds."""
        return msgspec.json.encode(
            {"document": self.about, "header": self.header, "body": self.body}
        )


def about_of(root: About, area: Json, verb: Json) -> About:
    """The envelope with what the areas say."""
    sender = _part(area, "Sender")
    original = _part(verb, "OriginalApplicationArea")
    criteria = [
        *_criteria(verb, "ActionCriteria", "ActionExpression"),
        *_criteria(verb, "ResponseCriteria", "ResponseExpression"),
    ]
    wants = verb.get("@acknowledgeCode") or verb.get("@responseCode")
    return msgspec.structs.replace(
        root,
        sender=_text(sender, "LogicalID"),
        bod=_text(area, "BODID"),
        created_at=_text(area, "CreationDateTime"),
        wants=str(wants or _text(sender, "ConfirmationCode")),
        answers=_text(original, "BODID"),
        criteria=tuple(criteria),
    )


def _criteria(verb: Json, name: str, expression: str) -> list[Criterion]:
    found: list[Criterion] = []
    for one in cast("list[Json]", verb.get(name, [])):
        says = _words(_part(one, "ChangeStatus"))
        places = one.get(expression, "")
        codes = one.get(f"{expression}@actionCode", "")
        for place, code in zip(many(places), many(codes), strict=False):
            found.append(Criterion(str(code or ""), str(place or ""), says))
    return found


def _words(status: Json) -> str:
    """Descriptions and reasons, with the reason's code."""
    said = [
        *many(status.get("Description", [])),
        *many(status.get("Reason", [])),
        *(f"({status[key]})" for key in ("ReasonCode", "Code") if status.get(key)),
    ]
    return " ".join(str(one) for one in said if one)


def _part(body: Json, name: str) -> Json:
    found = body.get(name)
    return cast("Json", found) if isinstance(found, dict) else {}


def _text(body: Json, name: str) -> str:
    found = body.get(name, "")
    return found if isinstance(found, str) else ""
