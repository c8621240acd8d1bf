"""`logveil compact`: join the small files that a stream leaves, by a plan."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.account_options import Json
from pipelines.commands.existing_root import ExistingRoot
from pipelines.commands.terminal import say, say_json
from pipelines.retention.compact import (
    TARGET_BYTES,
    apply_compaction,
    plan_compaction,
    read_compaction,
    write_compaction,
)

Apply = Annotated[Path | None, typer.Option("--apply", help="Carry out this plan, just this plan.")]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", help="Where the plan is written. Default: under the root.")
]
TargetBytes = Annotated[int, typer.Option(help="About how large a joined file is to be.", min=1)]


def compact(
    root: ExistingRoot,
    apply: Apply = None,
    plan: PlanFile = None,
    target_bytes: TargetBytes = TARGET_BYTES,
    as_json: Json = False,
) -> None:
    """Plan which small files of a stream become one, which changes nothing; with --apply, join what a plan names."""
    now = datetime.now(UTC)
    if apply is not None:
        receipt = apply_compaction(root, read_compaction(apply), now)
        joined = receipt.body["joined"]
        sources = sum(len(entry["sources"]) for entry in joined)
        if as_json:
            say_json(asdict(receipt))
            return
        say(
            f"{sources:,} files became {len(joined):,}; {len(receipt.body['left_alone']):,} joins were left alone;"
            f" receipt {receipt.number}, {receipt.digest}"
        )
        return
    made = plan_compaction(root, now, target_bytes)
    path = write_compaction(made, plan)
    if as_json:
        say_json({**made.to_json(), "plan": str(path)})
        return
    files = sum(len(one.files) for one in made.joins)
    say(f"{files:,} small files would become {len(made.joins):,}; nothing was changed")
    say(f"Next  logveil compact {root} --apply {path}")
