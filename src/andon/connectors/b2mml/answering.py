"""Our answer to a document: the same nouns under the answering verb, or a ConfirmBOD. Pure."""

__all__ = ["Answer", "answer_to"]

from copy import deepcopy
from datetime import datetime
from io import BytesIO
from typing import Any, cast

import msgspec
from lxml import etree

from andon.connectors._folders.names import stamp
from andon.connectors._xml import Element, local, tree_of
from andon.connectors.b2mml.document import About
from andon.connectors.b2mml.reading import looked_through
from andon.connectors.b2mml.shape import Json, element_of, json_of
from andon.connectors.b2mml.writing import Envelope
from andon.core.errors import MappingError

_ANSWERED = {"Process": "Acknowledge", "Change": "Respond"}


class Answer(msgspec.Struct, frozen=True):
    """A document of ours that says what became of theirs."""

    target: str
    """Verb and noun, for its name."""
    content: bytes


def answer_to(
    document: bytes, *, sender: str, created_at: datetime, refused: str = ""
) -> Answer | None:
    """Accepted, or Rejected with the reason; None where its sender asks for no answer.

    Accepted means: it is recorded. It is written in the release in which they wrote.
    """
    about = _about(document)
    if about is None or about.verb in ("Acknowledge", "Respond", "Confirm", "Show"):
        return None
    if about.wants != "Always" and not (about.wants == "OnError" and refused):
        return None
    root = tree_of(document, "the document")
    area = next((one for one in root if local(one) == "ApplicationArea"), None)
    envelope = Envelope(
        bod=stamp(f"answer/{about.sender}/{about.bod or about.created_at}"),
        sender=sender,
        receiver=about.sender,
        created_at=created_at,
    )
    verb = _ANSWERED.get(about.verb)
    if verb is None or area is None:
        return _confirmed(root, area, envelope, refused)
    return _turned(root, area, envelope, verb, refused)


def _about(document: bytes) -> About | None:
    try:
        return looked_through(BytesIO(document))
    except MappingError:
        return None  # nobody is known whom to answer


def _turned(root: Element, area: Element, envelope: Envelope, verb: str, refused: str) -> Answer:
    """The tree they sent, with another verb: what we accept is what they wrote, to the letter."""
    space = str(root.tag).rpartition("}")[0].removeprefix("{")
    was = local(root)
    data = next(one for one in root if local(one) == "DataArea")
    old = next((one for one in data if was.startswith(local(one))), None)
    noun = was.removeprefix(local(old)) if old is not None else was
    answer = etree.Element(f"{{{space}}}{verb}{noun}", nsmap=cast("Any", root.nsmap))
    for key, value in root.attrib.items():
        answer.set(key, value)
    answer.append(_in(space, element_of("ApplicationArea", envelope.area())))
    body = etree.SubElement(answer, f"{{{space}}}DataArea")
    body.append(_in(space, element_of(verb, _criteria(refused, f"/{was}/DataArea/{noun}"))))
    original = deepcopy(area)
    original.tag = f"{{{space}}}OriginalApplicationArea"
    body[0].insert(0, original)
    for one in data:
        if one is not old:
            body.append(deepcopy(one))
    etree.cleanup_namespaces(answer)
    return Answer(f"{verb}{noun}", etree.tostring(answer, encoding="UTF-8", xml_declaration=True))


def _confirmed(root: Element, area: Element | None, envelope: Envelope, refused: str) -> Answer:
    original: Any = None if area is None else json_of(area, "ApplicationArea")
    said: Json = {"OriginalApplicationArea": original} if original else {}
    body: Json = {
        "ApplicationArea": envelope.area(),
        "DataArea": {
            "Confirm": {**said, **_criteria(refused, f"/{local(root)}")},
            "BOD": [{**said, **({"Description": refused} if refused else {})}],
        },
    }
    content = etree.tostring(element_of("ConfirmBOD", body), encoding="UTF-8", xml_declaration=True)
    return Answer("ConfirmBOD", content)


def _criteria(refused: str, at: str) -> Json:
    code = "Rejected" if refused else "Accepted"
    one: Json = {"ResponseExpression": at, "ResponseExpression@actionCode": code}
    if refused:
        one["ChangeStatus"] = {"Description": refused}
    return {"ResponseCriteria": [one]}


def _in(space: str, element: Element) -> Element:
    """The same in another release's namespace."""
    for one in element.iter():
        one.tag = f"{{{space}}}{local(one)}"
    return element
