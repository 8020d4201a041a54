"""What one system, or one business area, adds to the project."""

__all__ = ["Area"]

import msgspec

from andon.core.message import Message
from andon.core.plant import Connection, Ownership, Partnership, Policy, Route
from andon.core.workflow import Workflow


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """Joined with the others in the order of `AREAS`."""

    connections: tuple[Connection, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    routes: tuple[Route, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    policies: tuple[Policy, ...] = ()
    partnerships: tuple[Partnership, ...] = ()
    messages: tuple[type[Message], ...] = ()
    """Of its own, beside those of the canonical model."""
