"""`logveil redact`: the options of the batch job, and its report on a terminal."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from secrets import token_bytes
from typing import Annotated

import typer

from pipelines.commands.account_options import Force, Reason
from pipelines.commands.clock import forced, guard_clock
from pipelines.commands.detectors import (
    AllowOption,
    FormatsOption,
    NamesOption,
    RecognizersOption,
    detection_of,
)
from pipelines.commands.input_options import (
    BadInput,
    BadInputOption,
    EncodingOption,
    Format,
    LinesOption,
    TimezoneOption,
    zone_named,
)
from pipelines.commands.known_accounts import KnownAccountsOption, with_known_accounts
from pipelines.commands.moments import moment as moment
from pipelines.commands.policy import PolicyOption, read_policy
from pipelines.commands.preview import preview_of
from pipelines.commands.progress import Quiet, watch_unless
from pipelines.commands.redact_report import print_dry_run, print_report, print_skipped
from pipelines.commands.restore_check import ring_beside
from pipelines.commands.stores import account_store, erased_accounts, event_store
from pipelines.commands.terminal import console, say_json
from pipelines.jobs.chosen import SameContent
from pipelines.jobs.dry_run import DryRun
from pipelines.jobs.dry_run import dry_run as count_dry_run
from pipelines.jobs.redaction import RedactionJob, run_redaction
from pipelines.keys.files import KEY_VARIABLE
from pipelines.keys.rings import FIRST_EPOCH, KeyRing, development_keys, load_keys
from pipelines.sources.decompress import MAX_EXPANSION
from pipelines.sources.found import find_inputs
from pipelines.sources.inputs import Given
from schemas.ledger import total
from schemas.policy.policy import Policy
from transforms.avro.blocks import Codec
from transforms.classify import UnknownFields
from transforms.engine.choice import EngineChoice
from transforms.framing.text_events import Lines
from transforms.pseudonyms import PseudonymKey

MIB = 1 << 20
_KEY_BYTES = 32
_TOO_MANY_REJECTED = 1

Inputs = Annotated[
    list[str],
    typer.Argument(
        help="Files, globs, directories, or - for standard input. Options of Beam go last, after --.",
        show_default=False,
    ),
]
Output = Annotated[Path, typer.Option(help="The output root.")]
Keys = Annotated[
    Path | None,
    typer.Option(
        help=f"Key file or directory. Default: the variable {KEY_VARIABLE}, else a development key beside the root."
    ),
]
Unknown = Annotated[UnknownFields, typer.Option(help="What becomes of a field outside the policy.")]
MaxBytes = Annotated[int, typer.Option(min=1024, help="A longer event is rejected.")]
MaxExpansion = Annotated[
    int, typer.Option(min=1, help="A file that unpacks to more times its size is refused.")
]
MaxRejected = Annotated[
    float, typer.Option(min=0, max=1, help="The exit code is 1 if a larger share of the records is rejected.")
]
Skew = Annotated[float, typer.Option(min=0, max=8784, help="How far in the future an event time may be.")]
Again = Annotated[bool, typer.Option("--again", help="Redact once more what was redacted before, in place.")]
Same = Annotated[
    SameContent, typer.Option(help="What becomes of a file whose content was read under another path.")
]
Workers = Annotated[
    int, typer.Option(min=0, help="Worker processes. 0: one a core where the input pays for it.")
]
CodecOption = Annotated[
    Codec, typer.Option(help="How files are compressed. DuckDB reads deflate only; files are a sixth larger.")
]
Now = Annotated[
    datetime | None, typer.Option(help="The moment (UTC) that counts as now. Default: the clock.")
]
Example = Annotated[bool, typer.Option("--example", help="Show a value of each field before and after.")]
VaultUrl = Annotated[
    str | None,
    typer.Option(
        "--vault", envvar="LOGVEIL_VAULT", help="Also note the accounts in this vault (database URL)."
    ),
]
EventsUrl = Annotated[
    str | None,
    typer.Option("--mysql", envvar="LOGVEIL_MYSQL", help="Also insert the events into this MySQL database."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Read everything, write nothing, and report what would be done.")
]
Engine = Annotated[
    EngineChoice,
    typer.Option(
        help="What makes the records: the plain steps, the native engine, or the engine where it can."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the ledger as JSON.")]


def redact(
    inputs: Inputs,
    output: Output,
    policy: PolicyOption = None,
    recognizers: RecognizersOption = None,
    formats: FormatsOption = None,
    names: NamesOption = None,
    allow: AllowOption = None,
    known_accounts: KnownAccountsOption = None,
    keys: Keys = None,
    format: Format = None,
    encoding: EncodingOption = None,
    timezone: TimezoneOption = "UTC",
    lines: LinesOption = Lines.EVENTS,
    on_bad_input: BadInputOption = BadInput.STOP,
    unknown_fields: Unknown = UnknownFields.DROP,
    max_event_bytes: MaxBytes = 8 * MIB,
    max_expansion: MaxExpansion = MAX_EXPANSION,
    max_rejected: MaxRejected = 0.0,
    skew_hours: Skew = 24,
    again: Again = False,
    same_content: Same = SameContent.SKIP,
    workers: Workers = 0,
    codec: CodecOption = Codec.ZSTANDARD,
    engine: Engine = EngineChoice.AUTO,
    now: Now = None,
    vault: VaultUrl = None,
    mysql: EventsUrl = None,
    example: Example = False,
    dry_run: DryRunOption = False,
    force: Force = False,
    reason: Reason = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Redact log files into tagged Avro partitions that expire by date."""
    paths, beam_options = split_beam_options(inputs)
    stated = read_policy(policy)
    detection = detection_of(stated, recognizers, formats, names, allow)
    root = output.absolute()
    found = find_inputs(paths, root)
    today, allowed = moment(now), forced(force, reason)
    if not dry_run:
        guard_clock(root, today, reason=allowed, inputs=[file.path for file in found if file.is_named])
    ring = passing_ring(keys, root) if dry_run else key_ring(keys, root)  # last, for it may make a key
    job = RedactionJob(
        inputs=found,
        root=root,
        policy=stated,
        key=ring.current,
        now=today,
        given=Given(format, encoding, zone_named(timezone), max_expansion),
        lines=lines,
        skips_bad_input=on_bad_input is BadInput.SKIP,
        unknown_fields=unknown_fields,
        max_event_bytes=max_event_bytes,
        skew=timedelta(hours=skew_hours),
        again=again,
        same_content=same_content,
        workers=workers,
        codec=codec,
        beam_options=beam_options,
        detection=with_known_accounts(detection, known_accounts, vault, ring, stated),
        keys=ring.keys,
        vault=None if vault is None or dry_run else account_store(vault, ring, stated),
        erased_in_vault={} if vault is None else erased_accounts(vault, ring, stated),
        event_table=None if mysql is None or dry_run else event_store(mysql, stated),
        forced=allowed,
        engine=engine,
    )
    if dry_run:
        would = count_dry_run(job)
        _end(_reported(would, stated, str(output), as_json), max_rejected, would.skipped > 0)
        return
    ledger = run_redaction(job, watch_unless(as_json or quiet))
    if as_json:
        say_json(ledger.to_json())
    else:
        shown = preview_of(job) if example and ledger.inputs else None
        same = {
            "--policy": policy,
            "--recognizers": recognizers,
            "--formats": formats,
            "--names": names,
            "--allow": allow,
        }
        given = [f"{name}={path}" for name, path in same.items() if path is not None]
        print_report(console(), ledger, job.policy, str(output), shown, given)
        print_skipped(console(), ledger.skipped, job)
    _end(ledger.counts, max_rejected, bool(ledger.skipped))


