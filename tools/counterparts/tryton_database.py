"""A seeded Tryton database: made once, kept as a build cache, copied for each use."""

import os
import secrets
import shutil
import time
from pathlib import Path

from tools.counterparts.environments import BUILD, ROOT, Progress, digest_of, environment, keep, run
from tools.counterparts.sqlite_files import settle

DATABASE = "erp"
MODULES = [
    "ir",
    "res",
    "production",
    "production_routing",
    "production_work",
    "quality",
    "stock_lot",
]
SEED = Path(__file__).with_name("tryton_seed.py")


def seeded(progress: Progress) -> Path:
    """The cached seeded database and its keys; made anew when a pin or the seed changes."""
    home = environment("tryton", minor=11, progress=progress)
    digest = digest_of([ROOT / "requirements" / "tryton.txt", SEED, Path(__file__)])
    cache = BUILD / f"tryton-seed-{digest[:16]}"
    if cache.is_dir():
        return cache
    began = time.monotonic()
    fresh = BUILD / f"tryton-seed-{os.getpid()}.part"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    progress(f"tryton: activating {', '.join(MODULES[2:])}")
    _create_database(home, fresh)
    progress("tryton: seeding products, lots, ways of making, a quality control")
    run([home / "bin" / "python", SEED, fresh / "trytond.conf", fresh / "keys.json"])
    settle(fresh / "erp.sqlite")
    keep(fresh, cache)
    progress(f"tryton: seeded in {time.monotonic() - began:.0f} s")
    return cache


def _create_database(home: Path, folder: Path) -> None:
    (folder / "erp.sqlite").touch(mode=0o600)
    settings = write_settings(folder, 8000)
    first_password = folder / "password"
    first_password.touch(mode=0o600)
    first_password.write_text(secrets.token_urlsafe(24))
    admin = [home / "bin" / "trytond-admin", "-c", settings, "-d", DATABASE, "-u", *MODULES]
    run(
        [*admin, "--activate-dependencies", "--email", "admin@example.com", "-l", "en"],
        env={**os.environ, "TRYTONPASSFILE": str(first_password)},
    )
    first_password.unlink()


def write_settings(folder: Path, port: int) -> Path:
    """Tryton's settings file for the database in this folder."""
    file = folder / "trytond.conf"
    file.write_text(
        f"[database]\nuri = sqlite://\npath = {folder.resolve()}\n"
        f"[web]\nlisten = 127.0.0.1:{port}\n"
    )
    return file
