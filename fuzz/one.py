"""One parser under atheris in a process of its own; started by ``python -m fuzz``."""

import importlib
import sys
from contextlib import suppress
from pathlib import Path

import atheris

from andon.core.errors import AndonError


def main(module: str, name: str, corpus: Path, options: list[str]) -> None:
    """Fuzzes until libFuzzer's options end it; a defect ends the process with its traceback."""
    seen = atheris.instrument_imports  # pyright: ignore[reportAttributeAccessIssue]
    with seen(include=["andon.connectors"]):
        parsers = importlib.import_module(module).PARSERS
    parser = next(one for one in parsers if one.name == name)
    for number, seed in enumerate(parser.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def read(data: bytes) -> None:
        with suppress(AndonError):
            parser.parse(data)

    atheris.Setup([sys.argv[0], *options, str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
