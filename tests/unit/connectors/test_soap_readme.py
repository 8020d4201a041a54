"""What the READMEs of soap and idoc have people type is taken, and fits."""

import asyncio
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

import andon.connectors.soap.simulated as simulated
from andon.connectors import idoc, soap
from andon.connectors.idoc import IdocSettings
from andon.connectors.idoc.settings import setting_faults
from andon.connectors.soap import SoapSettings
from andon.connectors.soap.agreement import misfits
from andon.connectors.soap.documents import gathered
from andon.connectors.soap.service import Service
from andon.core.connector import SecretStr


def typed(module: Any, name: str) -> dict[str, Any]:
    """The connection of a README's TOML, its secrets filled in."""
    readme = (Path(module.__file__).parent / "README.md").read_text()
    blocks = re.findall(r"^ *```toml\n(.*?)^ *```$", readme, re.MULTILINE | re.DOTALL)
    whole = tomllib.loads("\n".join(line.strip() for line in "\n".join(blocks).splitlines()))
    return whole["connections"][name]


def filled(shape: Any, table: dict[str, Any]) -> Any:
    """As the form does it: secrets wherever their fields want them."""

    def secret(kind: type, value: Any) -> Any:
        assert kind is SecretStr
        return SecretStr("x" if isinstance(value, dict) else str(value))

    return msgspec.convert(table, shape, dec_hook=secret)


async def _nobody(url: str) -> bytes:
    raise AssertionError(url)


def test_the_example_of_soap_fits_its_wsdl() -> None:
    settings = filled(SoapSettings, typed(soap, "mes"))
    wsdl = Path(simulated.__file__).parent / "shop.wsdl"
    documents = asyncio.run(gathered(str(wsdl), _nobody))
    service = Service(documents, settings.port, None)
    assert misfits(service, settings) == []


@pytest.mark.parametrize("by", ["files", "http"])
def test_the_example_of_idoc_has_no_mistakes(by: str) -> None:
    table = typed(idoc, "erp")
    table["known_hosts"] = "files.example ssh-ed25519 " + (
        "AAAAC3NzaC1lZDI1NTE5AAAAIJ8ZT5zXjWjHJx0w7XyFq1wqzq3m5cJv0m8u3zXjWjHJ"
    )
    if by == "http":
        readme = (Path(idoc.__file__).parent / "README.md").read_text()
        lines = re.findall(r"^ *# ((?:posted|url|auth) = .*)$", readme, re.MULTILINE)
        assert len(lines) == 3
        table |= tomllib.loads("\n".join(lines))
    settings = filled(IdocSettings, table)
    assert setting_faults(settings) == []


@pytest.mark.parametrize("kind", ["soap", "idoc"])
def test_the_simulated_system_starts_by_itself(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", f"andon.connectors.{kind}", str(tmp_path / "exchange")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = running.stdout.readline()
        running.terminate()
    assert said.startswith("wsdl = 'http" if kind == "soap" else "folder = ")
