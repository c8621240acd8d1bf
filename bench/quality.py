"""Score logveil's detection beside other engines on labelled events and, with --real, on real lines.

Exits with 1 when logveil misses a target: of the labelled values 99.5 % are gone without a trace, of each
kind 99 %, and at most 0.5 % of all words are lost that are not personal. quality_align.py says when a value
counts as gone, quality_score.py what a word is.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "bench" / "peers")]

from quality_samples import Sample, make_samples  # noqa: E402
from quality_score import Score, score  # noqa: E402
from quality_tables import (  # noqa: E402
    missed_targets,
    print_examples,
    print_real,
    print_scores,
    real_document,
    score_document,
)

TAG_STYLES = ("nested", "mixed")


def main(
    seeds: Annotated[str, typer.Option(help="Seeds of the generator, with commas between.")] = "101,102,103",
    count: Annotated[int, typer.Option(help="Events of each seed and tag style.")] = 3000,
    peer_count: Annotated[int, typer.Option(help="Of these, the first that peers are given too.")] = 500,
    engines: Annotated[str, typer.Option(help="Names of engines, with commas between.")] = "",
    shared: Annotated[Path, typer.Option(help="Folder with data/ and tools/.")] = ROOT.parent / "shared",
    real: Annotated[bool, typer.Option("--real", help="Score the real lines as well.")] = False,
    programs: Annotated[
        bool, typer.Option(help="Score the labelled lines of many programs, and the cases.")
    ] = True,
    other: Annotated[int, typer.Option(help="Events of another profile that are scored; 0 for none.")] = 7200,
    labelled: Annotated[bool, typer.Option(help="Score labelled events.")] = True,
    names: Annotated[
        str, typer.Option(help="A spaCy model that logveil is scored with too, as a peer is.")
    ] = "",
    show: Annotated[bool, typer.Option("--show", help="Print the texts of the examples.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here.")] = None,
) -> None:
    """Score detection; print tables; exit with 1 when logveil misses a target."""
    console = Console(width=None if sys.stdout.isatty() else 200, emoji=False)
    wanted = set(engines.split(",")) if engines else set()
    document: dict[str, Any] = {"seeds": seeds.split(","), "count": count, "peer_count": peer_count}
    missed: list[str] = []
    if labelled:
        batches = _make_batches(shared, seeds.split(","), count)
        missed = _score_labelled(console, document, batches, peer_count, wanted, names, show)
    if other:
        document["other_profile"] = _score_other(console, seeds.split(",")[0], other, show)
    if programs:
        from quality_programs import cases_document, print_programs, programs_document

        document["programs"], document["cases"] = programs_document(shared), cases_document(shared)
        print_programs(console, document["programs"], document["cases"])
    if real:
        from quality_logveil import Logveil
        from quality_real import read_real

        changes = read_real(shared / "data", Logveil().redact_lines)
        print_real(console, changes, show)
        document["real"] = real_document(changes)
    if json_file is not None:
        json_file.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    for target in missed:
        console.print(f"missed: {target}", style="red")
    raise typer.Exit(1 if missed else 0)


def _make_batches(shared: Path, seeds: list[str], count: int) -> list[list[Sample]]:
    with tempfile.TemporaryDirectory() as folder:
        return [
            make_samples(shared, Path(folder), seed, style, count) for seed in seeds for style in TAG_STYLES
        ]


def _score_labelled(
    console: Console,
    document: dict[str, Any],
    batches: list[list[Sample]],
    peer_count: int,
    wanted: set[str],
    names: str,
    show: bool,
) -> list[str]:
    """Score every wanted engine, print the tables and return the targets that logveil misses."""
    everything = [sample for batch in batches for sample in batch]
    start = [sample for sample in everything if sample.line <= peer_count]
    scores: dict[str, Score] = {}
    versions: dict[str, str] = {}
    missed: list[str] = []
    if not wanted or "logveil" in wanted:
        from quality_logveil import Logveil

        scores["logveil"] = _timed(
            console, "logveil", lambda: score(everything, Logveil().redact(everything))
        )
        missed = missed_targets(scores["logveil"])
        if names:
            scores["logveil, names"] = _timed(
                console, "logveil, names", lambda: score(start, Logveil(names).redact(start))
            )
    for name, (peer_score, version) in _score_peers(console, start, wanted).items():
        scores[name], versions[name] = peer_score, version
    print_scores(console, scores, versions)
    for name in wanted & set(scores) or {"logveil"} & set(scores):
        console.print(f"Examples of {name}, as seed/tag style:line:field:start-end")
        print_examples(console, scores[name], show)
    document["engines"] = {name: score_document(s, versions.get(name, "")) for name, s in scores.items()}
    document["missed"] = missed
    return missed


def _score_other(console: Console, seed: str, count: int, show: bool) -> dict[str, Any]:
    """Score logveil on events whose names, ids, carriers and kinds are none of the generator's, and print the table."""
    from quality_logveil import Logveil
    from quality_other import other_samples

    samples = other_samples(seed, count)
    result = score(samples, Logveil().redact(samples))
    print_scores(console, {"logveil, another profile": result}, {})
    print_examples(console, result, show)
    return score_document(result, "")


def _score_peers(console: Console, samples: list[Sample], wanted: set[str]) -> dict[str, tuple[Score, str]]:
    """Score the installed peers; one that fails is named and left out."""
    from text_engines import INTERPRETERS, PeerError
    from text_engines import engines as installed

    results = {}
    peers = installed()
    for name in INTERPRETERS:
        if wanted and name not in wanted:
            continue
        if name not in peers:
            console.print(f"{name}: not installed, see bench/peers/setup.sh")
            continue
        clean = peers[name]
        try:
            result = _timed(console, name, lambda: score(samples, (clean(s.text) for s in samples)))  # noqa: B023
        except PeerError as error:
            console.print(f"{name}: left out, {error}")
            continue
        finally:
            clean.close()
        results[name] = (result, clean.version)
    return results


def _timed(console: Console, name: str, run: Callable[[], Score]) -> Score:
    begin = time.perf_counter()
    result = run()
    console.print(f"{name}: {result.texts} texts scored in {time.perf_counter() - begin:.1f} s")
    return result


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app()
