"""Print scores as tables and give them as JSON."""

from collections import Counter
from typing import Any

from quality_real import RealChanges
from quality_score import Example, Score
from rich.console import Console
from rich.table import Table

SHAPES = 30
_CONTEXT = 40


def print_scores(console: Console, scores: dict[str, Score], versions: dict[str, str]) -> None:
    """Print the engines side by side, kind by kind."""
    kinds = sorted({kind for score in scores.values() for kind in score.spans})
    table = Table("kind", *(f"{name} found / left" for name in scores), title="Labelled values")
    for kind in kinds:
        table.add_row("/".join(filter(None, kind)), *(_found(score, kind) for score in scores.values()))
    table.add_section()
    table.add_row("all", *(_share(score.recall) for score in scores.values()), style="bold")
    console.print(table)
    lost = Table("words lost that are not personal", *scores, title="Lost words")
    for name in sorted({kind for score in scores.values() for kind in score.lost}):
        lost.add_row(f"as {name}", *(str(score.lost[name]) for score in scores.values()))
    lost.add_section()
    for decoy in sorted({kind for score in scores.values() for kind in score.decoys}):
        lost.add_row(decoy, *(f"{s.decoys_lost[decoy]} of {s.decoys[decoy]}" for s in scores.values()))
    lost.add_section()
    lost.add_row("all words", *(str(score.words) for score in scores.values()))
    lost.add_row("lost", *(_share(score.lost_share) for score in scores.values()), style="bold")
    lost.add_row("texts", *(str(score.texts) for score in scores.values()))
    lost.add_row("texts compared by character", *(str(score.inexact) for score in scores.values()))
    lost.add_row("version", *(versions.get(name, "") for name in scores))
    console.print(lost)


def _found(score: Score, kind: tuple[str, str]) -> str:
    total, left = score.spans[kind], score.left[kind]
    return f"{total - left} / {left}  {_share(score.kind_recall(kind))}" if total else ""


def _share(value: float) -> str:
    return f"{100 * value:.2f} %"


def print_examples(console: Console, score: Score, show: bool) -> None:
    """Print where values were left and words were lost; the texts only when asked for."""
    for title, examples in (("left", score.examples_left), ("lost", score.examples_lost)):
        for kind, kept in sorted(examples.items(), key=lambda item: str(item[0])):
            label = kind if isinstance(kind, str) else "/".join(filter(None, kind))
            for example in kept:
                line = f"{title} {label} {example.coordinates()}"
                console.print(f"{line}\n{_shown(example)}" if show else line, markup=False, highlight=False)


def _shown(example: Example) -> str:
    text = example.sample.text
    before = text[max(0, example.start - _CONTEXT) : example.start]
    value = text[example.start : example.end]
    behind = text[example.end : example.end + _CONTEXT]
    return f"    {before!r} [[{value}]] {behind!r}\n    -> {example.after!r}"


def print_real(console: Console, changes: RealChanges, show: bool) -> None:
    """Print what real lines lost, file by file, and the most usual replacements."""
    columns = ("file", "lines", "changed", "words lost", "of these by form", "other words lost", "kinds")
    table = Table(*columns, title="Real lines")
    for file in changes.files:
        kinds = ", ".join(f"{kind} {count}" for kind, count in file.kinds.most_common(5))
        share = _share((file.lost - file.lost_by_form) / max(1, file.words))
        counts = map(str, (file.lines, file.changed, file.lost, file.lost_by_form))
        table.add_row(file.name, *counts, share, kinds)
    words, lost = sum(file.words for file in changes.files), sum(file.lost for file in changes.files)
    by_form = sum(file.lost_by_form for file in changes.files)
    table.add_section()
    table.add_row(
        "all", "", "", str(lost), str(by_form), _share((lost - by_form) / max(1, words)), "", style="bold"
    )
    console.print(table)
    shapes = Table(
        "kind", "shape", "times", "first at", title="Most usual replacements beside addresses and mailboxes"
    )
    for (kind, shape), count in changes.shapes.most_common(SHAPES):
        shapes.add_row(kind, shape.replace("[", r"\["), str(count), changes.places[kind, shape][0])
    console.print(shapes)
    if show:
        for key, _count in changes.shapes.most_common(10 * SHAPES):
            place, line = changes.places[key]
            console.print(f"{key[0]} {place}\n    {line[:400]!r}", markup=False, highlight=False)


def score_document(score: Score, version: str) -> dict[str, Any]:
    """Return a score as a document without any text."""
    return {
        "version": version,
        "texts": score.texts,
        "texts_compared_by_character": score.inexact,
        "recall": score.recall,
        "words": score.words,
        "words_lost": score.lost.total(),
        "words_lost_share": score.lost_share,
        "words_lost_as": dict(score.lost.most_common()),
        "kinds": {
            "/".join(filter(None, kind)): {"spans": total, "left": score.left[kind]}
            for kind, total in sorted(score.spans.items())
        },
        "decoys": {
            kind: {"decoys": total, "lost": score.decoys_lost[kind]}
            for kind, total in sorted(score.decoys.items())
        },
        "left_at": {
            "/".join(filter(None, kind)): [example.coordinates() for example in kept]
            for kind, kept in score.examples_left.items()
        },
        "lost_at": {
            kind: [example.coordinates() for example in kept] for kind, kept in score.examples_lost.items()
        },
    }


def real_document(changes: RealChanges) -> dict[str, Any]:
    """Return what real lines lost as a document without any text."""
    return {
        "files": [
            {"file": file.name, "lines": file.lines, "changed": file.changed, "words": file.words}
            | {"words_lost": file.lost, "words_lost_by_form": file.lost_by_form}
            | {"kinds": dict(file.kinds.most_common())}
            for file in changes.files
        ],
        "shapes": [
            {"kind": kind, "shape": shape, "times": count}
            for (kind, shape), count in changes.shapes.most_common(SHAPES)
        ],
    }


def missed_targets(score: Score) -> list[str]:
    """Return which of the targets a score misses: recall 99.5 %, each kind 99 %, words lost 0.5 %."""
    missed = []
    if score.recall < 0.995:
        missed.append(f"recall {_share(score.recall)} is under 99.5 %")
    totals: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for (entity, sub), total in score.spans.items():
        totals[entity] += total
        left[entity] += score.left[entity, sub]
    for entity, total in sorted(totals.items()):
        if left[entity] > 0.01 * total:
            missed.append(f"{entity}: {left[entity]} of {total} left, recall under 99 %")
    if score.lost_share > 0.005:
        missed.append(f"{_share(score.lost_share)} of the words lost, over 0.5 %")
    return missed
