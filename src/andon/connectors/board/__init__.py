"""Andon's own board: what is decided here takes effect by being recorded."""

__all__ = ["Board", "BoardSettings"]

from andon.connectors.board.connector import Board, BoardSettings
