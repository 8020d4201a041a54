"""Of a row's last reading that is too large to be kept there is a digest and a size."""

from pathlib import Path

from andon.store.migrations.script import run_script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Only adds: to a worker that does not know it such a row cannot be read, and says so."""
    run_script(Path(__file__), minimum_worker=1)
