"""Events of ours written to a broker: each one is a command of its own, so none is lost.

A publication is durable as everything that is sent: it waits while the broker is away, keeps its
place among what is published about the same subject, and is looked for when its answer is lost,
where the broker can be asked.
"""

__all__ = ["Publication", "mode_for"]

import types
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec

from andon.connectors._messages import CloudEvent, Mode
from andon.core.connector import Request
from andon.core.mapping import Known, Outbound, Proof, outbound
from andon.core.message import Command, Event
from andon.core.plant import Route
from andon.core.workflow import Run, Verb, Workflow, workflow
from andon.model.terms import Instant


class Publication:
    """Every event of these types, written to `target` of one connection as a CloudEvent; `{type}`
    in it stands for the event's type.

    A project takes all four parts: `workflows`, `routes` and `messages` into its `Andon`,
    `mappings` into the `Connection`. What only reads back our own change is not news and is not
    published.
    """

    def __init__(
        self, *events: type[Event], connection: str, target: str, proof: Proof = "findable"
    ) -> None:
        pairs = [(event, _command(event, connection)) for event in events]
        self.messages: Sequence[type[Command]] = [command for _, command in pairs]
        self.workflows: Sequence[Workflow] = [
            _flow(event, command, connection) for event, command in pairs
        ]
        self.routes: Sequence[Route] = [Route(command, connection) for _, command in pairs]
        self.mappings: Sequence[Outbound] = [
            outbound(command, proof=proof)(_writer(event, target.replace("{type}", event.TYPE)))
            for event, command in pairs
        ]


def mode_for(body: object, mode: Mode) -> Mode:
    """A CloudEvent leaves as one, also where a connection writes other bodies plain."""
    return "binary" if mode == "plain" and isinstance(body, CloudEvent) else mode


def _command(event: type[Event], connection: str) -> type[Command]:
    """A type per event and connection, so that its schema says what is published, and that one
    event can be published to several."""
    family, _, major = event.TYPE.rpartition(".v")
    words = family.removeprefix("andon.").replace(".", "-")
    fields: dict[str, Any] = {"subject_id": str, "said": event, "at": Instant}

    def body(space: dict[str, Any]) -> None:
        space |= {
            "__annotations__": fields,
            "__doc__": f"Write {event.__name__} to {connection}.",
            "__module__": __name__,
            "TYPE": f"andon.publication.{words}.{_plain(connection)}.v{major}",
            "KIND": event.KIND,
            "KEY": "subject_id",
        }

    made = types.new_class(
        f"Publish{event.__name__}To{_capitals(connection)}",
        (Command,),
        {"frozen": True, "kw_only": True},
        body,
    )
    return cast("type[Command]", made)


def _plain(name: str) -> str:
    word = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name.lower())
    return word if word[:1].isalpha() else f"to-{word}"


def _capitals(name: str) -> str:
    return "".join(word.capitalize() for word in _plain(name).split("-"))


def _flow(event: type[Event], command: type[Command], connection: str) -> Workflow:
    make = cast("Any", command)

    async def publish(run: Run, said: Any) -> None:
        await run.send(make(subject_id=run.subject, said=said, at=run.now))

    body = cast("Callable[[Run, Event], Coroutine[Verb[Any], Any, None]]", publish)
    return workflow(on=event, name=f"publish {event.TYPE} to {connection}")(body)


def _writer(event: type[Event], target: str) -> Callable[[Any, Known], Request]:
    def written(command: Any, _: Known) -> Request:
        at: datetime = command.at
        body = CloudEvent(
            type=event.TYPE,
            subject=command.subject_id,
            at=at,
            data=msgspec.to_builtins(command.said, builtin_types=(), str_keys=True),
        )
        return Request(target=target, body=body)

    return written
