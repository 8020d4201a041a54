"""What the README of opcua shows, can be typed."""

import argparse
import re
import tomllib
from importlib import resources

import pytest

from andon.connectors.opcua import OpcUa
from andon.connectors.opcua.__main__ import words_of
from andon.connectors.opcua.jobmapping import cancel_job, job_progress, start_job
from andon.connectors.opcua.mapping import equipment_states
from andon.connectors.opcua.settings import faults_of
from andon.core.mapping import Inbound, Outbound
from andon.testing.conformance.trial import settings_of

TEXT = (resources.files("andon.connectors.opcua") / "README.md").read_text()
COMMANDS = re.findall(r"^    python -m andon\.connectors\.opcua ([^#\n]+)", TEXT, re.MULTILINE)


def test_its_settings_are_settings() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    table = tomllib.loads(shown)["connections"]["press"]
    plain = {**table, "key": "a secret", "password": "a secret"}
    assert faults_of(settings_of(OpcUa, plain)) == []


def test_its_mappings_are_mappings() -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    made: list[Inbound | Outbound] = []

    def connection(_name: str, _kind: object, mappings: list[Inbound | Outbound]) -> None:
        made.extend(mappings)

    exec(
        shown,
        {
            "Connection": connection,
            "OpcUa": OpcUa,
            "equipment_states": equipment_states,
            "job_progress": job_progress,
            "start_job": start_job,
            "cancel_job": cancel_job,
        },
    )
    assert len(made) == 4


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_are_commands(command: str) -> None:
    assert isinstance(words_of(command.split()), argparse.Namespace)


def test_all_verbs_are_shown() -> None:
    assert {one.split()[0] for one in COMMANDS} == {"press", "certificate", "trust", "browse"}
