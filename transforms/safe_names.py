"""Names of input files that are fit for a ledger: a file name may hold an account name, so only plain words stay."""

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
_PIECE = re.compile(r"[^\W\d_]+\d*|\d+", re.UNICODE)
_LONGEST_NUMBER = 8


def safe_name(key: PseudonymKey, name: str) -> str:
    """Return a base name in which every word that is not plain log vocabulary is a keyed token.

    Numbers of up to eight digits stay: they are dates and counters.

    Example:
        >>> safe_name(PseudonymKey(bytes(32), "1"), "events-20261124.jsonl.gz")
        'events-20261124.jsonl.gz'
        >>> safe_name(PseudonymKey(bytes(32), "1"), "lin.qiao export 13912345678.csv")
        '~13535d.~c5fe62 export ~2eab36.csv'
    """

    def piece(match: re.Match[str]) -> str:
        word = match[0]
        plain = (
            len(word) <= _LONGEST_NUMBER if word.isdigit() else word.casefold().rstrip("0123456789") in _WORDS
        )
        return word if plain else f"~{keyed_digest(key.secret, 'name', word.encode()).hex()[:6]}"

    return _PIECE.sub(piece, name)
