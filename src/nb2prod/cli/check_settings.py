"""`nb2prod check --show-settings`: how a path is checked, in a configuration file's words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable

from nb2prod.hygiene.config import EXCLUDED, CheckConfig, Configs
from nb2prod.hygiene.model import Profile


def settings(path: str, configs: Configs) -> list[str]:
    """The settings of a file or a directory."""
    is_directory = os.path.isdir(path)
    config = configs.of_directory(path) if is_directory else configs.of(path)
    return _settings(path, config, config.profile(path))


def _settings(path: str, config: CheckConfig, profile: Profile) -> list[str]:
    lines = [f"# {path}", f"# configuration: {config.file or 'none'}"]
    for name in ("select", "ignore", "extend_select", "exclude"):
        lines.append(f"{name.replace('_', '-')} = {_listed(getattr(config, name))}")
    lines.append(f"force-exclude = {str(config.force_exclude).lower()}")
    lines.append(f"secrets-scanner = {_quoted(config.secrets_scanner)}")
    lines.append(f"# always excluded: {_listed(EXCLUDED)}")
    lines.append(f"# rules that are on: {_listed(sorted(profile.enabled))}")
    if config.per_file_ignores:
        lines.append("[per-file-ignores]")
        for pattern, words in config.per_file_ignores.items():
            lines.append(f"{_quoted(pattern)} = {_listed(words)}")
    for code, options in profile.options.items():
        lines.append(f"[rules.{code}]")
        lines += [f"{name} = {_value(value)}" for name, value in options.items()]
    return lines


def _listed(words: Iterable[str]) -> str:
    return "[" + ", ".join(map(_quoted, words)) + "]"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
