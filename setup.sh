#!/usr/bin/env bash
# Makes .venv beside this script from a lock file with hashes, unless it is there already. `setup.sh dev` adds what tests need.
# Where cargo is, it builds the event engine too (engine/); LOGVEIL_ENGINE_WHEEL names a wheel of it that is there already.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kind="${1:-run}"
lock="$here/requirements.lock"
[ "$kind" = dev ] && lock="$here/requirements-dev.lock"
venv="$here/.venv"
stamp="$venv/.installed-$kind"
wanted=$(cat "$lock" "$here/pyproject.toml" | sha256sum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exec "$here/engine/install.sh" "$venv"; fi

usable() { command -v "$1" > /dev/null && "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2> /dev/null; }
# Preferred is what can make a .venv and was built with profile-guided optimisation: without it, as pyenv builds Python
# unless told otherwise, a run takes an eighth more time.
preferred() {
    "$1" -c 'import ensurepip, sys, sysconfig
sys.exit(sys.base_prefix != "/usr" and "--enable-optimizations" not in (sysconfig.get_config_var("CONFIG_ARGS") or ""))' 2> /dev/null
}
if [ ! -x "$venv/bin/python" ]; then
    python=
    candidates=(python3 python3.13 python3.12 python3.11 /usr/bin/python3)
    if [ -n "${PYTHON:-}" ]; then candidates=("$PYTHON"); fi
    for one in "${candidates[@]}"; do
        usable "$one" || continue
        python=${python:-$one}
        if preferred "$one"; then
            python=$one
            break
        fi
    done
    if [ -z "$python" ]; then
        echo "logveil needs Python 3.11, 3.12 or 3.13; name one with PYTHON=/path/to/python $0" >&2
        exit 2
    fi
    echo "Setting up $venv with $("$python" --version) (once, about two minutes) ..." >&2
    "$python" -m venv "$venv" || { echo "this Python has no venv module; on Debian: apt-get install python3-venv" >&2; exit 2; }
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e "$here"
echo "$wanted" > "$stamp"
# What development needs holds what a run needs.
if [ "$kind" = dev ]; then cat "$here/requirements.lock" "$here/pyproject.toml" | sha256sum > "$venv/.installed-run"; fi
exec "$here/engine/install.sh" "$venv"
