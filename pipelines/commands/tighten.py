"""`logveil tighten`: bring what is stored to a stricter policy, by a plan and with a receipt."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.commands.account_options import Json
from pipelines.commands.detectors import (
    AllowOption,
    FormatsOption,
    NamesOption,
    RecognizersOption,
    detection_of,
)
from pipelines.commands.existing_root import ExistingRoot
from pipelines.commands.policy import read_policy
from pipelines.commands.redact import Keys
from pipelines.commands.restore_check import ring_beside
from pipelines.commands.terminal import console, say, say_json
from pipelines.retention.tighten import TighteningPlan, apply_tightening, plan_tightening, write_plan
from transforms.tighten_files import FileTightener

NewPolicy = Annotated[Path, typer.Option("--policy", help="The stricter policy.")]
Apply = Annotated[Path | None, typer.Option("--apply", help="Carry out this plan, just this plan.")]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", help="Where the plan is written. Default: under the root.")
]


def tighten(
    root: ExistingRoot,
    policy: NewPolicy,
    apply: Apply = None,
    plan: PlanFile = None,
    keys: Keys = None,
    recognizers: RecognizersOption = None,
    formats: FormatsOption = None,
    names: NamesOption = None,
    allow: AllowOption = None,
    as_json: Json = False,
) -> None:
    """Plan what brings stored records to a stricter policy, which changes nothing; with --apply, carry a plan out."""
    stated = read_policy(policy)
    ring = ring_beside(root, keys)
    tightener = FileTightener(
        stated, () if ring is None else ring.keys, detection_of(stated, recognizers, formats, names, allow)
    )
    now = datetime.now(UTC)
    if apply is not None:
        receipt = apply_tightening(root, apply, tightener, now)
        if as_json:
            say_json(asdict(receipt))
        else:
            files = receipt.body["tightened"]
            say(f"{len(files)} files; receipt {receipt.number}, {receipt.digest}")
        return
    made = plan_tightening(root, tightener, now)
    path = write_plan(made, plan)
    if as_json:
        say_json({**made.to_json(), "path": str(path)})
        return
    _print(made)
    say("Nothing was changed. To carry it out, with the same keys and recognizers:")
    say(f"logveil tighten {root} --policy {policy} --apply {path}")


def _print(plan: TighteningPlan) -> None:
    """Print what a plan does to each field, and to which files."""
    out = console()
    fields = Table("what", "values")
    for done, number in sorted(plan.done.items()):
        fields.add_row(done, f"{number:,}")
    out.print(fields)
    files = Table("file", "records", "becomes")
    for file in plan.files:
        files.add_row(file.path, f"{file.records:,}", "\n".join(new.path for new in file.files))
    out.print(files)
