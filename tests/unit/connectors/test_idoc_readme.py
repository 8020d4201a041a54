"""What the README of idoc shows for HTTP has no mistakes; the rest of it is followed whole."""

import tomllib
from pathlib import Path
from typing import Any

from andon.app.parameters import Parameters
from andon.connectors.idoc import IdocSettings
from andon.connectors.idoc.settings import setting_faults
from tests.contract.typed import typed


def test_files_and_http_go_together() -> None:
    files = typed("idoc").files
    table: dict[str, Any] = {}
    for name in ("plant.toml", "http.toml"):
        table |= tomllib.loads(files[name])["connections"]["erp"]
    tables = {"connections": {"erp": table}}
    parameters = Parameters(Path("plant.toml"), tables, [], {"SAP_PASSWORD": "x"})
    settings = parameters.settings("erp", IdocSettings)
    assert isinstance(settings, IdocSettings), settings
    assert setting_faults(settings) == []
