"""Names of input files that are fit for a ledger: a file name may hold anything of a person."""

import re

from transforms.pseudonyms import PseudonymKey, keyed_digest

_WORDS = frozenset(
    """access api app apps application audit auth avro backup batch bin bz2 ckafka cls cos csv daemon data db debug
    dump error errors err event events export file files gz gzip hour input info job jobs json jsonl kafka kern log
    loglistener logs lz4 main message messages metrics ndjson nextflow nginx node out output part parts pb pod pods
    prod proto protobuf raw redact request requests response result results sample samples search searchlog sec
    server service slow snappy stage staging stderr stdin stdout std stream sys syslog task tasks test tmp topic trace
    tsv txt user var warn web worker zst zstd""".split()
)
_DATE = re.compile(
    r"(?<!\d)20[1-9]\d(?P<mark>[-_.]?)(?:0[1-9]|1[0-2])(?P=mark)(?:0[1-9]|[12]\d|3[01])"
    r"(?:[-_.t ]?(?:[01]\d|2[0-3])(?:[-_.:]?[0-5]\d){0,2}z?)?(?!\d)"
)
_TOKEN = re.compile(r"bz2|lz4|[a-z]+|\d+|[-_. ()+=]")
_GLUED = re.compile(r"[a-z]\d{3}")
_MOST_DATES = 2
_MOST_COUNTERS = 2
_LONGEST_COUNTER = 5
_EXTENSIONS = re.compile(r"(?:\.[a-z]+[0-9]?)+$")


def safe_name(key: PseudonymKey, name: str) -> str:
    """Return a base name that is made of log vocabulary, dates and short counters alone, else a keyed token for it.

    Two counters of up to five digits are neither an address nor a telephone or identity number. A token keeps the
    extensions that are listed words.

    Example:
        >>> safe_name(PseudonymKey(bytes(32), "1"), "events-20261124-00017.jsonl.gz")
        'events-20261124-00017.jsonl.gz'
        >>> safe_name(PseudonymKey(bytes(32), "1"), "lin.qiao export.csv.gz")
        '~9493c33ae921.csv.gz'
        >>> safe_name(PseudonymKey(bytes(32), "1"), "log13912345678")
        '~8c6774abdc33'
    """
    if _is_plain(name.casefold()):
        return name
    token = keyed_digest(key.secret, "name", name.encode("utf-8", "surrogatepass")).hex()[:12]
    return f"~{token}{_extensions(name.casefold())}"


def _is_plain(name: str) -> bool:
    without_dates, dates = _DATE.subn("-", name)
    tokens = _TOKEN.findall(without_dates)
    if not name.isascii() or "".join(tokens) != without_dates or dates > _MOST_DATES:
        return False
    if _GLUED.search(without_dates):  # an account is called so
        return False
    counters = [token for token in tokens if token.isdigit()]
    words = [token for token in tokens if token[0].isalpha()]
    return (
        len(counters) <= _MOST_COUNTERS
        and all(len(counter) <= _LONGEST_COUNTER for counter in counters)
        and all(word in _WORDS for word in words)
    )


def _extensions(name: str) -> str:
    found = _EXTENSIONS.search(name)
    kept = [part for part in found[0].split(".") if part in _WORDS] if found else []
    return "".join(f".{part}" for part in kept)
