"""Look for an expression or a text on which the engine's matcher and `re` differ, for as long as is asked.

    .venv/bin/python bench/fuzz_matcher.py --minutes 10 --seed 1

Half of the time expressions drawn from a grammar of `re` are run on texts drawn beside, half of it the patterns of all
recognizers, with their checks where these are data, on texts made of their examples. The exit code is 1 if any differs.
"""

import argparse
import json
import random
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from logveil_engine import Matcher  # noqa: E402

from schemas.errors import DetectorError  # noqa: E402
from schemas.policy.file import default_policy  # noqa: E402
from transforms.detect.conditions import condition_of  # noqa: E402
from transforms.detect.configuration import Detection  # noqa: E402
from transforms.detect.formats.shipped import shipped_files  # noqa: E402
from transforms.detect.programs import program_of  # noqa: E402

LETTERS = "abA_1- \n\u00e9\u00df\u017f\u212a\u4e2d\u0663\u00a0\U0001f600."
CLASSES = (*map(re.escape, LETTERS), *r"\w \d \s \W \D \S . [a-c] [^a] [^\W_] [A-Z\u4e00-\u9fff]".split())
REPEATS = ("*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}")
PLACES = (r"\b", r"\B", "^", "$", r"\A", r"\Z")
FLAGS = (re.ASCII, re.IGNORECASE, re.MULTILINE, re.DOTALL)
TEXTS_AN_EXPRESSION = 12

Case = tuple[re.Pattern[str], object, str, int, int]
Run = tuple[Matcher | None, Callable[[re.Match[str]], bool]]


def expression(draw: random.Random, depth: int) -> str:
    """Draw an expression of `re`."""
    if depth == 0:
        return draw.choice(CLASSES)
    shape = draw.choice(SHAPES)
    return re.sub("[PCRLGT]", lambda sign: _PIECES[sign[0]](draw, depth - 1), shape)


SHAPES = (
    *("P", "PP", "PPP", "(?:P|P)", "(?:P)RL", "CRT", "GP)", "GP)", "(?=P)", "(?!P)", "(?<=C)", "(?<!C)"),
    *PLACES,
    r"(?:\1)",
    "(?(1)a|b)",
)
_PIECES = {
    "P": expression,
    "C": lambda draw, _: draw.choice(CLASSES),
    "R": lambda draw, _: draw.choice(REPEATS),
    "L": lambda draw, _: draw.choice(("", "?")),
    "T": lambda draw, _: draw.choice(("", "?", "+")),
    "G": lambda draw, _: draw.choice(("(", "(?i:", "(?>")),
}


def expressions(draw: random.Random) -> Iterator[Case]:
    """Yield expressions with texts and parts of them, without end."""
    while True:
        flags = re.RegexFlag(0)
        for flag in FLAGS:
            flags |= flag if draw.random() < 0.5 else re.RegexFlag(0)
        try:
            pattern = re.compile(expression(draw, 4), flags)
        except (re.error, OverflowError):
            continue
        for _ in range(TEXTS_AN_EXPRESSION):
            text = "".join(draw.choices(LETTERS, k=draw.randint(0, 12)))
            yield pattern, None, text, draw.choice((0, 0, 3)), draw.choice((99, 99, 8))


def recognizers(draw: random.Random) -> Iterator[Case]:
    """Yield the patterns of recognizers with texts of their examples' pieces, without end."""
    asked = Detection.of(default_policy()).recognizers()
    shown = [text for one in asked for text in getattr(one, "examples", ())]
    shown += [line for file in shipped_files().values() for line in file.lines]
    pieces = [piece for text in shown for piece in re.findall(r"\w+|\W", re.sub("[«»]", "", text))]
    patterns = [(one.compiled, getattr(one, "check", None)) for one in asked if hasattr(one, "compiled")]
    patterns += [(one.form.pattern, None) for one in asked if hasattr(one, "form")]
    while True:
        texts = (re.sub("[«»]", "", draw.choice(shown)), "".join(draw.choices(pieces, k=draw.randint(1, 30))))
        text = "".join(draw.sample(texts, 2))
        for pattern, check in patterns:
            yield pattern, check, text, 0, len(text)


def differs(case: Case, known: dict[tuple[object, object], Run]) -> bool:
    """Tell whether a case is found otherwise by the engine; what it does not run, or `re` fails on, is none."""
    pattern, check, text, start, end = case
    key = (pattern, check)
    if key not in known:
        known[key] = _run(pattern, check)
    matcher, is_taken = known[key]
    if matcher is None:
        return False
    try:
        wanted = [
            [None if match.start(group) < 0 else match.span(group) for group in range(pattern.groups + 1)]
            for match in pattern.finditer(text, start, end)
            if is_taken(match)
        ]
    except SystemError:  # `re` of 3.11 says so itself where it lost a group
        return False
    return matcher.find(text, start, end) != wanted


def _run(pattern: re.Pattern[str], check: object) -> Run:
    condition = None if check is None else condition_of(check, pattern)
    try:
        program = json.dumps(program_of(pattern))
    except DetectorError:
        return None, bool
    if condition is None:
        return Matcher(program), bool
    return Matcher(program, json.dumps(condition)), check


def main() -> None:
    """Run both kinds in turns; print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    found = 0
    for cases in (expressions, recognizers):
        end = time.monotonic() + options.minutes * 30
        known: dict[tuple[object, object], Run] = {}
        runs = 0
        for case in cases(random.Random(options.seed)):
            runs += 1
            if differs(case, known):
                found += 1
                print(f"{case[0].pattern!r} {case[0].flags} {case[2:]!r}", flush=True)
            if len(known) > 2_000:
                known.clear()
            if time.monotonic() > end:
                break
        print(f"{cases.__name__}: {runs:,} cases, {found} differ", flush=True)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
