"""Lots that pass though a held one is in them."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Only adds: a worker that does not know it stops what passes, as before."""
    run_script(Path(__file__), minimum_worker=1)
