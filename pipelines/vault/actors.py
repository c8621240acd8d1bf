"""Who asks the vault: the user that the system knows, not the one that an option or a variable names."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from schemas.errors import VaultError

IDENTITY_SOURCE = Path("/etc/logveil/identity")
"""A program of root's: given a name, it prints by which name the caller may act, and exits with 0, or refuses."""

_LOGIN_UID = Path("/proc/self/loginuid")
_NOBODY_LOGGED_IN = 2**32 - 1
_ANSWER_SECONDS = 30


def system_user() -> str:
    """Return the user who logged in and, where it is another, whom the process runs as.

    Neither comes from the environment: `SUDO_USER` and `LOGNAME` say what the caller likes.
    """
    running = _name(os.getuid())
    try:
        login = int(_LOGIN_UID.read_text())
    except (OSError, ValueError):
        return running
    return running if login in (_NOBODY_LOGGED_IN, os.getuid()) else f"{_name(login)} as {running}"


def actor_of(stated: str | None) -> str:
    """Return who is noted as asking: the system's user, or the stated name if the identity source vouches for it.

    Raises:
        VaultError: Another name was stated, and there is no identity source or it refuses.
    """
    user = system_user()
    if stated is None or stated == user:
        return user
    if not _is_roots(IDENTITY_SOURCE):
        raise VaultError(f"--actor is you, {user}: for another name root has to set up {IDENTITY_SOURCE}")
    asked = subprocess.run(
        [IDENTITY_SOURCE, stated], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
    )
    name = asked.stdout.strip()
    if asked.returncode or not name:
        raise VaultError(f"{IDENTITY_SOURCE} does not vouch for that --actor")
    return f"{name} by {user}"


def _is_roots(program: Path) -> bool:
    try:
        status = program.stat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_uid == 0 and not status.st_mode & 0o022


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
