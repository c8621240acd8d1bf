"""`logveil policy show|check|diff|ropa`: read the policy, check one's own, compare two, write the record of it all."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from pipelines.commands.policy_tests import collect_tests, read_test_file, run_tests
from pipelines.commands.terminal import console, say, say_json
from pipelines.commands.typed import read_typed
from schemas.errors import PolicySyntaxError
from schemas.policy.comparison import compare, unacknowledged
from schemas.policy.deployment import load_deployment
from schemas.policy.file import default_policy, load_policy
from schemas.policy.policy import Policy
from schemas.policy.policy_tests import SUFFIX
from schemas.policy.record_of_processing import field_table, record_of_processing, to_markdown

_WIDTH_OF_MARKDOWN = 120
_CHECK_FAILED = 1
_COLUMNS = ("field", "personal", "treatment", "purpose", "days")

app = typer.Typer(help="Read and check the privacy policy.", no_args_is_help=True)

PolicyOption = Annotated[
    Path | None, typer.Option("--policy", help="A policy file in place of the shipped one.")
]


def read_policy(path: Path | None) -> Policy:
    """Return the policy in a file, or the shipped one.

    Raises:
        PolicyError: The file cannot be read or is no policy.
    """
    if path is None:
        return default_policy()
    return load_policy(read_typed(path, "the policy", PolicySyntaxError), str(path))


@app.command()
def show(
    policy: PolicyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print a table in Markdown.")] = False,
) -> None:
    """Print the field table: what happens to each field, why, and for how long."""
    rows = field_table(read_policy(policy))
    if as_json:
        say_json([row._asdict() for row in rows], 2)
        return
    table = Table(*_COLUMNS, box=box.MARKDOWN if as_markdown else box.HEAVY_HEAD)
    for row in rows:
        table.add_row(row.name, row.personal, row.treatment, row.purpose, str(row.retention_days))
    console(_WIDTH_OF_MARKDOWN if as_markdown else 0).print(table)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="The policy files to check.")],
    against: Annotated[
        Path | None, typer.Option(help="The policy that they may not weaken without acknowledging it.")
    ] = None,
) -> None:
    """Check policy files; exit code 2 and one line if one is wrong, 1 if a test of it fails or it weakens silently."""
    faults = [fault for file in files for fault in _check(file, against)]
    for fault in faults:
        say(fault)
    if faults:
        raise typer.Exit(_CHECK_FAILED)


def _check(file: Path, against: Path | None) -> Iterator[str]:
    """Say what a file holds, and yield what is wrong with it; of a file of tests, those of its policy."""
    if file.name.endswith(SUFFIX):
        named = read_test_file(file).policy
        if named is None:
            say(f"{file}: tests of the policies beside it")
            return
        file = file.with_name(named)
    policy = read_policy(file)
    say(f"{file}: policy {policy.version}, {len(policy.fields)} fields, digest {policy.digest[:16]}")
    if policy.allow:
        from transforms.detect.allow import check_allow  # imports the detectors, which takes a second

        check_allow((policy.allow,))
    if against is not None:
        for one in unacknowledged(compare(read_policy(against), policy), policy):
            yield f"{file}: not acknowledged: {one.change} ({one.why})"
    tests = collect_tests(file)
    if tests:
        failed = run_tests(policy, tests)
        say(f"{file}: {len(tests)} tests" + ("" if failed else ", all as expected"))
        yield from failed


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The policy file that was.")],
    new: Annotated[Path, typer.Argument(help="The policy file that is to be.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print each difference as weaker, stronger or neutral, with why."""
    differences = compare(read_policy(old), read_policy(new))
    if as_json:
        listed = [{"change": one.change, **asdict(one)} for one in differences]
        say_json(listed, 2)
        return
    for one in differences:
        say(f"{one.direction:8}  {one.change}  ({one.why})")
    if not differences:
        say("both say the same")


@app.command()
def ropa(
    policy: PolicyOption = None,
    deployment: Annotated[
        Path | None, typer.Option(help="A file that says where raw events live, and for how long (YAML).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON in place of Markdown.")] = False,
) -> None:
    """Write the record of processing activities to standard output; exit code 1 if raw events are kept too long."""
    loaded = read_policy(policy)
    places = None
    if deployment is not None:
        places = load_deployment(
            read_typed(deployment, "the deployment", PolicySyntaxError), str(deployment), loaded
        )
    if as_json:
        say_json(record_of_processing(loaded, places), 2)
    else:
        for line in to_markdown(loaded, places).split("\n"):
            say(line)
    if places is not None and places.kept_too_long(loaded):
        raise typer.Exit(1)
