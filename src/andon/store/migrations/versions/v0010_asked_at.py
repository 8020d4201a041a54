"""How far the log was when a wait was asked."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Only adds: what a worker that does not know it asks for is looked at again, as before."""
    run_script(Path(__file__), minimum_worker=1)
