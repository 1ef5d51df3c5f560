"""What a side leaves behind when it ends: its variables, and which files it wrote."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from .values import Describer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .files import Watch

# Numbers and tables of many variables add up; the later ones are told by their types.
_LARGEST = 400_000_000


def write_record(
    path: str,
    names: Mapping[str, object],
    watch: Watch,
    error: Mapping[str, object] | None = None,
    own: str = "__main__",
) -> None:
    """Write the record of a run to `path`, whole or not at all."""
    describer = Describer(own)
    variables, size = {}, 0
    for name, value in names.items():
        if name.startswith("_"):
            continue
        if size > _LARGEST:
            variables[name] = {"is": "beyond", "type": describer.type_name(type(value))}
            continue
        variables[name] = describer.describe(value)
        size += len(json.dumps(variables[name]))
    record = {"variables": variables, "files": watch.written, "error": error}
    with open(f"{path}.part", "w", encoding="utf-8", errors="surrogatepass") as written:
        json.dump(record, written)
    os.replace(f"{path}.part", path)
