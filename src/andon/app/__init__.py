"""Composition: a user's project, its parameters, and the processes that run it."""

__all__ = ["Andon", "load"]

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from andon.app.loading import load
    from andon.app.project import Andon


def __getattr__(name: str) -> Any:
    """Read when it is asked for: who supervises a project reads none, and is there sooner."""
    match name:
        case "Andon":
            from andon.app.project import Andon

            return Andon
        case "load":
            from andon.app.loading import load

            return load
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
