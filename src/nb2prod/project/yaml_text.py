"""YAML from plain values, in the form that every YAML reader understands alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from nb2prod.project.quoting import one_line

# Plain only where YAML 1.1 and 1.2 agree that it is text; anything else is quoted (`on`, `1e3`,
# `12:30`).
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?:[@:][A-Za-z0-9_./-]+)*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_SINGLE_LINE = re.compile(r"[\x20-\x7e\xa1-\u1fff\u2030-\ud7ff]*")


class _Dumper(yaml.SafeDumper):
    """Writes strings as described above, and never a reference to a value used twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style: str | None = '"'
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        style = None
    elif _SINGLE_LINE.fullmatch(value):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _string)


def yaml_text(document: Mapping[str, object], comments: tuple[str, ...] = ()) -> str:
    """The document in block style, keys in their order, below `comments`, one line each."""
    head = "".join(f"# {_indent(text)}{one_line(text)}\n" for text in comments)
    body: str = yaml.dump(
        dict(document),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=2**31,
    )
    return head + body


def _indent(text: str) -> str:
    return " " * (len(text) - len(text.lstrip(" ")))
