"""What the README of opcua shows beside the project that `tests/contract` follows, can be typed."""

import argparse
import re
import tomllib
from importlib import resources

import pytest

from andon.connectors.opcua import OpcUa
from andon.connectors.opcua.__main__ import words_of
from andon.connectors.opcua.settings import faults_of
from andon.testing.conformance.trial import settings_of
from tests.contract.typed import typed

TEXT = (resources.files("andon.connectors.opcua") / "README.md").read_text().replace("\\\n", "")
COMMANDS = re.findall(r"^ *python -m andon\.connectors\.opcua ([^#\n]+)", TEXT, re.MULTILINE)


def test_its_encrypted_settings_are_settings() -> None:
    table = tomllib.loads(typed("opcua").files["encrypted.toml"])["connections"]["press"]
    plain = {**table, "key": "a secret", "password": "a secret"}
    assert faults_of(settings_of(OpcUa, plain)) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_are_commands(command: str) -> None:
    assert isinstance(words_of(command.split()), argparse.Namespace)


def test_all_verbs_are_shown() -> None:
    assert {one.split()[0] for one in COMMANDS} == {"certificate", "trust", "browse"}
