#!/bin/sh
# Creates the virtual environment $1 and installs requirements file $2 into it; says what to install where it cannot.
set -eu
venv=$1 requirements=$2
ok='import sys; sys.exit(sys.version_info < (3, 11))'
whole='import sys, pip; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)'

# An environment that was interrupted while it was made, or whose Python is gone or too old, is made again.
if ! "$venv/bin/python" -c "$whole" >/dev/null 2>&1; then
    if [ -e "$venv" ] && [ ! -e "$venv/pyvenv.cfg" ] && [ -n "$(ls -A "$venv" 2>/dev/null)" ]; then
        echo "$venv exists and is no virtual environment: move it away, or name another: make VENV=... setup" >&2
        exit 1
    fi
    python=
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c "$ok" 2>/dev/null; then python=$name; break; fi
    done
    if [ -z "$python" ]; then
        echo "Borderwire needs Python 3.11 or newer; $(python3 --version 2>/dev/null || echo 'no python3') was found." >&2
        echo "Install it (Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python)" >&2
        echo "or name one: make PYTHON=/path/to/python3.12 setup" >&2
        exit 1
    fi
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "Python $version lacks its venv module." >&2
        echo "Install it (Debian, Ubuntu: sudo apt install python$version-venv) and run this again." >&2
        exit 1
    fi
    echo "Creating $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
fi
echo "Installing $requirements (about a minute the first time)"
install() { "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check "$@"; }
# editable_mode=compat puts the checkout itself on the path: a package that an update adds is found at once
if ! install -r "$requirements" || ! install --no-deps --config-settings editable_mode=compat -e .; then
    echo "The packages could not be installed; pip says why above. They come from pypi.org unless pip is configured" >&2
    echo "otherwise: is this machine online? Run the same command again to go on where it stopped." >&2
    exit 1
fi
