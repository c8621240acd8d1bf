"""Compare field names the way the policy does: without case, separators and full-width letters."""

from functools import lru_cache

_FULL_WIDTH = {ord(plain) + 0xFEE0: plain for plain in "abcdefghijklmnopqrstuvwxyz0123456789"}


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """Fold a field name to the form in which aliases are compared.

    Example:
        >>> normalise("X-Request-Id"), normalise("__TAG__.client_ip"), normalise("来源 IP")
        ('xrequestid', 'tagclientip', '来源ip')
    """
    return "".join(filter(str.isalnum, name.casefold())).translate(_FULL_WIDTH)
