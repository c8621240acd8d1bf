#!/usr/bin/env bash
# Sets logveil up in .venv from locked versions, then redacts the shipped sample, or the files given. Of the sample it shows
# values before and after; of files of one's own only with --example, as what was not redacted yet is then on the screen.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
"$here/setup.sh"
logveil="$here/.venv/bin/logveil"
output="${LOGVEIL_OUTPUT:-$here/out}"
example=()
if [ $# -eq 0 ]; then
    mkdir -p "$output.sample"
    "$logveil" sample > "$output.sample/events.jsonl"
    set -- "$output.sample/events.jsonl"
    example=(--example)
fi
exec "$logveil" redact "$@" --output "$output" --max-rejected 0.1 "${example[@]}"
