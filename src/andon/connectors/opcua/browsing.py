"""What a server has to offer, as settings to choose from."""

__all__ = ["Found", "found_below", "settings_of"]

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from andon.connectors.opcua.joblist import JOB_CONTROL, LISTS
from andon.connectors.opcua.library import ua
from andon.connectors.opcua.session import Session

_HISTORY_READ, _WRITE = 4, 2
_DEEPEST = 12


class Found(msgspec.Struct, frozen=True):
    """A variable, or the owner of a list of jobs."""

    path: str
    """`press/state`."""
    node: str
    """As settings write it, with the namespace's URI."""
    jobs: bool = False
    history: bool = False
    writable: bool = False
    shows: str = ""
    """Its value now."""


async def found_below(session: Session, start: str, most: int) -> AsyncIterator[Found]:
    """Every variable and list of jobs below a node, breadth first; what belongs to the server
    itself, and properties such as ranges, are left out."""
    root = await session.resolved(start) if start else ua.NodeId(ua.ObjectIds.ObjectsFolder)
    namespaces = await session.node(ua.NodeId(ua.ObjectIds.Server_NamespaceArray)).read_value()
    waiting, seen, count = [(root, "", 0)], {root}, 0
    while waiting and count < most:
        node_id, path, depth = waiting.pop(0)
        for one in await _children(session, node_id):
            inner = ua.NodeId(one.NodeId.Identifier, one.NodeId.NamespaceIndex)
            only_describes = one.ReferenceTypeId == ua.NodeId(ua.ObjectIds.HasProperty)
            if inner in seen or inner.NamespaceIndex == 0 or only_describes:
                continue
            seen.add(inner)
            name = f"{path}/{one.BrowseName.Name}" if path else one.BrowseName.Name
            if depth < _DEEPEST:
                waiting.append((inner, name, depth + 1))
            if one.NodeClass != ua.NodeClass.Variable:
                continue
            space = namespaces[one.BrowseName.NamespaceIndex]
            if one.BrowseName.Name in LISTS and space == JOB_CONTROL:
                yield Found(path, _text(node_id, namespaces), jobs=True)
            else:
                yield await _variable(session, inner, name, namespaces)
            count += 1


async def _children(session: Session, node_id: Any) -> list[Any]:
    return await session.node(node_id).get_children_descriptions(
        refs=ua.ObjectIds.HierarchicalReferences, nodeclassmask=0
    )


async def _variable(session: Session, node_id: Any, path: str, namespaces: Sequence[str]) -> Found:
    node = session.node(node_id)
    level, value = (
        await session.calls.read_attributes([node_id], ua.AttributeIds.UserAccessLevel),
        "",
    )
    access = level[0].Value.Value if level[0].Value is not None else 0
    try:
        value = repr(await node.read_value())[:40]
    except ua.UaError as error:
        value = type(error).__name__
    return Found(
        path,
        _text(node_id, namespaces),
        history=bool(access & _HISTORY_READ),
        writable=bool(access & _WRITE),
        shows=value,
    )


def _text(node_id: Any, namespaces: Sequence[str]) -> str:
    bare = ua.NodeId(node_id.Identifier, 0).to_string()
    uri = namespaces[node_id.NamespaceIndex]
    return f"nsu={uri};{bare}" if node_id.NamespaceIndex else bare


def settings_of(name: str, url: str, found: Sequence[Found]) -> str:
    """A connection in TOML, each variable a kind of its own to be renamed or thrown out."""
    lines = [f"[connections.{name}]", f"url = {json.dumps(url)}"]
    owners = {one.node: one for one in found if one.jobs}
    if owners:
        lines += ["", f"[connections.{name}.jobs]"]
        lines += [f"{_key(one.path)} = {json.dumps(one.node)}" for one in owners.values()]
    for one in found:
        if one.jobs:
            continue
        says = [f"is {one.shows}"] + ["history"] * one.history + ["writable"] * one.writable
        lines += ["", f"[connections.{name}.nodes.{_key(one.path)}]  # {', '.join(says)}"]
        lines.append(f"ids = [{json.dumps(one.node)}]")
    return "\n".join(lines) + "\n"


def _key(path: str) -> str:
    return json.dumps(path.replace("/", "."))
