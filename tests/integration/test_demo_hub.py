"""The Andon of a demo and of the lab: what a power cut leaves of it, and that it comes back."""

from pathlib import Path

from andon.app.demo.hub import Hub
from andon.connectors._ports import free_port
from bench.measure import Belonging, processes
from proof.killing import role_of
from tests.integration.plant import until


def alive(hub: Hub) -> list[int]:
    """All its processes; as root, PostgreSQL stands in a folder of its own account."""
    theirs = hub.place.data / "pg" / "postgres"
    folder = theirs.resolve() if theirs.exists() else hub.place.data
    marked = Belonging(-1, marker=f"ANDON_DATA={hub.place.data}", folder=str(folder))
    return [process.pid for process in marked.members(processes())]


def begin(hub: Hub, folder: Path) -> None:
    hub.start("andon.app.quickstart.plant:andon", folder=folder, environment={})
    hub.until_ready()


async def test_a_power_cut_leaves_nothing_alive_and_what_comes_after_it_answers(
    tmp_path: Path,
) -> None:
    hub = Hub(tmp_path / "andon", port=free_port())
    try:
        begin(hub, tmp_path)
        hub.kill(database=False)
        await until(lambda: {role_of(pid) for pid in alive(hub)} == {"postgres"})
        begin(hub, tmp_path)
        hub.kill()
        await until(lambda: not alive(hub))
        assert "Shutting down" not in hub.log.read_text()  # nobody had time to end in order
        begin(hub, tmp_path)
    finally:
        hub.end()
    await until(lambda: not alive(hub))
