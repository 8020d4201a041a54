"""The bench finds out what a hub does: an honest one passes, a careless one is caught."""

import shlex
import socket
import sys
from pathlib import Path

import msgspec
import pytest

from bench.failure import MeasurementError
from bench.hub import Hub, HubCommand
from bench.scenarios import Scenario, Setting, measured, named

_TINY_HUB = Path(__file__).with_name("tiny_hub.py")
_PYTHON = shlex.quote(sys.executable)


def _command() -> HubCommand:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    tiny = f"{_PYTHON} {shlex.quote(str(_TINY_HUB))}"
    return HubCommand(run=f"{tiny} run", keys=f"{tiny} keys", url=f"http://127.0.0.1:{port}")


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(
        hub=_command(),
        seconds=0.8,
        data=tmp_path,
        logs=tmp_path,
        warm_up=4,
        quiet_s=0.2,
        stalled_s=1.5,
    )


_STEADY = Scenario(name="steady", rate=30, operations=4)
_CRASH = Scenario(name="crash", rate=120, operations=4, kill_after_s=0.4)


def test_an_honest_hub_has_figures_and_breaks_nothing(setting: Setting) -> None:
    figures = measured(_STEADY, setting)
    assert figures.completed == figures.accepted == 24
    assert figures.lost == figures.doubled == figures.out_of_order == figures.parked == 0
    assert 15 <= figures.p50_ms <= figures.p95_ms <= figures.p99_ms
    assert 10 < figures.completed_per_s < 40
    assert figures.cpu_s_per_1000 > 0
    assert figures.peak_mb > 5
    assert figures.recovery_s is None


def test_a_hub_that_writes_down_first_survives_the_kill(setting: Setting) -> None:
    figures = measured(_CRASH, setting)
    assert (figures.accepted, figures.lost, figures.doubled) == (96, 0, 0)
    assert figures.recovery_s is not None
    assert 0 < figures.recovery_s < 5
    assert figures.begun_at_kill is not None
    assert figures.repeated_calls <= 3 * figures.begun_at_kill


def test_a_hub_that_forgets_is_found_out(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINY_HUB", "forgetful")
    assert measured(_CRASH, setting).lost > 0


def test_a_hub_that_books_twice_is_found_out(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_HUB", "repeating")
    figures = measured(_STEADY, setting)
    assert figures.doubled == figures.completed == 24


def test_poison_is_parked_and_the_rest_is_done_in_spite_of_faults(setting: Setting) -> None:
    scenario = Scenario(name="faults", rate=30, poison=0.2, faults={"erp": {"fail": 0.1}})
    figures = measured(scenario, setting)
    assert figures.parked == figures.poisoned > 0
    assert figures.completed == 24 - figures.poisoned


def test_a_hub_that_cannot_start_is_an_error_with_its_last_words(setting: Setting) -> None:
    broken = HubCommand(run=f"{_PYTHON} -c 'exit(\"no disk\")'", url=setting.hub.url)
    with pytest.raises(MeasurementError, match="no disk"):
        measured(_STEADY, msgspec.structs.replace(setting, hub=broken))


def test_a_hub_that_takes_nothing_is_an_error_before_anything_is_measured(
    setting: Setting,
) -> None:
    keys = f"{_PYTHON} -c 'print(\"wrong\")'"
    deaf = HubCommand(run=setting.hub.run, keys=keys, url=setting.hub.url)
    with pytest.raises(MeasurementError, match=r"answered \{401"):
        measured(_STEADY, msgspec.structs.replace(setting, hub=deaf))


def test_a_kill_spares_no_process_and_a_start_takes_up_the_same_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with Hub(_command(), data=data, systems="http://127.0.0.1:1", log=tmp_path / "log") as hub:
        hub.start()
        hub.wait_until_ready()
        assert len(hub.members()) == 2  # the daemon has left the session, and is found
        hub.kill()
        assert hub.members() == []
        hub.start()
        hub.wait_until_ready()
    assert hub.members() == []


def test_a_family_name_names_both_and_an_unknown_name_is_refused() -> None:
    assert [s.name for s in named(["capacity", "crash-ops4"])] == [
        "capacity",
        "capacity-ops4",
        "crash-ops4",
    ]
    with pytest.raises(MeasurementError, match="speed cannot be measured"):
        named(["speed"])
