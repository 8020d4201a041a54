"""Puts the built board into the wheel."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildThePage(BuildHookInterface):  # type: ignore[type-arg]
    """Builds web/ before packing; ANDON_SKIP_WEB=1 packs what is there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """A tree without web/ is packed as it is."""
        root = Path(self.root)
        if os.environ.get("ANDON_SKIP_WEB") == "1" or not (root / "web" / "package.json").is_file():
            return
        subprocess.run([sys.executable, root / "tools" / "build_page.py"], check=True)
