"""`[web]` in a project's parameters: what it says, and every mistake in it at once."""

from pathlib import Path

import pytest

from andon.app import Andon
from andon.app.web_settings import WebSettings
from andon.core.errors import SettingsError


def plant(folder: Path, text: str) -> Andon:
    (folder / "plant.toml").write_text(text)
    return Andon("plant", site="home", parameters=str(folder / "plant.toml"))


def mistakes(folder: Path, text: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as raised:
        plant(folder, text).plan({})
    return {fault.at: fault.says for fault in raised.value.faults}


def test_without_a_table_nothing_stands_before_andon(tmp_path: Path) -> None:
    andon = plant(tmp_path, "")
    andon.plan({})
    assert andon.web({}) == WebSettings(hosts=(), https=False)


def test_hosts_and_https_are_read(tmp_path: Path) -> None:
    andon = plant(tmp_path, '[web]\nhosts = ["andon.example", "10.1.4.7", "fe80::1"]\nhttps = true')
    andon.plan({})
    assert andon.web({}) == WebSettings(hosts=("andon.example", "10.1.4.7", "fe80::1"), https=True)


def test_a_host_may_stand_in_the_environment(tmp_path: Path) -> None:
    andon = plant(tmp_path, '[web]\nhosts = [{ env = "ANDON_NAME" }]')
    assert andon.web({"ANDON_NAME": "andon.example"}).hosts == ("andon.example",)


def test_every_mistake_is_named_with_its_key(tmp_path: Path) -> None:
    found = mistakes(tmp_path, '[web]\nhosts = "andon.example"\nhttps = "perhaps"\nhost = 1')
    assert set(found) == {
        "plant.toml: web.hosts",
        "plant.toml: web.https",
        "plant.toml: web.host",
    }
    assert "array" in found["plant.toml: web.hosts"]
    assert "(hosts, https)" in found["plant.toml: web.host"]


@pytest.mark.parametrize(
    "host", ["https://andon.example", "andon.example:443", "andon.example/", "*", "", "a b"]
)
def test_what_no_request_could_name_is_no_host(tmp_path: Path, host: str) -> None:
    found = mistakes(tmp_path, f'[web]\nhosts = ["andon.example", "{host}"]')
    assert list(found) == ["plant.toml: web.hosts[1]"]


def test_a_table_that_nothing_reads_is_a_mistake(tmp_path: Path) -> None:
    assert list(mistakes(tmp_path, "[wbe]\nhttps = true")) == ["plant.toml: wbe"]
    assert list(mistakes(tmp_path, "web = true")) == ["plant.toml: web"]
