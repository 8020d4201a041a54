"""The Andon of a demo and of the lab: what a power cut leaves of it, and that it comes back."""

from pathlib import Path

from andon.app.demo.hub import Hub, free_port
from bench.measure import Belonging, processes
from tests.integration.plant import until


def alive(hub: Hub) -> list[int]:
    data = str(hub.place.data)
    marked = Belonging(-1, marker=f"ANDON_DATA={data}", folder=data)
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
        assert len(alive(hub)) > 3  # supervisor, web, worker, and those of PostgreSQL
        hub.kill()
        await until(lambda: not alive(hub))
        assert "Shutting down" not in hub.log.read_text()  # nobody had time to end in order
        begin(hub, tmp_path)
    finally:
        hub.end()
    await until(lambda: not alive(hub))
