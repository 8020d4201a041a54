"""`andon lab`: hours of company life in minutes, hit by every fault, then reckoned up."""

__all__ = ["commands"]

from andon.app.lab.command import commands
