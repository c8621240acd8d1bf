"""Whom a file with a secret is left to, by its mode and its owners (inode(7))."""

import os
from collections.abc import Collection
from stat import S_IMODE

_ROOT = 0


def others_can_read(status: os.stat_result, user: int, groups: Collection[int]) -> bool:
    """Tell whether a file lets anyone but a user read or change it.

    Only root may let the user's own group read one, which is how Kubernetes mounts a secret for a pod's `fsGroup`.

    Example:
        >>> def owned(mode, uid, gid): return os.stat_result((mode, 0, 0, 1, uid, gid, 0, 0, 0, 0))
        >>> others_can_read(owned(0o100600, 7, 7), 7, {7}), others_can_read(owned(0o100640, 7, 7), 7, {7})
        (False, True)
        >>> others_can_read(owned(0o100440, 0, 7), 7, {7}), others_can_read(owned(0o100440, 0, 8), 7, {7})
        (False, True)
    """
    mounted = status.st_uid == _ROOT != user and status.st_gid in groups
    return bool(S_IMODE(status.st_mode) & (0o037 if mounted else 0o077))
