"""Look for texts that break the detection, for as long as is asked: by Hypothesis, or by coverage with atheris.

    .venv/bin/python bench/fuzz.py hypothesis --minutes 10
    .venv/bin/python -m pip install --target .tools/atheris atheris
    PYTHONPATH=.tools/atheris .venv/bin/python bench/fuzz.py atheris --minutes 10

Every finding is printed once per bucket with its shortest text; the exit code is 1 if there is any.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

LONGEST = 2_000
_ALPHABET = "abcXYZ019 \t\n=:;,.@/\\%&-_+'\"()[]{}<>用户张伟：，１é\u200b\x1b\x00"
_EXAMPLES_A_ROUND = 500


class Findings:
    """The shortest text of each bucket."""

    def __init__(self) -> None:
        self.shortest: dict[tuple[str, str], str] = {}
        self.texts = 0
        self._started = time.monotonic()

    def note(self, finding: object) -> None:
        """Keep a finding if it is new or shorter than the one of its bucket, and print it."""
        key = (finding.property, finding.bucket)
        known = self.shortest.get(key)
        if known is None or len(finding.text) < len(known):
            self.shortest[key] = finding.text
        if known is None:
            print(
                f"[{self.seconds:.0f} s] {finding.property}: {finding.bucket}: {finding.text!r}", flush=True
            )

    @property
    def seconds(self) -> float:
        """Return how long the search has run."""
        return time.monotonic() - self._started

    def report(self) -> int:
        """Print the shortest text of each bucket and return the exit code."""
        for (name, bucket), text in sorted(self.shortest.items()):
            print(f"{name}: {bucket}\n    {text!r}")
        print(f"{self.texts} texts in {self.seconds:.0f} s, {len(self.shortest)} findings", flush=True)
        return 1 if self.shortest else 0


def with_hypothesis(seconds: float, findings: Findings) -> None:
    """Run rounds of generated texts, each with a seed of its own, and let Hypothesis shrink what is new."""
    from fuzz_checks import FRAGMENTS, Checks
    from hypothesis import HealthCheck, given, seed, settings
    from hypothesis import strategies as st

    checks = Checks()
    piece = st.one_of(
        st.sampled_from(FRAGMENTS),
        st.sampled_from(FRAGMENTS).flatmap(
            lambda text: st.integers(0, len(text)).map(lambda cut: text[cut:])
        ),
        st.text(_ALPHABET, max_size=12),
        st.text(max_size=8),
    )
    texts = st.tuples(st.sampled_from(("", " ", "; ", "\n")), st.lists(piece, max_size=6)).map(
        lambda two: two[0].join(two[1])
    )
    told: set[tuple[str, str]] = set()

    def nothing_new(text: str, form: int) -> None:
        findings.texts += 1
        new = [one for one in checks.findings(text, form) if (one.property, one.bucket) not in told]
        for one in new:
            findings.note(one)
        assert not new

    number = int(time.time())
    while findings.seconds < seconds:
        number += 1
        told.update(findings.shortest)
        chosen = settings(
            max_examples=_EXAMPLES_A_ROUND,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        with contextlib.suppress(AssertionError):
            seed(number)(chosen(given(text=texts, form=st.integers(0, 209))(nothing_new)))()


def with_atheris(seconds: float, findings: Findings, corpus: Path) -> None:
    """Let libFuzzer look for texts that reach new branches of the detection; returns by leaving the process."""
    import atheris

    with atheris.instrument_imports(include=["transforms"]):
        from fuzz_checks import FRAGMENTS, Checks

    checks = Checks()
    corpus.mkdir(exist_ok=True)
    for index, fragment in enumerate(FRAGMENTS):
        (corpus / f"{index}").write_bytes(bytes([index % 210]) + fragment.encode())

    def one_input(data: bytes) -> None:
        findings.texts += 1
        for finding in checks.findings(data[1:].decode("utf-8", "replace"), data[0] if data else 0):
            findings.note(finding)
        if findings.seconds > seconds:
            # libFuzzer leaves by exit(), which would end the process before anything is told.
            os._exit(findings.report())

    arguments = [sys.argv[0], str(corpus), f"-max_len={LONGEST}", "-verbosity=0", "-print_final_stats=0"]
    atheris.Setup(arguments, one_input)
    atheris.Fuzz()


def main() -> int:
    """Run the search that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("search", choices=("hypothesis", "atheris"))
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    findings = Findings()
    if options.search == "hypothesis":
        with_hypothesis(60 * options.minutes, findings)
    else:
        with tempfile.TemporaryDirectory(prefix="logveil-fuzz-") as folder:
            with_atheris(60 * options.minutes, findings, Path(folder) / "corpus")
    return findings.report()


if __name__ == "__main__":
    sys.exit(main())
