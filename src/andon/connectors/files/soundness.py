"""Mistakes in how files are said to be laid out, all at once."""

__all__ = ["setting_faults"]

import codecs
from collections.abc import Iterator

from andon.connectors._folders.soundness import folder_faults
from andon.connectors.files.settings import FilesSettings
from andon.connectors.files.shapes import Csv, Fixed, Format
from andon.connectors.files.values import zone_of
from andon.core.errors import Fault


def setting_faults(settings: FilesSettings) -> list[Fault]:
    """Every mistake that types alone do not show."""
    return [
        *folder_faults(settings),
        *_identity_faults(settings),
        *_format_faults("format", settings.format),
        *_format_faults("out_format", settings.out_format),
    ]


def _identity_faults(settings: FilesSettings) -> Iterator[Fault]:
    if (settings.identity == "fields") != bool(settings.key_fields):
        yield Fault("key_fields", 'goes with identity = "fields", and only with it')


def _format_faults(at: str, form: Format) -> Iterator[Fault]:
    try:
        if not codecs.lookup(form.encoding)._is_text_encoding:  # type: ignore[attr-defined]
            yield Fault(f"{at}.encoding", f"{form.encoding!r} is no encoding of text")
    except LookupError:
        yield Fault(f"{at}.encoding", f"{form.encoding!r} is no encoding; utf-8, cp1252, utf-16")
    if zone_of(form.zone) is None:
        yield Fault(f"{at}.zone", f"{form.zone!r} is no time zone; write Europe/Berlin")
    if len(form.decimal) != 1 or form.decimal.isdigit():
        yield Fault(f"{at}.decimal", f"{form.decimal!r} is not one sign")
    if form.thousands and (len(form.thousands) != 1 or form.thousands == form.decimal):
        yield Fault(f"{at}.thousands", f"{form.thousands!r} is not one sign, or that of `decimal`")
    match form:
        case Csv():
            for name, sign in (("delimiter", form.delimiter), ("quote", form.quote)):
                if (
                    len(sign) > 1
                    or sign in ("\r", "\n", "\0")
                    or (name == "delimiter" and not sign)
                ):
                    yield Fault(f"{at}.{name}", f"{sign!r} is not one sign")
            if form.delimiter == form.quote:
                yield Fault(f"{at}.quote", "is the delimiter")
        case Fixed():
            yield from _fixed_faults(at, form)
        case _:
            return


def _fixed_faults(at: str, form: Fixed) -> Iterator[Fault]:
    if form.code is None and set(form.records) != {""}:
        yield Fault(f"{at}.code", 'says where the code stands; without it the only record is ""')
    for code, fields in form.records.items():
        for name, (first, length) in fields.items():
            if first < 1 or length < 1:
                yield Fault(f"{at}.records.{code}.{name}", "places count from 1, lengths too")
    if form.trailer and "count" not in form.records.get(form.trailer.first, {}):
        yield Fault(f"{at}.trailer", "needs a record of that code with a field `count`")
    named = {name for fields in form.records.values() for name in fields}
    for name in form.columns:
        if name not in named:
            yield Fault(f"{at}.columns.{name}", "is a field of no record")
