"""What runs hear of linked subjects, and which of them were in hand when a worker died."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Only adds: a worker that does not know it goes on as before."""
    run_script(Path(__file__), minimum_worker=1)
