"""The project that is killed: one inbox, then a keyed call and a findable one, in that order."""

from collections.abc import Iterable
from typing import Any, ClassVar

from andon.app import Andon
from andon.connectors.rest import Rest
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Claims, Command, Event
from andon.core.plant import Connection, Route
from andon.core.workflow import Run, workflow

__all__ = ["andon"]


class Completed(Event, frozen=True, kw_only=True):
    """The MES completed an order."""

    TYPE: ClassVar[str] = "proof.order.completed.v1"
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    id: str
    order_id: str

    def claims(self) -> Claims:
        """The MES believes it completed."""
        return {"status": "Completed"}


class _Step(Command, frozen=True, kw_only=True):
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: str
    fact: str


class Inspect(_Step, frozen=True, kw_only=True):
    """A system that dedupes on our key."""

    TYPE: ClassVar[str] = "proof.order.inspect.v1"


class Book(_Step, frozen=True, kw_only=True):
    """A system that books whatever it is sent, and can be asked for our key."""

    TYPE: ClassVar[str] = "proof.order.book.v1"


@inbound("production.completed")
def completed(item: Item, known: Known) -> Iterable[Said]:
    """Every post is a completion."""
    del known
    yield item.read(Completed)


def _body(command: _Step) -> dict[str, Any]:
    return {"order": command.local, "fact": command.fact}


@outbound(Inspect, proof="keyed")
def inspect(command: Inspect, known: Known) -> Request:
    """One inspection."""
    del known
    return Request(target="POST /ledger", body=_body(command))


@outbound(Book, proof="findable")
def book(command: Book, known: Known) -> Request:
    """One booking."""
    del known
    return Request(target="POST /books", body=_body(command))


@workflow(on=Completed)
async def post_completion(run: Run, event: Completed) -> None:
    """Inspect, then book."""
    await run.send(Inspect(order_id=run.subject, fact=event.id))
    await run.send(Book(order_id=run.subject, fact=event.id))


andon = Andon(
    "proof",
    site="proof",
    connections=[
        Connection("mes", Webhook, [completed]),
        Connection("ledger", Rest, [inspect]),
        Connection("books", Rest, [book]),
    ],
    workflows=[post_completion],
    routes=[Route(Inspect, "ledger"), Route(Book, "books")],
    messages=[Completed, Inspect, Book],
)
