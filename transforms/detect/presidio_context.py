"""Presidio's rule of context words, without its lemmas: words before a match that speak for it raise its score.

Source: Presidio 2.2.366, `LemmaContextAwareEnhancer` with its defaults; that class needs the tokens and lemmas of an NLP
model, so the words here are the runs of letters and digits as they stand.
"""

import re
from collections.abc import Sequence

SIMILARITY = 0.35
LEAST_WITH_CONTEXT = 0.4
WORDS_BEFORE = 5
_LOOK_BACK = 400
_WORD = re.compile(r"\w+")


def score_in_context(text: str, start: int, end: int, score: float, context: Sequence[str]) -> float:
    """Return a match's score, raised where a context word is part of it or of one of the five words before it.

    Example:
        >>> score_in_context("zip code 12345", 9, 14, 0.01, ["zip"]), score_in_context("took 12345", 5, 10, 0.01, ["zip"])
        (0.4, 0.01)
    """
    if not context:
        return score
    first = _WORD.match(text, start, end)
    words = _WORD.findall(text, max(0, start - _LOOK_BACK), first.end() if first else start)
    near = [word.lower() for word in words[-WORDS_BEFORE - 1 :]]
    if any(cue.lower() in word for cue in context for word in near):
        return min(1.0, max(score + SIMILARITY, LEAST_WITH_CONTEXT))
    return score
