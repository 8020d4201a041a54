"""The meter counts what a program and everything it started have used."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager

from bench.measure import Belonging, Meter, Process, machine_busy_s, processes

_CHILD_THAT_WORKS_AND_DIES = """
import subprocess, sys
burn = "import time\\nwhile time.process_time() < 0.3: pass"
subprocess.run([sys.executable, "-c", burn])
print("done", flush=True)
sys.stdin.read()
"""


@contextmanager
def _running(code: str, **options: object) -> Generator[subprocess.Popen[str], None, None]:
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,  # pyright: ignore[reportArgumentType, reportCallIssue] - env or cwd
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_time_of_a_child_that_died_is_counted() -> None:
    with _running(_CHILD_THAT_WORKS_AND_DIES) as process:
        belonging = Belonging(process.pid)
        meter = Meter(lambda: belonging.members(processes()))
        assert _first_line(process) == "done"
        cost = meter.cost()
    assert 0.25 <= cost.cpu_s < 2.0
    assert cost.peak_mb > 1


def test_a_grandchild_in_a_session_of_its_own_is_found_by_descent() -> None:
    code = (
        "import subprocess, sys; "
        "c = subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'],"
        " stdin=subprocess.PIPE, start_new_session=True); "
        "print(c.pid, flush=True); sys.stdin.read(); c.kill()"
    )
    with _running(code) as process:
        grandchild = int(_first_line(process))
        members = Belonging(process.pid).members(processes())
        assert {process.pid, grandchild} <= {member.pid for member in members}


def test_a_daemon_is_found_by_its_environment_or_by_where_it_stands() -> None:
    wait = "import sys; print('up', flush=True); sys.stdin.read()"
    stranger = 2**22 + 1  # above the largest pid
    with tempfile.TemporaryDirectory() as folder:
        with _running(wait, env={**os.environ, "BENCH_MARK": folder}) as process:
            assert _first_line(process) == "up"
            members = Belonging(stranger, marker=f"BENCH_MARK={folder}").members(processes())
            assert [member.pid for member in members] == [process.pid]
        with _running(wait, cwd=folder) as process:
            assert _first_line(process) == "up"
            members = Belonging(stranger, folder=folder).members(processes())
            assert [member.pid for member in members] == [process.pid]


def _process(pid: int, parent: int, own_s: float, reaped_s: float = 0.0) -> Process:
    return Process(pid, parent, 1, began=7, own_s=own_s, reaped_s=reaped_s, resident=0)


def _costs(*looks: list[Process]) -> float:
    remaining = iter(looks)
    meter = Meter(lambda: next(remaining), memory=False)
    used = 0.0
    for _ in looks[1:]:
        used = meter.look()
    return used


def test_a_child_its_parent_waited_for_is_not_counted_twice() -> None:
    parent = _process(1, 0, own_s=1.0)
    waited = _process(1, 0, own_s=1.0, reaped_s=2.0)
    child = _process(2, 1, own_s=1.5)
    assert _costs([parent], [parent, child], [waited]) == 2.0


def test_a_process_killed_with_its_parent_keeps_what_was_last_seen() -> None:
    parent, child = _process(1, 0, own_s=1.0), _process(2, 1, own_s=1.5)
    assert _costs([], [parent, child], []) == 2.5


def test_a_pid_that_comes_back_is_another_process() -> None:
    before = _process(1, 0, own_s=3.0)
    after = Process(1, 0, 1, began=9, own_s=0.5, reaped_s=0.0, resident=0)
    assert _costs([before], [after]) == 0.5


def test_what_ran_before_the_meter_began_is_not_counted() -> None:
    assert _costs([_process(1, 0, own_s=5.0)], [_process(1, 0, own_s=6.0)]) == 1.0


def test_the_machine_is_at_least_as_busy_as_we_are() -> None:
    before = machine_busy_s()
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    assert machine_busy_s() - before >= 0.05
