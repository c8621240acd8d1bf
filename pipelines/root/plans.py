"""Plans of deletions and rewritings as files: written whole, by default under the root, and read back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from pipelines.root.layout import output_errors, write_whole
from schemas.errors import RetentionError


def write_plan_file(path: Path, content: Mapping[str, Any]) -> Path:
    """Write a plan's JSON values and return the path.

    Raises:
        OutputError: The folder can't be written.
    """
    with output_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return path


def read_plan_file(path: Path) -> Any:
    """Return the JSON values of a plan.

    Raises:
        RetentionError: The file can't be read, or is not JSON.
    """
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise RetentionError(f"cannot read the plan {path}: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise RetentionError(f"{path} is no plan: it is not JSON") from error
