"""What left the database by its lifetime is known by name and digest."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Only adds: a worker that does not know it goes on as before."""
    run_script(Path(__file__), minimum_worker=1)
