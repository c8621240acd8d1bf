"""Accounts: what the job sees of them, what the identity service says of them, and what becomes of them."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from schemas.errors import PolicyError
from schemas.identities import Identity, canonical
from schemas.policy.policy import Policy, Treatment
from schemas.policy.tokens import Tokens

UIN_FIELD = "uin"
USERNAME_FIELD = "username"
LOCAL_PART = "local"
LOCAL_NAME = f"{USERNAME_FIELD}.{LOCAL_PART}"
"""Where an event keeps, beside its fields, the local part of a mail address that is its user name."""

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class AccountSighting:
    """One account as a bundle's log lines show it; a pseudonym and its value are empty where absent.

    `first_seen` and `last_seen` are event times, in milliseconds since the epoch. No repr shows the values.
    """

    epoch: str
    uin_pseudonym: str
    username_pseudonym: str
    uin: str = field(repr=False)
    username: str = field(repr=False)
    first_seen: int
    last_seen: int


class AccountEventKind(StrEnum):
    """What the identity service says has happened to an account, in the order in which equal times are read.

    At equal times a termination is read last, so that it holds: deleting is the safe reading.
    """

    CREATED = "created"
    UPDATED = "updated"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    TERMINATED = "terminated"
    DELETED = "deleted"


class AccountState(StrEnum):
    """Where an account stands in its life."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class AccountFault(StrEnum):
    """Why an account event could not be used."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    MISSING_ID = "missing_id"
    UNKNOWN_KIND = "unknown_kind"
    BAD_TIME = "bad_time"
    FUTURE_TIME = "future_time"
    MISSING_ACCOUNT = "missing_account"
    UNSURE_ACCOUNT = "unsure_account"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One account life-cycle event; `time` is milliseconds since the epoch. No repr shows the account."""

    id: str
    kind: AccountEventKind
    time: int
    uin: str = field(repr=False)
    username: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AccountLife:
    """What an account's events add up to; times are milliseconds since the epoch."""

    state: AccountState
    terminated_at: int | None = None
    erase_by: int | None = None


@dataclass(frozen=True, slots=True)
class AccountRules:
    """What the policy says of accounts: their pseudonyms' prefixes, and the days until one is gone.

    `log_retention_days` is the longest that a log line lives: so late may one of an erased account arrive.
    `sighting_days` is how long UIN and user name may be kept that the logs alone show. `policy` names the policy
    by version and digest. `uin_identity` and `username_identity` say which spellings are one account;
    `mail_tokens` whether a user name that is a mail address has a pseudonym as such in texts.
    """

    uin_prefix: str
    username_prefix: str
    erase_within_days: int
    log_retention_days: int
    sighting_days: int
    policy: str
    uin_identity: Identity = Identity.NUMBER
    username_identity: Identity = Identity.NAME
    mail_tokens: bool = False

    @classmethod
    def of(cls, policy: Policy) -> "AccountRules":
        """Return the rules of a policy.

        Raises:
            PolicyError: It has no deadline for accounts, or does not pseudonymise what names one.
        """
        fields = (policy[UIN_FIELD], policy[USERNAME_FIELD])
        for rule in fields:
            if rule.treatment is not Treatment.PSEUDONYMISE:
                raise PolicyError(f"an account vault needs a policy that pseudonymises {rule.name}")
        days = [
            rule.erase_within_days
            for rule in policy.categories.values()
            if rule.erase_within_days is not None
        ]
        if not days:
            raise PolicyError("an account vault needs a policy with a category that has erase_within_days")
        return cls(
            policy[UIN_FIELD].prefix or UIN_FIELD,
            policy[USERNAME_FIELD].prefix or USERNAME_FIELD,
            min(days),
            max(rule.retention_days for rule in policy.fields),
            min(rule.retention_days for rule in fields),
            f"{policy.version} {policy.digest}",
            fields[0].identity or Identity.NUMBER,
            fields[1].identity or Identity.NAME,
            policy.tokens is Tokens.KEYED,
        )

    def uin(self, text: str) -> str:
        """Return the canonical form of a UIN, empty for a blank text."""
        return canonical(text, self.uin_identity)

    def username(self, text: str) -> str:
        """Return the canonical form of a user name, empty for a blank text."""
        return canonical(text, self.username_identity)

    def of_event(self, event: AccountEvent) -> AccountEvent:
        """Return an event with its account in the canonical form."""
        username = None if event.username is None else self.username(event.username) or None
        return replace(event, uin=self.uin(event.uin), username=username)


@dataclass(frozen=True, slots=True)
class ErasureTarget:
    """A pseudonym that must go, where it stood in its own field or in a text.

    A UIN's pseudonym goes always; a user name's from `since` until before `until` (milliseconds since
    the epoch; None is open), because a name may pass from one account to the next.
    """

    pseudonym: str
    field: str
    since: int = 0
    until: int | None = None

    def covers(self, time: int) -> bool:
        """Tell whether an event at this time is of the account."""
        return self.since <= time and (self.until is None or time < self.until)


@dataclass(frozen=True, slots=True)
class ErasedMark:
    """What is remembered of an erased pseudonym: its keyed hash in hex, and the event times that were erased.

    `since` and `until` are milliseconds since the epoch; None is open. A UIN is marked until no late log line of its
    can come any more, a user name until it may have been given to somebody else. Of an account that lives again
    (`revived`) only the earlier life is marked.
    """

    digest: str
    since: int = 0
    until: int | None = None
    revived: bool = False


def erased_mark(
    target: ErasureTarget, digest: str, cut: int, erased_at: int, rules: AccountRules
) -> ErasedMark:
    """Return what is remembered of a pseudonym of an account that ended at `cut` (milliseconds since the epoch).

    Example:
        >>> rules = AccountRules("uin", "usr", 30, 180, 180, "")
        >>> erased_mark(ErasureTarget("usr_1_a", "username", since=5), "d1", 7, 9, rules)
        ErasedMark(digest='d1', since=5, until=9, revived=False)
        >>> erased_mark(ErasureTarget("uin_1_a", "uin"), "d2", 7, 9, rules).until == 7 + 210 * DAY_MS
        True
    """
    until = target.until
    if until is None:
        late = (rules.erase_within_days + rules.log_retention_days) * DAY_MS
        until = cut + late if target.field == UIN_FIELD else erased_at
    return ErasedMark(digest, target.since, until)
