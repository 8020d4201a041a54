#!/bin/sh
# Prints a Python of at least the version named (3.11, 3.12); ends with 1 and prints nothing when
# there is none. A name on the path proves little: pyenv's shims stand there for versions that are
# switched off, so each candidate is run. ANDON_NEWEST_PYTHON=3.11 has newer ones count as missing.
minor=${1#3.}
newest=${ANDON_NEWEST_PYTHON:-3.14}
for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3 \
    "$HOME"/.local/share/uv/python/cpython-3.*/bin/python3; do
    if "$candidate" -c "import sys; sys.exit(not (3, $minor) <= sys.version_info[:2] <= (3, ${newest#3.}))" 2>/dev/null; then
        "$candidate" -c "import sys; print(sys.executable)"
        exit 0
    fi
done
exit 1
