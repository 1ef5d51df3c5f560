"""Variables that a person gives to a program: in files of `NAME=value`, and on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from nb2prod.errors import OptionError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)=(.*)")


def read_variables(path: Path) -> dict[str, str]:
    """The variables of a file with a `NAME=value` on each line, as docker's --env-file takes it.

    OptionError where it cannot be read, or a line is something else; its text is not told, for it
    may be a secret.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
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
        value = match[2]
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found[match[1]] = value
    return found


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
