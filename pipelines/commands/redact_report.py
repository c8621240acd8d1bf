"""What `logveil redact` prints when it is done: partitions, fields, the balance, and what to do next."""

import os
import shlex
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.commands.preview import Preview
from pipelines.commands.printable import printable
from pipelines.jobs.dry_run import DryRun
from pipelines.jobs.redaction import RedactionJob
from pipelines.sources.found import input_name
from schemas.events import Counts
from schemas.ledger import Ledger, LedgerFile, LedgerSkipped, PassedOver
from schemas.policy.policy import Policy

_WIDE = 100  # columns from which every field's name fits on one line
_NARROW = 17
_SHOWN_FILES = 5
_BORDERS = 13


def print_report(
    console: Console,
    ledger: Ledger,
    policy: Policy,
    root: str,
    example: Preview | None = None,
    options: Sequence[str] = (),
) -> None:
    """Print where the partitions are, what happened to each field, and whether the run balances.

    `options` are those of the run that its verification needs too.
    """
    counts, root = ledger.counts, _near(root)
    verification = printable(shlex.join([_near(sys.argv[0]), "verify", root, *options]))
    following = Text.assemble(("Next  ", "bold"), verification)
    if not ledger.inputs:
        if ledger.skipped:
            return
        console.print("Nothing to do: an earlier run redacted every input (--again redacts it once more).")
        _print_passed_over(console, ledger.passed_over)
        console.print(following, soft_wrap=True)
        return
    console.print(_partition_table(ledger.files, root))
    _print_counts(console, policy, counts, example)
    _print_passed_over(console, ledger.passed_over)
    console.print(
        Text.assemble(("Ledger  ", "bold"), f"{printable(root)}/_runs/{ledger.run_id}.json"), soft_wrap=True
    )
    console.print(following, soft_wrap=True)


def print_skipped(console: Console, skipped: Sequence[LedgerSkipped], job: RedactionJob) -> None:
    """Name the inputs that were set aside as the person typed them, and say why."""
    for one in skipped:
        meant = [found.typed for found in job.inputs if job.safe_name(input_name(found.path)) == one.name]
        text = f"{' or '.join(map(printable, meant)) or one.name}: {one.reason}"
        console.print(Text.assemble(("Set aside  ", "bold"), text), soft_wrap=True)


def print_dry_run(console: Console, done: DryRun, policy: Policy, root: str) -> None:
    """Print what a run would do: the records of each partition, what would happen to each field, the balance."""
    if not done.inputs:
        console.print("Nothing to do: an earlier run redacted every input (--again redacts it once more).")
        return
    table = Table(title=f"Would be written to {printable(_near(root))}", title_justify="left")
    table.add_column("partition")
    table.add_column("records", justify="right")
    for partition, number in done.partitions.items():
        table.add_row(partition, f"{number:,}")
    console.print(table)
    _print_counts(console, policy, done.counts)
    console.print("A dry run: nothing was written.")


def _print_counts(console: Console, policy: Policy, counts: Counts, example: Preview | None = None) -> None:
    console.print(field_table([rule.name for rule in policy.fields], counts, example, console.width))
    console.print(Text.assemble(("Balance  ", "bold"), _balance(counts)))
    for title, prefix in (
        ("Rejected", "rejected/"),
        ("Repaired", "repaired/"),
        ("Doubtful inputs", "doubtful/"),
        ("Unknown fields", "unknown_field/"),
        ("Detected", "detected/"),
        ("Allowed", "allowed/"),
    ):
        parts = ", ".join(f"{name} {number:,}" for name, number in _under(prefix, counts))
        if parts:
            console.print(Text.assemble((f"{title}  ", "bold"), parts))


def _print_passed_over(console: Console, passed_over: Sequence[PassedOver]) -> None:
    """Print which files were not read because another path had their content: one of another host may be among them."""
    others = [file for file in passed_over if not file.same_place]
    for file in others[:_SHOWN_FILES]:
        same = f"{file.name}: the same content as {file.same_as}, so not read (--same-content=read reads it)"
        console.print(Text.assemble(("Passed over  ", "bold"), printable(same)), soft_wrap=True)
    if len(others) > _SHOWN_FILES:
        more = f"{len(others) - _SHOWN_FILES:,} more, as the ledger lists them"
        console.print(Text.assemble(("Passed over  ", "bold"), more), soft_wrap=True)


def field_table(names: Iterable[str], counts: Counts, preview: Preview | None, width: int) -> Table:
    """Return a table of what happened to each field, with one value before and after where there is a preview.

    `width` is that of the terminal in columns: names are folded and values cut so that the table fits it.
    """
    done = _treatments_by_field(counts)
    treated = {
        name: ", ".join(f"{treatment}: {number:,}" for treatment, number in done[name]) or "absent"
        for name in names
    }
    widest = _NARROW if width < _WIDE else max(map(len, treated))
    treatments = max(map(len, treated.values())) if width >= _WIDE else _NARROW
    values = max(_NARROW // 2, (width - widest - treatments - _BORDERS) // 2)
    table = Table(title="What happened to each field", title_justify="left")
    table.add_column("field", overflow="fold", width=widest)
    table.add_column("treatment: events", overflow="fold", width=max(_NARROW, treatments))
    for header in ("before", "after") if preview else ():
        table.add_column(header, no_wrap=True, overflow="ellipsis", width=values)
    for name, treatment in treated.items():
        cells = [name, treatment]
        if preview:
            cells += [_cell(preview.before.get(name)), _cell(preview.after.get(name))]
        table.add_row(*map(Text, cells))
    return table


def _partition_table(files: Iterable[LedgerFile], root: str) -> Table:
    table = Table(title=f"Partitions in {printable(root)}", title_justify="left")
    for header in ("partition", "records", "bytes"):
        table.add_column(header, justify="left" if header == "partition" else "right")
    records: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    for file in files:
        records[file.partition] += file.records
        sizes[file.partition] += file.bytes
    for partition in sorted(records):
        table.add_row(partition, f"{records[partition]:,}", f"{sizes[partition]:,}")
    return table


def _balance(counts: Counts) -> str:
    rejected = sum(number for _, number in _under("rejected/", counts))
    return (
        f"{counts['read']:,} read = {counts['written']:,} written + {rejected:,} rejected"
        f" + {counts['expired_on_arrival']:,} expired on arrival"
        + (f" + {counts['erased_on_arrival']:,} of erased accounts" if counts["erased_on_arrival"] else "")
        + f" + {counts['duplicates_dropped']:,} duplicates dropped"
    )


def _under(prefix: str, counts: Counts) -> Iterator[tuple[str, int]]:
    named = ((name[len(prefix) :], number) for name, number in counts.items() if name.startswith(prefix))
    return iter(sorted(named, key=lambda item: (-item[1], item[0])))


def _treatments_by_field(counts: Counts) -> Mapping[str, list[tuple[str, int]]]:
    done: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, number in _under("field/", counts):
        field, _, treatment = name.rpartition("/")
        done[field].append((treatment, number))
    return done


def _near(path: str) -> str:
    """Return a path as one would type it here: relative if it lies below the working directory."""
    here = f"{os.getcwd()}{os.sep}"
    return path.removeprefix(here)


def _cell(value: str | None) -> str:
    return " ".join((value or "").split())
