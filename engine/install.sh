#!/usr/bin/env bash
# Puts the event engine into a virtual environment, unless it is there as it stands here: `install.sh VENV`.
# It takes the wheel that LOGVEIL_ENGINE_WHEEL names, else builds one where cargo is, else leaves it: logveil runs without.
set -euo pipefail
engine=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv="$1"
oldest=1.75
stamp="$venv/.installed-engine"
wanted=$(cd "$engine" && find . -name target -prune -o \( -name '*.rs' -o -name 'Cargo.*' -o -name '*.toml' \) -print0 \
    | sort -z | xargs -0 sha256sum | sha256sum)
wanted="$wanted $(command -v cargo || echo no cargo)"
if [ -n "${LOGVEIL_ENGINE_WHEEL:-}" ]; then wanted=$(sha256sum "$LOGVEIL_ENGINE_WHEEL"); fi
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
new_enough() {
    local found
    found=$(cargo --version 2> /dev/null | cut -d' ' -f2)
    [ -n "$found" ] && [ "$(printf '%s\n' "$oldest" "$found" | sort -V | head -1)" = "$oldest" ]
}
build() {
    install --require-hashes --no-deps -r "$engine/requirements.lock" \
        && CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$venv/engine-target}" "$venv/bin/maturin" build --quiet --release --locked \
            --manifest-path "$engine/Cargo.toml" --interpreter "$venv/bin/python" --compatibility linux --out "$1" \
        && install --no-deps --no-index --force-reinstall "$1"/*.whl
}
if [ -n "${LOGVEIL_ENGINE_WHEEL:-}" ]; then
    install --no-deps --no-index --force-reinstall "$LOGVEIL_ENGINE_WHEEL"
elif new_enough; then
    echo "Building the event engine (once, about two minutes) ..." >&2
    wheels=$(mktemp -d)
    trap 'rm -rf "$wheels"' EXIT
    build "$wheels" || {
        echo "The event engine could not be built: logveil runs its plain steps, with the same records at less speed." \
            "Remove $stamp to try again." >&2
    }
else
    echo "No event engine: logveil runs its plain steps, with the same records at less speed. Install cargo $oldest or" \
        "newer (https://rustup.rs, or Debian's cargo-web) and run setup.sh again, or set LOGVEIL_ENGINE_WHEEL." >&2
fi
echo "$wanted" > "$stamp"
