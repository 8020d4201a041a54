"""Items become drafts of events: the mapping is called, the contract checked, doubts kept."""

__all__ = ["Reading", "claims_text", "draft_of", "kind_of", "read_items"]

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from andon.core.connector import Item
from andon.core.errors import Fault, InvalidError, MappingError
from andon.core.mapping import Before, Known
from andon.core.message import Claims, Event, Finding, Message, ReadBack
from andon.engine.mirrors import kept_of, known_again
from andon.engine.plan import Plan, Wired
from andon.store.ingest import Draft, Raised
from andon.store.raw import measured, said_of, whole


class Reading(msgspec.Struct):
    """What a batch of items means."""

    drafts: list[Draft]
    raised: list[Raised]


def read_items(
    wired: Wired,
    items: Sequence[Item],
    plan: Plan,
    *,
    now: datetime,
    previous: Mapping[str, Before] | None = None,
) -> Reading:
    """Pure. An item that cannot be read becomes an exception with the raw item;
    the next goes on."""
    reading = Reading([], [])
    seen = dict(previous or {})
    for item in items:
        before = seen.get(item.mirror) if item.mirror else None
        known = Known(wired.settings, known_again(item, before))
        try:
            _read(wired, item, known, plan, now, reading)
        except (MappingError, InvalidError) as error:
            reading.raised.append(_unreadable(wired, item, error))
        except Exception as error:  # a defect in a user's mapping must not stop the others
            reading.raised.append(_defect(wired, item, error))
        if item.mirror:
            seen[item.mirror] = kept_of(item)
    return reading


def _read(
    wired: Wired, item: Item, known: Known, plan: Plan, now: datetime, reading: Reading
) -> None:
    mapping = wired.inbound.get(item.kind)
    if mapping is None:
        kinds = ", ".join(sorted(wired.inbound)) or "none"
        raise MappingError(f"{wired.name} has no mapping for items of kind {item.kind!r} ({kinds})")
    drafts: list[Draft] = []
    doubts: list[Finding] = []
    for said in mapping.reads(item, known):
        if isinstance(said, Finding):
            doubts.append(said)
        else:
            drafts.append(
                draft_of(
                    said, wired.name, _id(item.key, len(drafts)), plan, item.occurred_at or now
                )
            )
    reading.drafts += drafts
    about = drafts[0].about if drafts else None
    reading.raised += [_finding(wired, item, doubt, about) for doubt in doubts]


def _id(key: str, n: int) -> str:
    return key if n == 0 else f"{key}#{n + 1}"


def draft_of(event: Event, source: str, id: str, plan: Plan, occurred_at: datetime) -> Draft:
    """An event checked against its contract and laid out for the log. Raises InvalidError."""
    data = plan.contracts.encode(event).decode()
    if "\\u0000" in data:
        raise InvalidError(
            "A text holds a NUL, which no database keeps", [Fault("", "holds \\u0000")]
        )
    return Draft(
        source=source,
        id=id,
        type=event.TYPE,
        kind=kind_of(event),
        local=plan.named(kind_of(event), event.local),
        correlation=f"{source}/{id}",
        occurred_at=occurred_at,
        site=plan.site_of(source),
        data=data,
        claims=claims_text(event.claims()),
        follow=not isinstance(event, ReadBack),
        links=[
            (link.relation, link.kind, plan.named(link.kind, link.local)) for link in event.links()
        ],
        aliases=[(alias.system, alias.local) for alias in event.aliases()],
    )


def kind_of(message: Message) -> str:
    """The subject's type; a read-back says it itself."""
    return message.kind if isinstance(message, ReadBack) else message.KIND


def claims_text(claims: Claims) -> str | None:
    """Claims as JSON text, None when there are none."""
    return msgspec.json.encode(claims).decode() if claims else None


def _unreadable(wired: Wired, item: Item, error: MappingError | InvalidError) -> Raised:
    places = [{"at": fault.at, "says": fault.says} for fault in error.faults]
    return Raised(
        cause=f"unreadable:{wired.name}:{item.key}",
        acts=error.acts,
        code="unreadable-item",
        team=wired.name,
        connection=wired.name,
        text=f"{wired.name} sent {item.kind} {item.key}, which cannot be read: {error}."
        f" The raw item {said_of(item.raw)}; nothing was recorded from it."
        " Correct it at its owner, or the mapping, and replay.",
        detail=_detail(item, faults=places),
        raw=whole(item.raw),
    )


def _defect(wired: Wired, item: Item, error: Exception) -> Raised:
    return Raised(
        cause=f"mapping-defect:{wired.name}:{item.key}",
        acts="developer",
        code="mapping-defect",
        team="integration",
        connection=wired.name,
        text=f"The mapping of {item.kind} failed on {item.key}: {type(error).__name__}: {error}."
        f" The raw item {said_of(item.raw)}; nothing was recorded from it."
        " Mend the mapping and replay.",
        detail=_detail(item),
        raw=whole(item.raw),
    )


def _finding(wired: Wired, item: Item, doubt: Finding, about: str | None) -> Raised:
    return Raised(
        cause=f"finding:{wired.name}:{item.key}:{doubt.code}",
        acts="data owner",
        code=doubt.code,
        team=wired.name,
        connection=wired.name,
        subject=about,
        text=doubt.text,
        detail=_detail(item),
        raw=whole(item.raw),
    )


def _detail(item: Item, **more: object) -> str:
    found = {**more, "key": item.key, "kind": item.kind, **measured(item.raw)}
    return msgspec.json.encode(found).decode()
