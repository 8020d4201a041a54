"""A piece for projects: what happened, published to an exchange."""

__all__ = ["Publication"]

from typing import Literal

from andon.connectors import _publication
from andon.core.message import Event


class Publication(_publication.Publication):
    """Every event of these types as a CloudEvent to `target`, `exchange/routing.key` or `/queue`;
    `{type}` in it stands for the event's type.

    A broker cannot be asked for our key, so what became of a message whose confirm was lost is for
    a person to find out. Where every reader knows a repeat by the event's id, say `keyed`: then it
    is published again.
    """

    def __init__(
        self,
        *events: type[Event],
        connection: str,
        target: str,
        proof: Literal["keyed", "none"] = "none",
    ) -> None:
        super().__init__(*events, connection=connection, target=target, proof=proof)
