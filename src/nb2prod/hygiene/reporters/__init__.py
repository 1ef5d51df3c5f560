"""The formats that findings are reported in, each a module that is loaded when it is asked for.

A module has `lines`, which makes the lines of a `report.Report`.
"""

from __future__ import annotations

# What `--output-format` calls them, and their modules.
FORMATS = {
    "full": "full",
    "concise": "concise",
    "json": "one_array",
    "json-lines": "json_lines",
    "github": "github",
    "gitlab": "gitlab",
    "sarif": "sarif",
    "junit": "junit",
}
# Those for people: they end in a summary, and give way to statistics.
FOR_PEOPLE = ("full", "concise")
