"""The process that reads a project once; web and workers are forked from it and share what it
read.

It holds no session, no thread and no loop, so a fork of it is whole. Started by the supervisor,
ends with it; the others live on without it.
"""

__all__ = ["main"]

import argparse
import gc
import os
import signal
import socket
import sys
import traceback
from importlib import import_module

import msgspec

from andon.app.child import NameOf, run_role
from andon.app.loading import load
from andon.app.project import Andon
from andon.app.reports import SETTINGS_ARE_WRONG, Declared, Refused, Said
from andon.core.errors import SettingsError

_LIVES_OFF = {"web": "andon.app.serve", "worker": "andon.app.work"}
_FAILED = 70  # EX_SOFTWARE


def main() -> None:
    """Reads the project, says what came of it, and forks a role for every leash it is sent."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project")
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    said = parser.parse_args()
    NameOf.stem.take()
    control = socket.socket(fileno=said.control)
    gc.disable()  # what is read stays
    try:
        project = load(said.project)
        plan = project.plan()
    except SettingsError as error:
        _say(control, Refused(str(error)))
        raise SystemExit(SETTINGS_ARE_WRONG) from None
    _say(control, Declared(plan.name, tuple(plan.ownership)))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here: leashes tell
    while True:
        name, leashes, _, _ = socket.recv_fds(control, 64, 1)
        if not leashes:
            return
        role = name.decode()
        _get_ready(role)
        if not os.fork():
            _be(role, leashes[0], control, project, said)
        os.close(leashes[0])


def _get_ready(role: str) -> None:
    """Reads what a role lives off when the first of it is wanted: a worker need not wait for what
    only the web reads."""
    if _LIVES_OFF[role] in sys.modules:
        return
    import_module(_LIVES_OFF[role])
    gc.freeze()  # or the first collection of each child would copy every page


def _say(control: socket.socket, said: Said) -> None:
    control.sendall(msgspec.json.encode(said) + b"\n")


def _be(
    role: str,
    leash: int,
    control: socket.socket,
    project: Andon,
    said: argparse.Namespace,
) -> None:
    """The forked process; never returns."""
    code = _FAILED
    held = socket.socket(fileno=leash)
    try:
        control.close()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        NameOf[role].take()
        # whoever knows its pid may end it in order, from the first moment
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        held.sendall(b"%d\n" % os.getpid())
        gc.enable()
        code = run_role(role, project, leash=held.dup(), host=said.host, port=said.port)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            held.sendall(b"%d\n" % code)
        finally:
            os._exit(code)


if __name__ == "__main__":
    main()
