"""Clean the text fields of events with one engine: `clean_events.py ENGINE PATTERNS EVENTS OUT`."""

import json
import sys
import time
from pathlib import Path

from clean_texts import BUILDERS


def main() -> None:
    """Read, clean and write every event, then print the version and the seconds it took."""
    engine, patterns, events, out = sys.argv[1:]
    fields = json.loads(Path(patterns).read_text(encoding="utf-8"))["fields"]
    release, clean = BUILDERS[engine]()
    with Path(events).open(encoding="utf-8") as lines, Path(out).open("w", encoding="utf-8") as sink:
        begin, cpu_begin = time.perf_counter(), time.process_time()
        for line in lines:
            event = json.loads(line)
            for field in fields:
                value = event[field]
                if value:
                    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                    event[field] = clean(text)
            sink.write(json.dumps(event, ensure_ascii=False) + "\n")
        sink.flush()
        seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu_begin
    sys.stdout.write(json.dumps({"version": release, "seconds": seconds, "cpu_seconds": cpu_seconds}) + "\n")


if __name__ == "__main__":
    main()
