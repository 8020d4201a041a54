#!/bin/sh
# Pins every list with hashes. The lists name no registry, so they hold behind a company's own.
set -eu
cd "$(dirname "$0")/.."
uv=.venv/bin/uv

pin() { # python-version output arguments...
    version=$1 output=$2
    shift 2
    "$uv" pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" --python-version "$version" -o "requirements/$output" "$@"
}

pin 3.11 uv.txt requirements/uv.in
pin 3.11 run.txt pyproject.toml --extra sandbox --group build
pin 3.11 dev.txt pyproject.toml --all-extras --group build --group dev -c requirements/run.txt
pin 3.11 tryton.txt requirements/tryton.in
pin 3.12 fsmes.txt requirements/fsmes.in
pin 3.11 sparkplug.txt requirements/sparkplug.in
