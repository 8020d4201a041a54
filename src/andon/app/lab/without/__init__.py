"""The company's Andon with one protection taken away, for a lab that must notice it.

Each module takes one out of the process that loads it; nothing else may load it. The engine itself
has no switch for what it protects.
"""

__all__ = ["PROJECTS", "Protection"]

from collections.abc import Mapping
from typing import Literal

Protection = Literal["dedupe", "find", "order", "fence"]

PROJECTS: Mapping[Protection | None, str] = {
    None: "andon.app.company:andon",
    "dedupe": "andon.app.lab.without.dedupe:andon",
    "find": "andon.app.lab.without.find:andon",
    "order": "andon.app.lab.without.order:andon",
    "fence": "andon.app.lab.without.fence:andon",
}
"""What is taken away -> where the project is found."""
