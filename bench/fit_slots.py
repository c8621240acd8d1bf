"""Learn the weights of slots from labelled lines, and print how they do on programs that were left out.

    .venv/bin/python bench/fit_slots.py ../shared/data/labelled/programs

A family of programs is fitted if the first byte of the SHA-256 of its name is even, else left out (`left_out`). The
model is a logistic regression whose weights are drawn to those that we would have set by hand (`PRIOR`), so that
evidence that the lines hardly show keeps a sensible weight; the same lines give the same table.
"""

import hashlib
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
TABLE = ROOT / "transforms" / "detect" / "data" / "slot_weights.json"
_PENALTY = 1.0
_OF_WORDS = 4.0
"""How firmly the weights of words keep to the prior: the accounts of samples are often made up of ordinary words."""
_STEPS = 150
_OF_PERSONS = ("USERNAME", "PERSON")
_SIGNED = (
    "cue",
    "preposition",
    "quoted",
    "bracketed",
    "address",
    "behind_address",
    "subject",
    "at",
    "domain",
)
PRIOR = {
    "form cue": -2.0, "form preposition": -3.0, "form quoted": -3.0, "form bracketed": -3.2,
    "form address": -2.2, "form behind_address": -3.2, "form subject": -2.0, "form list": -1.0,
    "form at": -2.0, "form domain": -2.0, "form domain_in_brackets": 1.5, "word suspect": 2.0,
    "word ordinary": -3.3, "word ordinary parts": -1.5, "word stop": -4.0, "word common account": -0.5,
    "word no letters": -2.5, "word name": 0.7, "word login": 0.3, "word number": -1.0, "word digits": 0.3,
    "word at": 0.5, "word dot": -0.3, "word underscore": -0.2, "word hyphen": -0.8, "word capitals": -1.5,
    "word camel": -0.8, "word title": -0.5, "word short": -1.5, "word long": -1.0, "word extension": -2.5,
    "word version": -2.5, "word hexadecimal": -1.5, "word random": -1.0, "cue strong": 2.5, "cue by": 1.0,
    "cue for": 0.7, "cue as": 0.5, "cue from": -0.5, "cue of": -0.5, "cue to": -0.8, "cue with": -1.0,
    "cue su": 2.0, "cue named": 1.5, "cue called": 0.5, "cue onbehalfof": 3.0, "cue impersonating": 3.0,
    "cue name": -0.8, "cue client": -1.0, "cue subject": -1.0, "cue peer": -1.0, "cue owner": 0.5,
    "cue actor": 0.5, "cue other": -0.7, "cue ordinary": -0.3, "quoted": 0.5, "cue keyed": 0.3,
    "then address": 1.2, "then from": 0.8, "then uid": 2.5, "then event": 3.5, "then act": 1.8,
    "cue person": 1.2, "then noun": -3.0, "then verb": 0.8, "then end": 0.3, "then colon": -0.5,
    "then equals": -3.0, "then slash": -2.0, "then call": -2.0, "then other": -0.3, "sign in line": 0.5,
    "failure in line": 0.4, "address in line": 0.3, "program of accounts": 1.2, "code in line": -1.5,
    "braces in line": -0.7, "beside thing": -2.5, "domain in capitals": 1.6, "escape": -4.0,
    "first in line": -2.0, "then quote": -2.0, "cue sharedwith": 1.5, "cue assignedto": 1.5,
    "cue reassignedto": 1.5, "cue grantedto": 1.0, "cue belongsto": 1.0, "cue belongingto": 1.0,
    "cue belongto": 1.0, "cue transferredto": 0.5, "cue delegatedto": 1.5, "cue escalatedto": 1.0,
    "cue mailedto": 1.5, "cue processof": 1.5, "cue processesof": 2.0, "cue jobof": 1.0,
    "cue jobsof": 1.5, "cue jobfor": 0.5, "cue jobsfor": 1.0, "cue jobfrom": 0.5, "cue jobsfrom": 0.5,
    "cue filesof": 0.5, "cue fileof": -1.0, "cue quotafor": 1.5, "cue quotaof": 1.5, "cue limitfor": 0.5,
    "cue limitof": -0.5, "cue mappedto": 0.5,
    **{f"sign near {form}": 1.0 for form in _SIGNED},
}  # fmt: skip


