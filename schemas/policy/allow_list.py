"""The allow list: words, prefixes and patterns that stay in texts although a detector takes them for somebody's."""

from dataclasses import dataclass, field

POLICY = "policy"
"""The source of the entries that the policy itself states."""

ALLOW_KEYS = ("words", "prefixes", "patterns")


@dataclass(frozen=True, slots=True)
class AllowList:
    """What stays in texts, each entry whole; `source` and its number in its list name an entry where it is counted.

    `name` is what errors call the file; `digest` is the SHA-256 of the entries, in hex.
    """

    words: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    source: str = POLICY
    name: str = field(default="", compare=False)
    digest: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        """Tell whether anything is allowed."""
        return bool(self.words or self.prefixes or self.patterns)
