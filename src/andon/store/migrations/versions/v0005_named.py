"""Subjects that are only named have pages."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Only adds: a worker that does not know it goes on as before."""
    run_script(Path(__file__), minimum_worker=1)
