#!/usr/bin/env bash
# Sets logveil up in .venv from locked versions, then redacts the shipped sample, or the files given.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
"$here/setup.sh"
logveil="$here/.venv/bin/logveil"
output="${LOGVEIL_OUTPUT:-$here/out}"
if [ $# -eq 0 ]; then
    mkdir -p "$output.sample"
    "$logveil" sample > "$output.sample/events.jsonl"
    set -- "$output.sample/events.jsonl"
fi
exec "$logveil" redact "$@" --output "$output" --max-rejected 0.1 --example
