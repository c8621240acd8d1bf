"""Read JSON from blocks of bytes value by value, without ever holding more than one value of limited length."""

import re
from collections.abc import Iterable, Iterator

import orjson

_SPACES = re.compile(
    rb"(?:[ \t\r\n\x1e]|\xef\xbb\xbf)+"
)  # with the marks of RFC 7464 and of a file's beginning
_TOKENS = re.compile(rb'"(?:[^"\\\n]|\\[^\n])*+("|(?=\\?\Z)|)|[\[\]{}]')
_SCALAR = re.compile(rb"[^\s,\]}:]+")
_STRING_REST = re.compile(rb'(?:[^"\\\n]|\\[^\n])*+')
_NEXT_START = re.compile(rb"\n(?=[{\[])")


class BrokenJsonError(Exception):
    """What follows is no JSON; `resync` goes on behind it."""


class JsonStream:
    """A pull parser: look at what comes, then take it, step into it, or pass over it.

    Example:
        >>> stream = JsonStream([b'{"Records": [{"a"', b": 1}, 2]}"])
        >>> [[stream.value(99) for _ in stream.elements()] for key in stream.members()]
        [[b'{"a": 1}', b'2']]
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._buffer = b""
        self._at = 0
        self._base = 0

    @property
    def offset(self) -> int:
        """Return how many bytes were taken."""
        return self._base + self._at

    def peek(self) -> bytes:
        """Return the first byte of what comes, behind blanks; nothing at the end."""
        while True:
            blank = _SPACES.match(self._buffer, self._at)
            if blank is not None:
                self._at = blank.end()
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._more():
                return b""

    def value(self, limit: int) -> bytes | None:
        """Take the value that comes, or return None and take nothing if it is longer than the limit in bytes.

        Raises:
            BrokenJsonError: It ends early or is no JSON.
        """
        first = self.peek()
        if first not in (b"{", b"[", b'"'):
            return self._scalar()
        depth, done = 0, self._at
        while True:
            depth, done, is_whole = self._follow(depth, done)
            if is_whole:
                return self._take(done)
            if len(self._buffer) - self._at > limit:
                return None
            done -= self._at
            if not self._more():
                raise BrokenJsonError

    def _follow(self, depth: int, done: int) -> tuple[int, int, bool]:
        """Follow the brackets of a value through the buffer: return how deep, where, and whether it ends there."""
        for match in _TOKENS.finditer(self._buffer, done):
            token = match[0]
            if token[:1] != b'"':
                depth += 1 if token in b"{[" else -1
            elif match[1] != b'"':
                if match.end() + 1 < len(self._buffer):
                    raise BrokenJsonError
                return depth, done, False
            done = match.end()
            if depth <= 0:
                return depth, done, True
        return depth, len(self._buffer), False

    def skip(self) -> int:
        """Pass over the value that comes, however long it is; return its length in bytes.

        Raises:
            BrokenJsonError: It ends early or is no JSON.
        """
        first, start, depth = self.peek(), self.offset, 0
        if first not in (b"{", b"[", b'"'):
            self._scalar()
            return self.offset - start
        while True:
            match = _TOKENS.search(self._buffer, self._at)
            if match is None:
                self._at = len(self._buffer)
                self._need()
                continue
            self._at = match.end()
            if match[0][:1] == b'"':
                self._at = match.start() + 1
                self._skip_string()
            else:
                depth += 1 if match[0] in b"{[" else -1
            if depth <= 0:
                return self.offset - start

    def elements(self) -> Iterator[None]:
        """Step into the array that comes; at each step the next element comes, and must be taken."""
        self._expect(b"[")
        while (following := self.peek()) != b"]":
            if following == b",":
                self._at += 1
            elif not following:
                raise BrokenJsonError
            else:
                yield
        self._at += 1

    def members(self) -> Iterator[str]:
        """Step into the object that comes and yield each key; at each step its value comes, and must be taken."""
        self._expect(b"{")
        while (following := self.peek()) != b"}":
            if following == b",":
                self._at += 1
                continue
            if following != b'"':
                raise BrokenJsonError
            key = self.value(1 << 16)
            self._expect(b":")
            try:
                yield str(orjson.loads(key or b'""'))
            except orjson.JSONDecodeError:
                raise BrokenJsonError from None
        self._at += 1

    def pass_comma(self) -> None:
        """Take the comma that comes."""
        self._expect(b",")

    def resync(self) -> int:
        """Drop bytes up to the next line that begins an object or an array; return how many."""
        start = self.offset
        while True:
            following = _NEXT_START.search(self._buffer, self._at)
            if following is not None:
                self._at = following.end()
                return self.offset - start
            self._at = max(self._at, len(self._buffer) - 1)
            if not self._more():
                self._at = len(self._buffer)
                return self.offset - start

    def _scalar(self) -> bytes:
        while (match := _SCALAR.match(self._buffer, self._at)) is not None and match.end() == len(
            self._buffer
        ):
            if match.end() - self._at > 1 << 16 or not self._more():
                break
        if match is None:
            raise BrokenJsonError
        return self._take(match.end())

    def _skip_string(self) -> None:
        while True:
            rest = _STRING_REST.match(self._buffer, self._at)
            self._at = rest.end() if rest is not None else self._at
            following = self._buffer[self._at : self._at + 2]
            if following[:1] == b'"':
                self._at += 1
                return
            if following[:1] == b"\n" or (len(following) == 2 and following[1:] == b"\n"):
                raise BrokenJsonError
            self._need()

    def _expect(self, byte: bytes) -> None:
        if self.peek() != byte:
            raise BrokenJsonError
        self._at += 1

    def _take(self, end: int) -> bytes:
        taken = self._buffer[self._at : end]
        self._at = end
        return taken

    def _need(self) -> None:
        if not self._more():
            raise BrokenJsonError

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        self._base += self._at
        self._buffer = self._buffer[self._at :] + block
        self._at = 0
        return True
