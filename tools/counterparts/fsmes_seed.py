"""A fresh plant for the MES: its own demo seed, one more product, and lots that last."""

import json
import os
import secrets
import shutil
import time
from pathlib import Path

from andon.connectors._ports import free_port
from tools.counterparts.environments import (
    BUILD,
    ROOT,
    Progress,
    digest_of,
    environment,
    keep,
    run,
)
from tools.counterparts.fsmes_operator import Operator
from tools.counterparts.running import Program, answers_http
from tools.counterparts.sqlite_files import settle

WATER = {"code": "FG-WATER", "name": "Still Water 1L", "unit": "ea", "type": "finished"}
STEPS = [
    {"seq": 10, "name": "Mix", "equipment": "MIX01"},
    {"seq": 20, "name": "Pack", "equipment": "PACK01"},
]


def environment_of(folder: Path) -> dict[str, str]:
    """The settings of the plant in this folder, as the MES reads them."""
    folder = folder.resolve()
    keys = json.loads((folder / "keys.json").read_text())
    return {
        **os.environ,
        "MES_DATABASE_URL": f"sqlite:///{folder}/mes.sqlite",
        "MES_LOG_DIR": str(folder / "logs"),
        "MES_PLANT_NAME": "riverside",
        "MES_ADMIN_PASSWORD": keys["admin_password"],
        "MES_OPERATOR_PASSWORD": keys["operator_password"],
        "MES_SECRET_KEY": keys["secret_key"],
        "FSMES_AGENT_PASSWORD": keys["admin_password"],
        "FSMES_ANALYST_PASSWORD": keys["admin_password"],
        "MES_ERP_MODE": "off",
        # A confirmation that could not be delivered is offered again soon, and not given up.
        "MES_ERP_BASE_BACKOFF_S": "1",
        "MES_ERP_MAX_BACKOFF_S": "5",
        "MES_ERP_MAX_ATTEMPTS": "100",
    }


def seeded(progress: Progress) -> Path:
    """The cached seeded plant and its keys; made anew when a pin or the seed changes."""
    home = environment("fsmes", minor=12, progress=progress)
    digest = digest_of([ROOT / "requirements" / "fsmes.txt", Path(__file__)])
    cache = BUILD / f"fsmes-seed-{digest[:16]}"
    if cache.is_dir():
        return cache
    began = time.monotonic()
    fresh = BUILD / f"fsmes-seed-{os.getpid()}.part"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    progress("fsmes: laying out its plant")
    _write_keys(fresh / "keys.json")
    for step in ("init-db", "seed"):
        run([home / "bin" / "fsmes", step], env=environment_of(fresh), cwd=fresh)
    _complete_master_data(home, fresh)
    keep(fresh, cache)
    progress(f"fsmes: seeded in {time.monotonic() - began:.0f} s")
    return cache


def _write_keys(file: Path) -> None:
    file.touch(mode=0o600)
    names = ("admin_password", "operator_password", "secret_key")
    file.write_text(json.dumps({name: secrets.token_urlsafe(24) for name in names}))


def _complete_master_data(home: Path, folder: Path) -> None:
    """FG-WATER, so that a second product can be made, and lots that outlast a long run."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    api = Program(
        [str(home / "bin" / "fsmes"), "run-api", "--port", str(port)],
        log=folder / "api.log",
        env=environment_of(folder),
        cwd=folder,
    )
    try:
        api.ready_when(lambda: answers_http(f"{url}/health"), within=60)
        keys = json.loads((folder / "keys.json").read_text())
        _add(Operator(url, "ADMIN", keys["admin_password"]))
    finally:
        api.stop()
    settle(folder / "mes.sqlite")


def _add(admin: Operator) -> None:
    admin.post("/masterdata/materials", WATER)
    part = {"component": "RAW-FLAVOR", "quantity": 0.01, "operation_seq": 10}
    admin.post("/masterdata/materials/FG-WATER/bom", part)
    routing = {"code": "RT-WATER", "name": "Bottle water", "material": "FG-WATER"}
    admin.post("/masterdata/routings", {**routing, "operations": STEPS})
    for material in ("SUGAR", "FLAVOR"):
        lot = {"code": f"LOT-{material}-002", "material": f"RAW-{material}"}
        admin.post("/execution/lots", {**lot, "quantity": 1_000_000})
