"""Whether the settings fit the WSDL: operations, arguments, and every pointer into an answer."""

__all__ = ["misfits"]

from collections.abc import Iterator, Mapping
from typing import Any

from andon.connectors._pointer import parsed
from andon.connectors.soap.call import Call, Find, Verdict
from andon.connectors.soap.feed import Feed
from andon.connectors.soap.service import Service
from andon.connectors.soap.settings import SoapSettings
from andon.connectors.soap.shapes import Shape, pointer_fault
from andon.connectors.soap.writing import with_holes
from andon.core.errors import Fault

Places = Mapping[str, str | None]
"""Settings and the pointers they hold."""


def misfits(service: Service, settings: SoapSettings) -> list[Fault]:
    """Every mistake, each with its key."""
    found: list[Fault] = []
    for number, feed in enumerate(settings.feeds):
        found += _feed(service, feed, f"feeds[{number}]")
    for name, call in settings.calls.items():
        found += _call(service, call, settings.verdict, f"calls.{name}")
    return [*found, *_headers(service, settings)]


def _headers(service: Service, settings: SoapSettings) -> Iterator[Fault]:
    used = {feed.operation for feed in settings.feeds}
    for call in settings.calls.values():
        used |= {call.operation} | ({call.find.operation} if call.find else set())
    known = [service.operation(name) for name in sorted(used) if service.wrong(name) is None]
    for name in settings.header:
        faults = [one for operation in known if (one := operation.header_faults(name)) is not None]
        if not faults:
            yield Fault(f"header.{name}", "is a header of no operation that is called")
        yield from {fault for one in faults for fault in one}


def _feed(service: Service, feed: Feed, at: str) -> Iterator[Fault]:
    yield from _asked(service, feed.operation, feed.arguments, at)
    if service.wrong(feed.operation) is not None:
        return
    gives = service.operation(feed.operation).gives
    yield from _places(service, gives, {"items": feed.items, "cursor": feed.cursor}, at)
    row = _at(service, gives, feed.items)
    if row is not None:
        places = {"key": feed.key, "version": feed.version, "time": feed.time}
        yield from _places(service, row, places, at)


def _call(service: Service, call: Call, verdict: Verdict | None, at: str) -> Iterator[Fault]:
    yield from _asked(service, call.operation, call.arguments, at)
    if service.wrong(call.operation) is None:
        gives = service.operation(call.operation).gives
        kept = {f"keep.{name}": pointer for name, pointer in call.keep.items()}
        yield from _places(service, gives, {"reference": call.reference, **kept}, at)
        if call.verdict is not None or verdict is not None:
            judged = call.verdict or verdict
            assert judged is not None
            place = f"{at}.verdict" if call.verdict else "verdict"
            yield from _verdict(service, gives, judged, place)
    if call.find is not None:
        yield from _find(service, call.find, f"{at}.find")


def _find(service: Service, find: Find, at: str) -> Iterator[Fault]:
    yield from _asked(service, find.operation, find.arguments, at)
    if service.wrong(find.operation) is not None:
        return
    gives = service.operation(find.operation).gives
    yield from _places(service, gives, {"found": find.found}, at)
    row = _at(service, gives, find.found)
    if row is not None:
        yield from _places(service, row, {"key": find.key, "reference": find.reference}, at)


def _verdict(service: Service, gives: Shape, verdict: Verdict, at: str) -> Iterator[Fault]:
    yield from _places(service, gives, {"at": verdict.at}, at)
    message = _at(service, gives, verdict.at)
    if message is not None:
        fields = {"field": verdict.field, "words": verdict.words, "code": verdict.code}
        pointers = {name: None if one is None else f"/{one}" for name, one in fields.items()}
        yield from _places(service, message, pointers, at)


def _asked(service: Service, name: str, arguments: Any, at: str) -> Iterator[Fault]:
    wrong = service.wrong(name)
    if wrong is not None:
        yield Fault(f"{at}.operation", wrong)
        return
    yield from service.operation(name).faults(with_holes(arguments), f"{at}.arguments")


def _places(service: Service, shape: Shape, places: Places, at: str) -> Iterator[Fault]:
    for name, pointer in places.items():
        if pointer is not None:
            fault = pointer_fault(service.shapes, shape, parsed(pointer))
            if fault is not None:
                yield Fault(f"{at}.{name}", f"{pointer}: {fault}")


def _at(service: Service, shape: Shape, pointer: str) -> Shape | None:
    """The shape of what stands there, or of one of a list; None when nobody can tell."""
    for part in parsed(pointer):
        if part.isdecimal():
            continue
        member = shape.members.get(part)
        if member is None:
            return None
        shape = service.shapes.of(member.type)
    return shape
