#!/bin/sh
# Makes this checkout ready: `run` for the demo, `check` for the tools, `test` for the whole suite.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if ! python=$(sh "$here/python.sh" 3.11); then
    cat >&2 <<END
Andon cannot be set up: no Python from 3.11 to 3.14 was found.
Debian and Ubuntu: apt install python3 python3-venv    macOS: brew install python@3.13
A Python elsewhere is used with PYTHON=/path/to/python3 make setup.
END
    exit 1
fi
exec "$python" "$here/setup.py" "$@"
