#!/usr/bin/env bash
# Builds manylinux wheels of the event engine for x86_64 and aarch64, linked by zig: `wheels.sh VENV FOLDER`.
set -euo pipefail
engine=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$engine/requirements.lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps ziglang==0.13.0
for target in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu; do
    if command -v rustup > /dev/null; then rustup target add "$target"; fi
    PATH="$venv/bin:$PATH" "$venv/bin/maturin" build --release --zig --target "$target" --compatibility manylinux_2_17 \
        --manifest-path "$engine/Cargo.toml" --out "$out"
done
