"""A key may belong to a partner, which sees only what is its own."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Only adds: a worker that does not know it goes on as before."""
    run_script(Path(__file__), minimum_worker=1)
