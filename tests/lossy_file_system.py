"""A file system in memory that forgets at a power loss whatever was not synced: the strictest reading of POSIX.

The bytes of a file last when the file was synced, a name in a folder when the folder was: each apart from all others.
Run as a program with the mount point as its argument. Making the folder `.power_loss` in it writes what would have
lasted to the folder that the environment calls LASTING.
"""

import errno
import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

import mfusepy

POWER_LOSS = ".power_loss"


class Node:
    """A file or a folder: as it is, and as a power loss would leave it."""

    def __init__(self, mode: int) -> None:
        self.mode = mode
        self.names: dict[str, Node] = {}
        self.data = bytearray()
        self.lasting_names: dict[str, Node] = {}
        self.lasting_data = b""
        self.changed = time.time()

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    def sync(self) -> None:
        self.lasting_names = dict(self.names)
        self.lasting_data = bytes(self.data)

    def write_lasting(self, target: Path) -> None:
        if not self.is_folder:
            target.write_bytes(self.lasting_data)
            return
        target.mkdir()
        for name, node in self.lasting_names.items():
            node.write_lasting(target / name)


class LossyFileSystem(mfusepy.Operations):
    """What FUSE asks of it."""

    use_ns = False

    def __init__(self, lasting: Path) -> None:
        self._root = Node(stat.S_IFDIR | 0o755)
        self._lasting = lasting
        self._open: dict[int, Node] = {}
        self._handles = iter(range(1, sys.maxsize))

    def _find(self, path: str) -> Node:
        node = self._root
        for name in filter(None, path.split("/")):
            if name not in node.names:
                raise mfusepy.FuseOSError(errno.ENOENT)
            node = node.names[name]
        return node

    def _parent(self, path: str) -> tuple[Node, str]:
        folder, _, name = path.rpartition("/")
        return self._find(folder), name

    def _opened(self, node: Node) -> int:
        handle = next(self._handles)
        self._open[handle] = node
        return handle

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        node = self._open[fh] if fh in self._open else self._find(path)
        times = dict.fromkeys(("st_atime", "st_ctime", "st_mtime"), node.changed)
        return {"st_mode": node.mode, "st_size": len(node.data), "st_nlink": 1 + node.is_folder, **times}

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *self._find(path).names]

    def mkdir(self, path: str, mode: int) -> int:
        parent, name = self._parent(path)
        if name in parent.names:
            raise mfusepy.FuseOSError(errno.EEXIST)
        if name == POWER_LOSS:
            self._root.write_lasting(self._lasting)
        parent.names[name] = Node(stat.S_IFDIR | mode & 0o7777)
        return 0

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        parent, name = self._parent(path)
        parent.names[name] = Node(stat.S_IFREG | mode & 0o7777)
        return self._opened(parent.names[name])

    def open(self, path: str, flags: int) -> int:
        return self._opened(self._find(path))

    def opendir(self, path: str) -> int:
        return self._opened(self._find(path))

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self._open[fh].data[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        node = self._open[fh]
        node.data.extend(bytes(max(0, offset - len(node.data))))
        node.data[offset : offset + len(data)] = data
        node.changed = time.time()
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        node = self._open[fh] if fh in self._open else self._find(path)
        del node.data[length:]
        node.data.extend(bytes(length - len(node.data)))
        return 0

    def rename(self, old: str, new: str) -> int:
        (source, old_name), (target, new_name) = self._parent(old), self._parent(new)
        if old_name not in source.names:
            raise mfusepy.FuseOSError(errno.ENOENT)
        if new_name in target.names and target.names[new_name].names:
            raise mfusepy.FuseOSError(errno.ENOTEMPTY)
        target.names[new_name] = source.names.pop(old_name)
        return 0

    def unlink(self, path: str) -> int:
        parent, name = self._parent(path)
        del parent.names[name]
        return 0

    def rmdir(self, path: str) -> int:
        parent, name = self._parent(path)
        if parent.names[name].names:
            raise mfusepy.FuseOSError(errno.ENOTEMPTY)
        del parent.names[name]
        return 0

    def chmod(self, path: str, mode: int) -> int:
        node = self._find(path)
        node.mode = stat.S_IFMT(node.mode) | mode & 0o7777
        return 0

    def utimens(self, path: str, times: Any = None) -> int:
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._open[fh].sync()
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._open[fh].sync()
        return 0

    def release(self, path: str, fh: int) -> int:
        del self._open[fh]
        return 0

    def releasedir(self, path: str, fh: int) -> int:
        del self._open[fh]
        return 0


if __name__ == "__main__":
    mfusepy.FUSE(LossyFileSystem(Path(os.environ["LASTING"])), sys.argv[1], foreground=True, nothreads=True)
