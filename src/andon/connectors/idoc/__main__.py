"""A simulated SAP at a folder: sends three orders, posts what lies in `out`, answers by ALEAUD."""

__all__: list[str] = []

import contextlib
import sys
import time
from pathlib import Path

from andon.connectors.idoc.simulated.sap import Sap
from andon.core.errors import MappingError


def _run(folder: Path) -> None:
    sap, taken, number = Sap(), set[Path](), 0
    for name in ("in", "out"):
        (folder / name).mkdir(parents=True, exist_ok=True)

    def drop(name: str, document: bytes) -> None:
        nonlocal number
        number += 1
        part = folder / "in" / f"{name}-{time.time_ns()}-{number:03}.xml.part"
        part.write_bytes(document)
        part.rename(part.with_suffix(""))

    drop("loipro", sap.orders_document(["pump", "pump", "valve"]))
    print(f"folder = {str(folder)!r}")
    print(f"released: {', '.join(sorted(sap.orders))}", flush=True)
    while True:
        for file in sorted((folder / "out").glob("*.xml")):
            if file in taken:
                continue
            taken.add(file)
            try:
                answers = sap.take(file.read_bytes())
            except MappingError as error:
                print(f"{file.name}: {error}", flush=True)
                continue
            for answer in answers:
                drop("aleaud", answer)
            print(f"{file.name}: {len(sap.done)} posted so far", flush=True)
        time.sleep(0.5)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        _run(Path(sys.argv[1] if len(sys.argv) > 1 else "exchange").resolve())
