"""`python -m tools.counterparts prepare | start`: the real systems at a developer's terminal."""

import argparse
import signal
from pathlib import Path

from tools.counterparts import Fsmes, Tryton
from tools.counterparts.environments import BUILD, environment
from tools.counterparts.fsmes_seed import seeded as seeded_mes
from tools.counterparts.tryton_database import seeded as seeded_erp


def main() -> None:
    """Prepares both, or runs both until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tools.counterparts", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("prepare", help="install and seed all; nothing is done twice")
    start = verbs.add_parser("start", help="run both until Ctrl-C")
    start.add_argument("--folder", type=Path, default=BUILD / "run", help="where they keep state")
    start.add_argument("--erp-url", help="the ERP face for the MES: http://mes:<key>@host/in/mes")
    start.add_argument("--speed", type=float, help="machine speed; without it no machine runs")
    chosen = parser.parse_args()
    if chosen.verb == "prepare":
        seeded_erp(say)
        seeded_mes(say)
        environment("sparkplug", minor=11, progress=say)  # an edge node, run by its tests
    else:
        run_until_stopped(chosen.folder, chosen.erp_url, chosen.speed)


def run_until_stopped(folder: Path, erp_url: str | None, speed: float | None) -> None:
    """State in the folder is kept for the next start."""
    # Ended from outside it must not leave two servers behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    erp, mes = Tryton(folder / "tryton"), Fsmes(folder / "fsmes")
    try:
        erp.start(progress=say)
        say(f"Tryton answers at {erp.rest_url}; its keys are in {erp.folder / 'keys.json'}")
        mes.start(erp_url=erp_url, speed=speed, progress=say)
        say(f"The MES answers at {mes.url}; its keys are in {mes.folder / 'keys.json'}")
        say("Ctrl-C ends both.")
        signal.pause()
    except KeyboardInterrupt:
        say("Ending both.")
    finally:
        mes.stop()
        erp.stop()


def say(words: str) -> None:
    """One line at once, also into a pipe."""
    print(words, flush=True)


if __name__ == "__main__":
    main()
