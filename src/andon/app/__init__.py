"""Composition: a user's project, its parameters, and the processes that run it."""

__all__ = ["Andon", "load"]

from andon.app.loading import load
from andon.app.project import Andon
