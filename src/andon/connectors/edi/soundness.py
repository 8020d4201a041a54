"""Mistakes in what is said of partners, all at once."""

__all__ = ["setting_faults"]

import codecs
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from andon.connectors._folders.names import is_safe
from andon.connectors._folders.soundness import folder_faults
from andon.connectors.edi.agreement import Agreement
from andon.connectors.edi.checking import grammar_of
from andon.connectors.edi.envelopes import charset_of
from andon.connectors.edi.settings import EdiSettings
from andon.core.errors import Fault


def setting_faults(settings: EdiSettings) -> list[Fault]:
    """Every mistake that types alone do not show."""
    faults = [*folder_faults(settings)]
    if "{sequence" not in settings.out_name or "{target" not in settings.out_name:
        faults.append(Fault("out_name", "needs {target} and {sequence}: the control number"))
    if not settings.partners:
        faults.append(Fault("partners", "is empty; name at least one"))
    seen: dict[tuple[str, str, str], str] = {}
    for name, partner in settings.partners.items():
        agreed, at = Agreement(name, partner), f"partners.{name}"
        faults += _partner_faults(at, agreed)
        ids = (partner.standard, agreed.them, agreed.us)
        if ids in seen:
            faults.append(Fault(f"{at}.id", f"is that of {seen[ids]}, and so is `our_id`"))
        seen[ids] = name
    return faults


def _partner_faults(at: str, agreed: Agreement) -> Iterator[Fault]:
    partner = agreed.partner
    if not is_safe(agreed.name) or "." in agreed.name or "~" in agreed.name:
        yield Fault(at, "is part of file names; use letters, digits, - and _")
    longest = 15 if partner.standard == "x12" else 35
    for field in ("id", "our_id", "group_id", "our_group_id"):
        text: str = getattr(partner, field)
        if not text and not field.endswith("group_id"):
            yield Fault(f"{at}.{field}", "is empty")
        if len(text) > longest or text != text.strip() or not text.isascii():
            yield Fault(f"{at}.{field}", f"{text!r} does not fit into {longest} ASCII characters")
    for field in ("qualifier", "our_qualifier"):
        text = getattr(partner, field)
        if partner.standard == "x12" and len(text) != 2:
            yield Fault(f"{at}.{field}", f"{text!r} has not two characters: ZZ, 01, 12")
        elif len(text) > 4 or not text.isascii():
            yield Fault(f"{at}.{field}", f"{text!r} has more than four characters")
    for field in ("reads", "writes", "versions"):
        for document in getattr(partner, field):
            if grammar_of(partner.standard, document) is None:
                yield Fault(f"{at}.{field}", f"{document!r} is no document known here")
    yield from _sign_faults(at, agreed)
    yield from _text_faults(at, agreed)


def _sign_faults(at: str, agreed: Agreement) -> Iterator[Fault]:
    signs = agreed.signs
    used = signs.signs
    for field in ("element", "component", "segment", "repetition"):
        sign = getattr(signs, field)
        if len(sign) > 1 or not sign.isascii() or (sign and (sign.isalnum() or sign == " ")):
            yield Fault(f"{at}.{field}", f"{sign!r} is not one sign that no text begins with")
    if len(set(used)) < len(used):
        yield Fault(f"{at}.element", f"of the signs {used!r}, two are the same")


def _text_faults(at: str, agreed: Agreement) -> Iterator[Fault]:
    partner = agreed.partner
    version = agreed.interchange_version
    if partner.standard == "x12":
        if len(version) != 5 or not version.isdigit():
            yield Fault(f"{at}.interchange_version", f"{version!r} is no version: 00401, 00501")
    elif charset_of(version.partition(":")[0]) is None or version.partition(":")[2] not in "1234":
        yield Fault(f"{at}.interchange_version", f"{version!r} is not like UNOC:3")
    try:
        codecs.lookup(partner.encoding)
        if "~*>".encode(partner.encoding) != b"~*>":
            yield Fault(f"{at}.encoding", f"{partner.encoding!r} does not write ASCII as ASCII")
    except LookupError:
        yield Fault(f"{at}.encoding", f"{partner.encoding!r} is no encoding; utf-8, cp1252")
    for field, zone in (
        ("time_zone", partner.time_zone),
        ("delivery_zone", partner.delivery_zone or "UTC"),
    ):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield Fault(f"{at}.{field}", f"{zone!r} is no time zone: Europe/Berlin")
