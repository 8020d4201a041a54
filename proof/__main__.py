"""``python -m proof --rounds 50 --out docs/proof``: kill.md and kill.json."""

import argparse
import asyncio
import os
import shutil
import socket
import tempfile
from pathlib import Path

from bench.hub import HubCommand
from proof.books import Books, Target
from proof.killing import KILLS, Kill, KilledHub
from proof.proxy import Proxy
from proof.report import write
from proof.rounds import Round, inbox_key, play

__all__ = ["rounds"]


async def rounds(
    kills: list[Kill], *, folder: Path, target: Target, project: str = "proof.project:andon"
) -> list[Round]:
    """Plays the rounds one after the other on one database."""
    os.environ["ANDON_HOME"] = str(folder / "home")
    address = await target.start()
    log = folder / "proxy.log"
    command = HubCommand(run=f"andon run {project}", url=f"http://127.0.0.1:{_free_port()}")
    played: list[Round] = []
    try:
        async with Proxy(address, log, holds=target.holds) as proxy:
            hub = KilledHub(
                command, data=folder / "data", systems=proxy.url, log=folder / "hub.log"
            )
            try:
                hub.start()
                await asyncio.to_thread(hub.wait_until_ready)
                key = await asyncio.to_thread(inbox_key, hub)
                for number, kill in enumerate(kills, 1):
                    one = await play(number, kill, hub=hub, key=key, proxy=proxy, target=target)
                    played.append(one)
                    print(
                        f"round {number}: {kill}, {one.held} held, lost {len(one.lost)},"
                        f" doubled {len(one.doubled)}, back in {one.recovery_s} s",
                        flush=True,
                    )
            finally:
                await asyncio.to_thread(hub.stop)
    finally:
        await target.stop()
    return played


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    """Plays, writes, and fails when anything was lost or doubled."""
    words = argparse.ArgumentParser(prog="python -m proof")
    words.add_argument("--rounds", type=int, default=50)
    words.add_argument("--out", type=Path, default=Path("docs/proof"))
    words.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    said = words.parse_args()
    kills = [KILLS[n % len(KILLS)] for n in range(said.rounds)]
    folder = Path(tempfile.mkdtemp(prefix="proof-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        played = asyncio.run(rounds(kills, folder=folder, target=Books()))
        said.out.mkdir(parents=True, exist_ok=True)
        write(played, said.out)
    except BaseException:
        print(f"The logs are in {folder}.")
        raise
    if said.keep:
        print(f"The logs are in {folder}.")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    if any(one.lost or one.doubled for one in played):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
