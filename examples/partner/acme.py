"""ACME at work: reads the mailbox from its side, and answers what lies there.

python acme.py /tmp/mailbox           until you stop it
"""

__all__ = ["answer"]

import sys
import time
from pathlib import Path

from andon.connectors.edi.simulated.x12 import X12Program


def answer(mailbox: Path) -> int:
    """Takes all our interchanges, drops its own, and says how many it took."""
    counted = mailbox / ".acme"
    acme = X12Program()
    acme.control = int(counted.read_text()) if counted.exists() else 0
    taken = sorted((mailbox / "out").glob("*.edi"))
    for file in taken:
        first = acme.control + 1
        for control, content in enumerate(acme.answers(file.read_bytes()), first):
            part = mailbox / "in" / f"acme-{control:09}.part"
            part.write_bytes(content)
            part.rename(part.with_suffix(".edi"))
        file.rename(file.with_suffix(".taken"))
        counted.write_text(str(acme.control))
    return len(taken)


def _main() -> None:
    mailbox = Path(sys.argv[1])
    while True:
        if count := answer(mailbox):
            print(f"ACME took {count} interchanges")
        time.sleep(0.5)


if __name__ == "__main__":
    _main()
