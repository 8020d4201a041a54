"""The log and everything that follows it."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first schema; every worker so far can read it."""
    run_script(Path(__file__), minimum_worker=1)
