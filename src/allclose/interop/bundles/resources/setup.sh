#!/usr/bin/env bash
# Builds the image: Python, allclose with what this lab needs, and a look at whether the solution gets all points.
# Only this step uses the network. AUTOGRADER_ROOT is /autograder unless somebody tries it out elsewhere.
set -euo pipefail

root="${AUTOGRADER_ROOT:-/autograder}"
cd "$root/source"

usable() {
    command -v "$1" > /dev/null &&
        "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null
}

# The Python that the instructor's versions were tried with, else another that is new enough.
find_python() {
    local version place
    for version in @PYTHON@ 3.13 3.12 3.11 3.14 3; do
        for place in /usr/bin/ /usr/local/bin/ ''; do
            if usable "${place}python$version"; then
                command -v "${place}python$version"
                return
            fi
        done
    done
    return 1
}

if ! python="$(find_python)"; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    for version in @PYTHON@ 3.13 3.12 3.11; do
        if apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then
            break
        fi
    done
    python="$(find_python)" || {
        echo "This image has no Python 3.11 or newer: choose a newer base image (Ubuntu 24.04)." >&2
        exit 1
    }
fi

# What is there already is kept, so that a build that was cut off can be run again.
[[ -x "$root/env/bin/python" ]] || "$python" -m venv "$root/env"
"$root/env/bin/python" -m pip install --no-cache-dir --requirement requirements.txt --constraint constraints.txt

# Student code runs as a user without rights: it needs Python, and must not see the rest.
chmod -R go+rX,go-w "$root/env"
chmod -R go= "$root/source"

bash "$root/source/run_autograder" --check
