"""Positions know the generation of the log they count in."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Only adds: a worker that does not know it goes on as before."""
    run_script(Path(__file__), minimum_worker=1)
