"""Andon as the target of a command: a hold binds in the hub before any system has mirrored it."""

__all__ = ["Board", "BoardSettings"]

from andon.core.connector import Receipt, Request, Settings, Sink


class BoardSettings(Settings, frozen=True, kw_only=True):
    """Nothing to set."""


class Board(Sink[BoardSettings]):
    """The receipt is the effect: once it is in the log, every reader sees it."""

    settings_type = BoardSettings

    async def send(self, request: Request, *, key: str) -> Receipt:
        """Always done."""
        return Receipt(reference=key, body={"target": request.target})

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 a sink's signature
        """Done under the same key."""
        return Receipt(reference=key)
