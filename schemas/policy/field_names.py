"""Compare field names the way the policy does: without case, separators and full-width letters."""

from collections.abc import Iterator
from functools import lru_cache

_FULL_WIDTH = {ord(plain) + 0xFEE0: plain for plain in "abcdefghijklmnopqrstuvwxyz0123456789"}

_OF_SEVERAL = ("list", "array", "set", "列表", "名单", "清单")


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """Fold a field name to the form in which aliases are compared.

    Example:
        >>> normalise("X-Request-Id"), normalise("__TAG__.client_ip"), normalise("来源 IP")
        ('xrequestid', 'tagclientip', '来源ip')
    """
    return "".join(filter(str.isalnum, name.casefold())).translate(_FULL_WIDTH)


def singulars(name: str) -> Iterator[str]:
    """Yield of what a normalised name may be the plural, or a list, the likeliest first; an English plural has several.

    Example:
        >>> [list(singulars(name)) for name in ("owneruins", "identities", "useridlist", "pass")]
        [['owneruin'], ['identity', 'identiti', 'identitie'], ['userid'], []]
    """
    for ending in _OF_SEVERAL:
        if name.endswith(ending) and name != ending:
            yield name.removesuffix(ending)
            yield from singulars(name.removesuffix(ending))
    if name.endswith("ies"):
        yield f"{name[:-3]}y"
    if name.endswith("es"):
        yield name[:-2]
    if name.endswith("s") and not name.endswith("ss"):
        yield name[:-1]
