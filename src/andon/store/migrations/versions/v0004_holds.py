"""Lots that are held, by whom and since when."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Only adds: a worker that does not know it goes on as before."""
    run_script(Path(__file__), minimum_worker=1)
