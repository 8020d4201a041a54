"""The variables of the settings as the server knows them today."""

__all__ = ["remembers", "watched_of"]

from collections.abc import Sequence
from typing import Any

from andon.connectors.opcua.joblist import JOB_CONTROL, LISTS, JobList
from andon.connectors.opcua.library import ua
from andon.connectors.opcua.monitoring import Watched
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.settings import NodeGroup, OpcUaSettings
from andon.core.errors import Fault, SettingsError

_HISTORY_READ = 4
_AT_ONCE = 100


async def watched_of(session: Session, settings: OpcUaSettings) -> Sequence[Watched]:
    """Every variable, in the order of the settings. Raises SettingsError with all unknown ones."""
    found: list[Watched] = []
    faults: list[Fault] = []
    for kind, group in settings.nodes.items():
        for number, text in enumerate(group.ids):
            at = f"nodes.{kind}.ids.{number}"
            try:
                found.append(Watched(at, kind, text, await session.resolved(text), group))
            except LookupError as error:
                faults.append(Fault(at, str(error)))
    for kind, text in settings.jobs.items():
        at = f"jobs.{kind}"
        try:
            lists = await _job_lists(session, text)
        except (LookupError, ua.UaStatusCodeError) as error:
            faults.append(Fault(at, f"{text}: {error}"))
            continue
        if not lists:
            faults.append(Fault(at, f"{text} has none of {', '.join(LISTS)}"))
        group = NodeGroup(ids=(), history="none")
        found += [
            Watched(at, kind, text, node_id, group, JobList(kind, text, structure))
            for node_id, structure in lists
        ]
    if faults:
        raise SettingsError("The server does not know all variables", faults)
    return found


async def _job_lists(session: Session, text: str) -> list[tuple[Any, str]]:
    index = await session.index(JOB_CONTROL)
    parts = await session.node(await session.resolved(text)).get_children()
    names = [await one.read_browse_name() for one in parts]
    return [
        (one.nodeid, LISTS[name.Name])
        for one, name in zip(parts, names, strict=True)
        if name.Name in LISTS and name.NamespaceIndex == index
    ]


async def remembers(session: Session, watched: Sequence[Watched]) -> Sequence[bool]:
    """Which of them have a history we may read. Raises SettingsError where one is needed."""
    levels: list[Any] = []
    for begin in range(0, len(watched), _AT_ONCE):
        ids = [one.node_id for one in watched[begin : begin + _AT_ONCE]]
        read = await session.calls.read_attributes(ids, ua.AttributeIds.UserAccessLevel)
        levels += [one.Value.Value if one.Value is not None else 0 for one in read]
    found = [isinstance(level, int) and bool(level & _HISTORY_READ) for level in levels]
    faults = [
        Fault(one.at, f'{one.text} has no history we may read; history = "every" needs one')
        for one, has in zip(watched, found, strict=True)
        if one.group.history == "every" and not has
    ]
    if faults:
        raise SettingsError("The server does not remember what is to be read", faults)
    return found
