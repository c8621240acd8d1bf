"""Score redacted texts: labelled values that are left, and words lost that are not personal."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from quality_align import Alignment, align
from quality_forms import Mark
from quality_samples import Sample

_HAN = r"\u4e00-\u9fff"
_WORD = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")
EXAMPLES = 10
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Example:
    """Where something was left or lost: coordinates, and the two texts for whoever asks to see them."""

    sample: Sample
    start: int
    end: int
    after: str

    def coordinates(self) -> str:
        """Return seed:line:field:start-end."""
        return f"{self.sample.batch}:{self.sample.line}:{self.sample.field}:{self.start}-{self.end}"


@dataclass
class Score:
    """Counts of one engine; kinds are (entity, sub)."""

    spans: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    words: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    decoys: Counter[str] = field(default_factory=Counter)
    decoys_lost: Counter[str] = field(default_factory=Counter)
    texts: int = 0
    inexact: int = 0
    examples_left: dict[tuple[str, str], list[Example]] = field(default_factory=dict)
    examples_lost: dict[str, list[Example]] = field(default_factory=dict)

    @property
    def recall(self) -> float:
        """Return the share of labelled values of which nothing is left."""
        return 1 - self.left.total() / max(1, self.spans.total())

    def kind_recall(self, kind: tuple[str, str]) -> float:
        """Return the recall of one kind."""
        return 1 - self.left[kind] / max(1, self.spans[kind])

    @property
    def lost_share(self) -> float:
        """Return the words lost that are not personal, as a share of all words."""
        return self.lost.total() / max(1, self.words)


def score(samples: Iterable[Sample], redacted: Iterable[str]) -> Score:
    """Compare each text with what an engine made of it."""
    result = Score()
    for sample, after in zip(samples, redacted, strict=True):
        personal = [(mark.start, mark.end) for mark in sample.spans + sample.natural]
        alignment = align(sample.text, after, personal)
        result.texts += 1
        result.inexact += not alignment.exact
        _count_spans(result, sample, after, alignment)
        _count_words(result, sample, after, alignment)
        for decoy in sample.decoys:
            result.decoys[decoy.entity] += 1
            result.decoys_lost[decoy.entity] += 0 in alignment.kept[decoy.start : decoy.end]
    return result


def _count_spans(result: Score, sample: Sample, after: str, alignment: Alignment) -> None:
    for span in sample.spans:
        kind = (span.entity, span.sub)
        result.spans[kind] += 1
        if 1 in alignment.kept[span.start : span.end]:
            result.left[kind] += 1
            _note(result.examples_left, kind, Example(sample, span.start, span.end, after))


def _count_words(result: Score, sample: Sample, after: str, alignment: Alignment) -> None:
    for start, end, personal in words(sample.text, sample.spans + sample.natural):
        result.words += 1
        if personal or 0 not in alignment.kept[start:end]:
            continue
        token = next((gap.token for gap in alignment.gaps if gap.start < end and gap.end > start), "")
        result.lost[token_kind(token)] += 1
        _note(result.examples_lost, token_kind(token), Example(sample, start, end, after))


def _note(examples: dict[Kind, list[Example]], kind: Kind, example: Example) -> None:
    kept = examples.setdefault(kind, [])
    if len(kept) < EXAMPLES and not (kept and kept[-1].sample is example.sample):
        kept.append(example)


def words(text: str, personal: Sequence[Mark]) -> Iterator[tuple[int, int, bool]]:
    """Yield the words of a text and whether each is personal.

    A word is a run of letters, digits and underscores, or a run of Han characters; it ends where a
    personal value begins or ends, so that a value glued to other text takes no other word with it.

    Example:
        >>> text = "用户bob登录 v1.2"
        >>> marks = [Mark(2, 5, "USERNAME", "")]
        >>> [(text[start:end], personal) for start, end, personal in words(text, marks)]
        [('用户', False), ('bob', True), ('登录', False), ('v1', False), ('2', False)]
    """
    borders = sorted({0, len(text), *(mark.start for mark in personal), *(mark.end for mark in personal)})
    covered = [(mark.start, mark.end) for mark in personal]
    for start, end in pairwise(borders):
        inside = any(begin <= start and end <= stop for begin, stop in covered)
        for match in _WORD.finditer(text, start, end):
            yield match.start(), match.end(), inside


def token_kind(token: str) -> str:
    """Return what a token stands for, in a form that doesn't vary with the value.

    Example:
        >>> token_kind("<EMAIL>"), token_kind("[PHONE_2]"), token_kind("10.1.2.0/24")
        ('EMAIL', 'PHONE', 'network')
        >>> token_kind("usr_1_abcdefghijklmnopqrst"), token_kind("")
        ('usr', '(none)')
    """
    if not token:
        return "(none)"
    if re.match(r"[a-z]{3}_", token):
        return token[:3]
    kind = re.match(r"(?:[<\[{]|%3C)+([A-Z_]*[A-Z])", token)
    return kind.group(1) if kind else "network"
