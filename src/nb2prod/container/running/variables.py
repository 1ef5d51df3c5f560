"""Variables that a person gives to a program: in files of `NAME=value`, and on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from nb2prod.errors import OptionError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_QUOTED = re.compile(r"""(?:'(?P<plain>[^']*)'|"(?P<escaped>(?:[^"\\]|\\.)*)")(?:\s+\#.*|\s*)""")
_COMMENT = re.compile(r"(?:^|\s)\#.*")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}
_LONGEST = 1_000_000  # bytes of a file


def read_variables(path: Path) -> dict[str, str]:
    """The variables of a file with a `NAME=value` on each line, as Compose takes it: `export` may
    come first, a value may be quoted, and ` #` begins a comment. No `$NAME` is replaced.

    OptionError where it cannot be read, is too long, or a line is something else; its text is not
    told, for it may be a secret.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise OptionError(f"{path} is no file of variables: it has more than a megabyte.")
        lines = content.decode("utf-8").splitlines()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OptionError(f"{path} cannot be read for its variables: {reason}.") from error
    except UnicodeDecodeError:
        # What caused it has the file's bytes, and would be written into a report of a bug.
        raise OptionError(f"{path} is no UTF-8 text, as variables are written.") from None
    found = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _VARIABLE.fullmatch(line.strip())
        if match is None:
            raise OptionError(f"Line {number} of {path} is no NAME=value.")
        found[match[1]] = _value(match[2])
    return found


def _value(text: str) -> str:
    """What is written behind a `=`, without its quotes and the comment behind it."""
    quoted = _QUOTED.fullmatch(text)
    if quoted is None:
        return _COMMENT.sub("", text).strip()
    if quoted["plain"] is not None:
        return quoted["plain"]
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), quoted["escaped"])


def asked_variables(words: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of `--env`: each word is NAME=VALUE, or a NAME whose value the environment has.

    OptionError where a word is neither; nothing behind a `=` is told.
    """
    found = {}
    for word in words:
        name, given, value = word.partition("=")
        if not _NAME.fullmatch(name):
            raise OptionError(
                "--env takes NAME or NAME=VALUE, where NAME is letters, digits and _."
            )
        if not given and name not in environment:
            raise OptionError(
                f"--env {name}: there is no such variable to take the value from; give"
                f" {name}=VALUE."
            )
        found[name] = value if given else environment[name]
    return found
