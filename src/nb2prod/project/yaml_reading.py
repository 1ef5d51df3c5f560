"""The YAML of job specs, read so that every reader of it would see the same.

Refused is what YAML has and a spec has no use for: anchors (a few lines of them make a document
that fills the memory), tags, keys that stand twice (the last one wins in silence) and keys that
YAML 1.1 takes for something else than text (`on`, `NO`, `1`), which the `gradient` command would
send as `true` or `false`.
"""

from __future__ import annotations

import math
from collections.abc import Hashable

import yaml
from yaml.constructor import ConstructorError
from yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    TagToken,
    Token,
)

from nb2prod.errors import InvalidSpec

_OPENS = (
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingStartToken,
    FlowSequenceStartToken,
)
_CLOSES = (BlockEndToken, FlowMappingEndToken, FlowSequenceEndToken)
# A spec is about eight deep; the loader calls itself for each level.
_DEEPEST = 32
# More digits than any number in a spec: long ones take their square in time to read.
_LONGEST_NUMBER = 32
_TEXT = "tag:yaml.org,2002:str"


class _Refused(ConstructorError):
    """YAML that is not taken in a spec."""

    def __init__(self, problem: str, mark: yaml.Mark | None) -> None:
        super().__init__(None, None, problem, mark)


def load(path: str, text: str) -> object:
    """The document as plain values; the keys of all its maps are text, its numbers are finite.

    Raises `InvalidSpec`, with the line, for what is no YAML and for what a spec has no use for.
    """
    try:
        _require_plain(text)
        return _document(text)
    except _Refused as error:
        raise InvalidSpec(f"{path}:{_line(error)} {error.problem}.") from None
    # A date such as 2026-13-45 is a ValueError, a character beyond Unicode's last an OverflowError.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise InvalidSpec(f"{path}: this is not YAML{_line(error)} {_one_line(error)}.") from None


def _line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" in line {mark.line + 1}:" if mark else ":"


def _one_line(error: Exception) -> str:
    lines = str(getattr(error, "problem", None) or error).splitlines()
    return lines[0] if lines else type(error).__name__


def _require_plain(text: str) -> None:
    """Looks at the tokens alone: they come one by one, before anything is built from them."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        _require_plain_token(token)
        depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
        if depth > _DEEPEST:
            raise _Refused("maps and lists are nested too deeply", token.start_mark)


def _require_plain_token(token: Token) -> None:
    if isinstance(token, AnchorToken | AliasToken):
        raise _Refused("anchors and aliases are not taken; write the value out", token.start_mark)
    if isinstance(token, TagToken) and token.value != ("!!", "str"):
        raise _Refused("tags other than !!str are not taken", token.start_mark)


def _document(text: str) -> object:
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    """Takes each key of a map once, and only as text."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused("a key has to be text, not a map or a list", key.start_mark)
            if key.tag != _TEXT:
                kind = key.tag.rpartition(":")[2]
                raise _Refused(
                    f"the key {key.value!r} is a {kind} to YAML 1.1, not text; write it in quotes",
                    key.start_mark,
                )
            if key.value in seen:
                raise _Refused(f"the key {key.value!r} stands twice in one map", key.start_mark)
            seen.add(key.value)
        found: dict[Hashable, object] = super().construct_mapping(node, deep)
        return found


def _number(loader: _Loader, node: yaml.ScalarNode) -> float:
    """A number as JSON has it, which is what the specs are sent as."""
    short = len(node.value) <= _LONGEST_NUMBER
    if short:
        whole = node.tag.endswith(":int")
        read = loader.construct_yaml_int if whole else loader.construct_yaml_float
        number: float = read(node)
        if math.isfinite(number):
            return number
    shown = node.value if short else f"{node.value[:_LONGEST_NUMBER]}..."
    raise _Refused(f"{shown} is no number that can be sent", node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)
