"""`--known-accounts`: the accounts that are found in any text, from the vault or a file."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipelines.keys.rings import KeyRing
from pipelines.sources.known_names import read_known_names
from schemas.accounts import UIN_FIELD, USERNAME_FIELD
from schemas.errors import OptionsError
from schemas.identities import Identity
from schemas.policy.policy import Policy
from transforms.detect import Detection
from transforms.detect.known_accounts import KnownAccounts
from transforms.detect.known_table import KnownTable

OF_VAULT = "vault"

KnownAccountsOption = Annotated[
    str | None,
    typer.Option(
        metavar="vault|FILE",
        help="Find every account that the vault, or a file (one a line, or CSV), knows in any text.",
    ),
]


def with_known_accounts(
    detection: Detection, source: str | None, vault: str | None, ring: KeyRing, policy: Policy
) -> Detection:
    """Return a detection that also finds the accounts of a source, as they are now.

    Raises:
        OptionsError: The vault is named and there is none.
        InputError: The file cannot be read, or holds no account.
        VaultError: The database refuses, or its tables are of another version.
    """
    if source is None:
        return detection
    rules = {rule.name: rule.identity for rule in policy.fields}
    uins, names = rules.get(UIN_FIELD) or Identity.NUMBER, rules.get(USERNAME_FIELD) or Identity.NAME
    if source == OF_VAULT:
        table = _of_vault(vault, ring, policy)
    else:
        table = KnownTable.of(ring.current, read_known_names(Path(source), policy), uins, names)
    known = KnownAccounts.of(ring.current, table, names is Identity.FOLDED_NAME)
    return replace(detection, known=known)


def _of_vault(url: str | None, ring: KeyRing, policy: Policy) -> KnownTable:
    if url is None:
        raise OptionsError(
            "--known-accounts vault needs --vault URL (or LOGVEIL_VAULT); a file is named by its path"
        )
    from pipelines.vault.known_accounts import known_table
    from pipelines.vault.vault import opened_vault

    with opened_vault(url, ring, policy) as vault:
        return known_table(vault, ring.current)