def _reported(done: DryRun, policy: Policy, root: str, as_json: bool) -> Mapping[str, int]:
    """Print what a run would do and return its counts."""
    if as_json:
        say_json({"dry_run": True, **done.to_json()})
    else:
        print_dry_run(console(), done, policy, root)
    return done.counts


def _end(counts: Mapping[str, int], max_rejected: float, has_skipped: bool) -> None:
    """End with exit code 1 if more was rejected than is allowed, or an input was set aside."""
    if rejected_share(counts) > max_rejected or has_skipped:
        raise typer.Exit(_TOO_MANY_REJECTED)


def split_beam_options(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the inputs and what followed `--`, the options of Beam: all from the first that begins like one.

    Example:
        >>> split_beam_options(["a.jsonl", "--runner", "PortableRunner", "--job_endpoint=localhost:8099"])
        (['a.jsonl'], ['--runner', 'PortableRunner', '--job_endpoint=localhost:8099'])
    """
    inputs = list(takewhile(lambda argument: not argument.startswith("--"), arguments))
    return inputs, list(arguments[len(inputs) :])


def key_ring(keys: Path | None, root: Path) -> KeyRing:
    """Return the keys of the run: those named, else of the environment, else of development.

    Raises:
        KeyFileError: A key is absent, readable by others, or of the wrong size.
    """
    if keys is None and KEY_VARIABLE not in os.environ:
        return development_keys(root)
    return load_keys(keys, os.environ)


def passing_ring(keys: Path | None, root: Path) -> KeyRing:
    """Return the keys at hand; where there are none, one that is made for this process and kept nowhere.

    Raises:
        KeyFileError: A key is readable by others, or of the wrong size.
    """
    ring = ring_beside(root, keys)
    return ring or KeyRing((PseudonymKey(token_bytes(_KEY_BYTES), FIRST_EPOCH),))


def rejected_share(counts: Mapping[str, int]) -> float:
    """Return the share of the records read that was rejected."""
    return total(counts, "rejected/") / max(1, counts.get("read", 0))
