"""`logveil explain`: what is found in a text or an event, by whom, and what becomes of it and why.

Content is printed because the person asked for it. Nothing is written or logged.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.detectors import (
    AllowOption,
    FormatsOption,
    NamesOption,
    RecognizersOption,
    detection_of,
)
from pipelines.commands.explain_report import text_json, text_lines
from pipelines.commands.known_accounts import KnownAccountsOption, with_known_accounts
from pipelines.commands.policy import PolicyOption, read_policy
from pipelines.commands.terminal import say, say_json
from pipelines.database.urls import VAULT_VARIABLE
from pipelines.keys.files import KEY_VARIABLE
from pipelines.keys.rings import KeyRing, load_keys
from schemas.errors import OptionsError
from transforms.detect import Known
from transforms.detect.explain import explain_text
from transforms.pseudonyms import PseudonymKey
from transforms.token_treatments import text_treatment

_STDIN = "-"
_ACCOUNT_FIELD = "username"
THROW_AWAY_KEY = PseudonymKey(bytes(32), "0")
"""Its pseudonyms, of epoch 0, differ from those of any run."""

Event = Annotated[
    str | None, typer.Option(help="FILE:LINE: explain that event of an input file.", metavar="FILE:LINE")
]
File = Annotated[
    str | None, typer.Option(help="Say what an input file is recognised as, and why.", metavar="FILE")
]
Names = Annotated[
    list[str] | None, typer.Option(help="An account name that the event itself states; may be repeated.")
]
Keys = Annotated[
    Path | None,
    typer.Option(help=f"Key file or directory. Default: the variable {KEY_VARIABLE}, else a throw-away key."),
]


def explain(
    text: Annotated[str | None, typer.Argument(help="The text, or - for standard input.")] = None,
    event: Event = None,
    file: File = None,
    known: Names = None,
    policy: PolicyOption = None,
    recognizers: RecognizersOption = None,
    formats: FormatsOption = None,
    names: NamesOption = None,
    allow: AllowOption = None,
    known_accounts: KnownAccountsOption = None,
    keys: Keys = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what the detectors find in a text or an event, what becomes of it, and why the rest was not taken."""
    if [text, event, file].count(None) != 2:
        raise OptionsError("explain takes a text, - for standard input, --event FILE:LINE, or --file FILE")
    if file is not None:
        from pipelines.commands.explain_files import file_json, file_lines, recognised

        contents = recognised(file)
        _show(file_json(contents), file_lines(contents), as_json)
        return
    if event is not None and known:
        raise OptionsError("--known goes with a text: an event states its own people")
    stated = read_policy(policy)
    detection = detection_of(stated, recognizers, formats, names, allow)
    is_keyless = keys is None and KEY_VARIABLE not in os.environ
    ring = KeyRing((THROW_AWAY_KEY,)) if is_keyless else load_keys(keys, os.environ)
    key = ring.current
    detection = with_known_accounts(detection, known_accounts, os.environ.get(VAULT_VARIABLE), ring, stated)
    if event is not None:
        from pipelines.commands.explain_events import event_at, event_json, event_lines
        from transforms.explain_event import explain_event

        of_event = explain_event(event_at(event), stated, key, detection)
        content, lines = event_json(of_event), event_lines(of_event)
    else:
        treat = text_treatment(stated, key)
        people = [
            Known(name, treat(_ACCOUNT_FIELD, name) or "<USERNAME>", "USERNAME") for name in known or ()
        ]
        given = sys.stdin.read() if text == _STDIN else text or ""
        of_text = explain_text(detection.build(treat), given, people)
        content, lines = text_json(of_text), text_lines(of_text)
    _show(content, lines, as_json)


def _show(content: Mapping[str, Any], lines: Iterable[str], as_json: bool) -> None:
    if as_json:
        say_json(content)
        return
    for line in lines:
        say(line)