class Candidate(NamedTuple):
    """A place in a labelled line, what speaks for it, what it is, and how much it counts."""

    evidence: tuple[str, ...]
    personal: bool
    family: str
    share: float
    text: str


def left_out(family: str) -> bool:
    """Tell whether the programs of a family are kept apart for measuring."""
    return hashlib.sha256(family.encode()).digest()[0] % 2 == 1


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the labelled lines."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)


def candidates(folder: Path) -> list[Candidate]:
    """Return all candidates of all forms; those that labels leave open say nothing."""
    from transforms.detect.slots import SLOTS
    from transforms.detect.slots.evidence import evidence

    found: list[Candidate] = []
    rows = list(lines(folder))
    of_program = Counter(row["program"] for row in rows)
    for row in rows:
        for slot in SLOTS:
            for match in slot.candidates(row["text"]):
                personal = _is_personal(row["spans"], *match.span("value"))
                if personal is not None:
                    share = 1 / math.sqrt(of_program[row["program"]])
                    found.append(
                        Candidate(
                            evidence(match, slot.form.name), personal, row["family"], share, _around(match)
                        )
                    )
    return found


def _around(match: re.Match[str]) -> str:
    start, end = match.span("value")
    text = match.string
    return f"{text[max(0, start - 50) : start]}«{text[start:end]}»{text[end : end + 30]}".replace("\n", " ")


def _is_personal(spans: Sequence[dict[str, Any]], start: int, end: int) -> bool | None:
    over = [span for span in spans if span["start"] < end and start < span["end"]]
    if not over:
        return False
    inside = (span for span in over if span["start"] <= start and end <= span["end"])
    return True if any(span["entity"] in _OF_PERSONS and span["level"] == "must" for span in inside) else None


def fit(found: Sequence[Candidate]) -> dict[str, float]:
    """Return the weights that explain the candidates best."""
    names = sorted({one for candidate in found for one in candidate.evidence} | set(PRIOR))
    place = {name: index for index, name in enumerate(names)}
    prior = [PRIOR.get(name, 0.0) for name in names]
    rows = [([place[one] for one in c.evidence], c.personal, c.share) for c in found]
    penalties = [_OF_WORDS if name.startswith("word ") else _PENALTY for name in names]
    values = list(prior)
    squares = [1e-6] * len(names)
    for _ in range(_STEPS):
        slope = [hold * (value - drawn) for hold, value, drawn in zip(penalties, values, prior, strict=True)]
        for places, personal, share in rows:
            miss = share * (1 / (1 + math.exp(-sum(values[at] for at in places))) - personal)
            for at in places:
                slope[at] += miss
        for at, one in enumerate(slope):  # AdaGrad: frequent evidence takes smaller steps
            squares[at] += one * one
            values[at] -= 0.2 * one / math.sqrt(squares[at])
    return {name: round(value, 2) for name, value in zip(names, values, strict=True) if abs(value) >= 0.05}


def report(name: str, found: Sequence[Candidate], table: dict[str, float]) -> None:
    """Print how many candidates of a part are told right."""
    from transforms.detect.slots.recognizer import weigh

    told = Counter((c.personal, weigh(c.evidence, table) > 0) for c in found)
    print(
        f"{name}: {told[True, True]} of {told[True, True] + told[True, False]} accounts taken, "
        f"{told[False, True]} of {told[False, True] + told[False, False]} other words taken"
    )


def show(found: Sequence[Candidate], table: dict[str, float]) -> None:
    """Print the candidates of the fitted part that are told wrong."""
    from transforms.detect.slots.recognizer import weigh

    for one in found:
        taken = weigh(one.evidence, table)
        if (taken > 0) != one.personal:
            print("MISS" if one.personal else "TAKE", one.family, f"{taken:.2f}", one.text)


def main() -> None:
    """Fit, write the table, print both parts."""
    found = candidates(Path(sys.argv[1]))
    fitted = [one for one in found if not left_out(one.family)]
    table = fit(fitted)
    document = {
        "source": "bench/fit_slots.py: labelled programs whose family's SHA-256 begins with an even byte",
        "weights": table,
    }
    TABLE.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if "--show" in sys.argv:
        show(fitted, table)
    report("fitted", fitted, table)
    report("left out", [one for one in found if left_out(one.family)], table)


if __name__ == "__main__":
    main()
