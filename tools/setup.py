"""Makes a checkout ready to run, check or test. Needs only Python; repeats only what changed."""

import os
import shutil
import sys
import time
from pathlib import Path

import build_page
from progress import LOG, ROOT, VENV, is_done, once, run, step, stop

PYTHON = VENV / "bin" / "python"
UV_PIN = ROOT / "requirements" / "uv.txt"
FOR_RUNNING = ROOT / "requirements" / "run.txt"
FOR_WORKING = ROOT / "requirements" / "dev.txt"
"""Holds everything that is in the list for running, at the same versions."""
ITSELF = [ROOT / "pyproject.toml", ROOT / "hatch_build.py"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = Path("/Applications/Google Chrome.app")
DAEMONS = {
    "mariadbd": "mariadb-server",
    "mosquitto": "mosquitto",
    "rabbitmq-server": "rabbitmq-server",
    "sshd": "openssh-server",
}
"""Real systems that connectors are tried on: program -> its package on Debian and Ubuntu."""
ODATA_MOCK = ROOT / "tests" / "contract" / "real" / "odata_mock"
WITHOUT_PAGE = os.environ | {"ANDON_SKIP_WEB": "1"}


def main(purpose: str) -> None:
    """Set up for `run`, `check` or `test`; each step is skipped while its inputs are unchanged."""
    began = time.monotonic()
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_bytes(b"")
    if not run([PYTHON, "-m", "pip", "--version"]):
        step("virtual environment", make_environment)
    once("uv", [UV_PIN], install_uv)
    if purpose != "run":
        once("packages and tools", [FOR_WORKING], lambda: install_packages(FOR_WORKING))
    elif not is_done("packages and tools", [FOR_WORKING]):
        once("packages", [FOR_RUNNING], lambda: install_packages(FOR_RUNNING))
    once("andon", ITSELF, install_andon)
    compile_andon()
    with_page = purpose != "check" and os.environ.get("ANDON_SKIP_WEB") != "1"
    if with_page and not build_page.is_current():
        step("the board", make_page)
    if purpose == "test":
        look_for_test_needs()
    print(f"  set up in {time.monotonic() - began:.1f} s", flush=True)


def make_environment() -> None:
    """With the Python that runs this file."""
    if run([sys.executable, "-m", "venv", "--clear", VENV]):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    stop(
        f"{sys.executable} cannot make a virtual environment.",
        f"Debian and Ubuntu: apt install python3-venv (or python{version}-venv).",
    )


def install_uv() -> None:
    """By pip, so that whatever pip was told about registries and certificates holds."""
    if not pip("--require-hashes", "-r", UV_PIN):
        stop("uv cannot be installed.", "Check that pip reaches a package registry.")


def install_packages(pins: Path) -> None:
    """With uv; with pip where only pip knows the way to a registry."""
    if uv("--require-hashes", "-r", pins) or pip("--require-hashes", "-r", pins):
        return
    if not shutil.which("cc"):
        stop(
            "The packages cannot be installed. There is no C compiler, and some may need one here.",
            "Debian and Ubuntu: apt install build-essential python3-dev.",
            "macOS: xcode-select --install.",
        )
    stop("The packages cannot be installed.", "Check that a package registry can be reached.")


def install_andon() -> None:
    """Editable, offline; the board is a step of its own."""
    itself = ("--no-deps", "--no-build-isolation", "-e", ROOT)
    if not uv(*itself) and not pip(*itself):
        stop("andon itself cannot be installed.", "Check pyproject.toml.")


def compile_andon() -> None:
    """Where Python may not write what it compiled (PYTHONDONTWRITEBYTECODE, as many containers have
    it), every process would compile all of it again: a start then takes twice as long."""
    run([PYTHON, "-m", "compileall", "-q", "-j", "0", ROOT / "src"])


def make_page() -> None:
    """web/ becomes src/andon/web_dist."""
    if not run([PYTHON, ROOT / "tools" / "build_page.py"]):
        stop(
            "The board cannot be built.",
            "If npm reached no registry, check the network; else the log names the file at fault.",
            "ANDON_SKIP_WEB=1 goes on without a board.",
        )


def look_for_test_needs() -> None:
    """A browser for the story on the page, a Python for the MES, the real systems themselves."""
    if not has_browser() and os.geteuid() == 0 and shutil.which("apt-get"):
        step("chromium", install_chromium)
    needs: list[str] = []
    for program, package in DAEMONS.items():
        if not has_daemon(program) and os.geteuid() == 0 and shutil.which("apt-get"):
            step(program, lambda package=package: install_daemon(package))
        if not has_daemon(program):
            needs.append(f"{program}, which a test runs for itself: apt install {package}.")
    if not has_browser():
        needs.append("A browser. Debian and Ubuntu: apt install chromium. macOS: Google Chrome.")
    if not run(["sh", ROOT / "tools" / "python.sh", "3.12"]):
        needs.append("A Python >= 3.12 for the MES: apt install python3.12 python3.12-venv,")
        needs.append("or where Debian has none: .venv/bin/uv python install 3.12.")
    if needs:
        LOG.write_bytes(b"")
        stop("The suite cannot run on this machine yet. It needs:", *needs)
    step("Tryton, the MES and an edge node", prepare_counterparts)
    once("a second OData server", [ODATA_MOCK / "package-lock.json"], install_odata_mock)


def install_odata_mock() -> None:
    """What its lock names, with the npm of the wheel."""
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    if not run([VENV / "bin" / "npm", "ci", *quiet, "--prefix", ODATA_MOCK]):
        stop("The OData mock server cannot be installed.", "Check that npm reaches a registry.")


def prepare_counterparts() -> None:
    """Here and not in a fixture: installing and seeding takes longer than a test may."""
    if not run([PYTHON, "-m", "tools.counterparts", "prepare"]):
        stop(
            "Tryton, the MES and an edge node cannot be prepared.",
            "Check that a registry can be reached.",
        )


def has_browser() -> bool:
    """Whether something that Playwright can drive is installed."""
    return any(map(shutil.which, BROWSERS)) or MAC_BROWSER.exists()


def install_chromium() -> None:
    """Debian's; whether it worked is seen by looking again."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], quiet)
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"], quiet)


def has_daemon(program: str) -> bool:
    """Whether a real system can be run by a test."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


def install_daemon(package: str) -> None:
    """Debian's, without starting it: the tests run one of their own on loopback."""
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], quiet)
        run(["apt-get", "install", "-q", "-y", "--no-install-recommends", package], quiet)
    finally:
        if ours:
            policy.unlink()


def pip(*what: str | Path) -> bool:
    """Whether pip could install it."""
    return run([PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *what], WITHOUT_PAGE)


def uv(*what: str | Path) -> bool:
    """Whether uv could install it."""
    command = [VENV / "bin" / "uv", "pip", "install", "--compile-bytecode", "--python", PYTHON]
    return run([*command, *what], WITHOUT_PAGE)


if __name__ == "__main__":
    main(sys.argv[1])
