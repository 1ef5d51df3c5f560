"""`[tool.nb2prod.check]`: what it may hold, the nearest file that has it, and which rules that
leaves on for a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from nb2prod.errors import OptionError
from nb2prod.hygiene.catalogue import RULES, find_rule, rule
from nb2prod.hygiene.model import Profile
from nb2prod.hygiene.patterns import Patterns
from nb2prod.hygiene.selection import enabled, require_known

# Directories that hold other people's files, or copies. A configuration's `exclude` adds to them.
EXCLUDED = (
    *(".bzr", ".git", ".hg", ".svn", ".direnv", ".eggs", ".ipynb_checkpoints", ".mypy_cache"),
    *(".nox", ".pytest_cache", ".ruff_cache", ".tox", ".venv", ".vscode", "__pycache__"),
    *("__pypackages__", "_build", "node_modules", "site-packages", "venv", ".virtual_documents"),
)
_LISTS = ("select", "ignore", "extend-select", "exclude")


@dataclass(frozen=True, slots=True)
class CheckConfig:
    """How notebooks are checked. Raises `OptionError` for a rule that does not exist and for a
    value of the wrong type.

    `select`, `ignore`, `extend_select` take codes (NB301), beginnings of them (NB3), names
    (unpinned-install) and ALL. `per_file_ignores` maps patterns of files to such words; `exclude`
    are patterns of files and directories that are left out, on top of the usual ones. Patterns are
    gitignore's, relative to `root`. `rules` sets options of rules by code and name.
    `secrets_scanner` is "betterleaks" for its second opinion on secrets, which is an extra.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    secrets_scanner: str = "none"
    root: Path = field(default_factory=Path.cwd)
    file: Path | None = None

    def __post_init__(self) -> None:
        for name in ("select", "ignore", "extend_select"):
            where = name.replace("_", "-")
            require_known(RULES, getattr(self, name), where)
        for pattern, words in self.per_file_ignores.items():
            require_known(RULES, words, f"per-file-ignores of {pattern}")
        for word, options in self.rules.items():
            _require_options(word, options)
        if self.secrets_scanner != "none":
            from nb2prod.hygiene.second_opinion import require_scanner

            require_scanner(self.secrets_scanner)

    def relative(self, path: Path) -> str:
        """A path as the patterns see it: relative to the root, with slashes."""
        return os.path.relpath(Path.cwd() / path, self.root).replace(os.sep, "/")

    def excludes(self, path: Path) -> bool:
        """Whether a file, or a directory that it lies in, is left out."""
        return Patterns((*EXCLUDED, *self.exclude)).covers(self.relative(path))

    def profile(self, path: Path) -> Profile:
        """The rules that are on for a file, with their options."""
        relative = self.relative(path)
        ignored = [
            word
            for pattern, words in self.per_file_ignores.items()
            if Patterns([pattern]).covers(relative)
            for word in words
        ]
        options = {rule(word).code: dict(values) for word, values in self.rules.items()}
        on = enabled(RULES, self.select, self.ignore, self.extend_select)
        if ignored:
            on &= enabled(RULES, ("ALL",), tuple(ignored))
        return Profile(on, options, self.secrets_scanner)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says: None where it says nothing. A `select` there makes the file's
    `ignore` and `extend-select` void, for it says anew what is wanted.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] | None = None
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    secrets_scanner: str | None = None

    def over(self, config: CheckConfig) -> CheckConfig:
        """The configuration of a file with these in front."""
        if self.select is not None:
            config = replace(config, select=self.select, ignore=(), extend_select=())
        per_file = self.per_file_ignores
        return replace(
            config,
            ignore=(*config.ignore, *self.ignore),
            extend_select=(*config.extend_select, *self.extend_select),
            per_file_ignores=config.per_file_ignores if per_file is None else per_file,
            exclude=(*config.exclude, *self.exclude),
            force_exclude=config.force_exclude or self.force_exclude,
            secrets_scanner=self.secrets_scanner or config.secrets_scanner,
        )


class Configs:
    """The configuration of each file: one for all, or the nearest that has our table."""

    def __init__(
        self,
        overrides: Overrides = Overrides(),
        *,
        file: Path | None = None,
        config: CheckConfig | None = None,
        isolated: bool = False,
    ) -> None:
        self._overrides = overrides
        self._near: dict[Path, CheckConfig] = {}
        self._one: CheckConfig | None = None
        if config is not None:
            self._one = overrides.over(config)
        elif file is not None:
            self._one = overrides.over(read_config(file, required=True) or CheckConfig())
        elif isolated:
            self._one = overrides.over(CheckConfig())
        else:
            # What the command line says is looked at even where there is no file.
            overrides.over(CheckConfig())

    @cached_property
    def _default(self) -> CheckConfig:
        return self._overrides.over(CheckConfig())

    def of(self, path: Path) -> CheckConfig:
        """The configuration of a file."""
        if self._one is not None:
            return self._one
        return self._of_directory((Path.cwd() / path).parent)

    def of_directory(self, directory: Path) -> CheckConfig:
        """The configuration of what lies in a directory."""
        return self._one or self._of_directory(Path.cwd() / directory)

    def _of_directory(self, directory: Path) -> CheckConfig:
        if directory not in self._near:
            found = read_config(directory / "pyproject.toml")
            if found is not None:
                self._near[directory] = self._overrides.over(found)
            elif directory.parent == directory:
                self._near[directory] = self._default
            else:
                self._near[directory] = self._of_directory(directory.parent)
        return self._near[directory]


def read_config(path: Path, *, required: bool = False) -> CheckConfig | None:
    """`[tool.nb2prod.check]` of a file, None where it has no such table.

    Raises `OptionError` for a file that cannot be read and a table that cannot be used.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        if not required:
            return None
        raise OptionError(f"{path} cannot be read: {error.strerror or error}.") from None
    if b"nb2prod" not in content:
        return CheckConfig(root=(Path.cwd() / path).parent, file=path) if required else None
    import tomllib

    try:
        found: Any = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OptionError(f"{path} cannot be read: {error}.") from None
    for key in ("tool", "nb2prod", "check"):
        found = found.get(key) if isinstance(found, dict) else None
    if found is None and not required:
        return None
    if not isinstance(found, dict | None):
        raise OptionError(f"{path}: tool.nb2prod.check takes a table, not {found!r}.")
    return _config(found or {}, path)


def _config(table: Mapping[str, Any], path: Path) -> CheckConfig:
    where = f"{path}: [tool.nb2prod.check]"
    known = {*_LISTS, "per-file-ignores", "force-exclude", "rules", "secrets-scanner"}
    for key in table:
        if key not in known:
            raise OptionError(f"{where} has no key {key}; there are {', '.join(sorted(known))}.")
    lists = {key.replace("-", "_"): _words(table.get(key, []), f"{where} {key}") for key in _LISTS}
    per_file = table.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        raise OptionError(f"{where} per-file-ignores takes a table of patterns.")
    force_exclude = table.get("force-exclude", False)
    if not isinstance(force_exclude, bool):
        raise OptionError(f"{where} force-exclude takes true or false, not {force_exclude!r}.")
    scanner = table.get("secrets-scanner", "none")
    rules = table.get("rules", {})
    if not isinstance(rules, dict) or not all(isinstance(one, dict) for one in rules.values()):
        raise OptionError(f"{where} rules takes a table for each rule.")
    try:
        return CheckConfig(
            **lists,
            per_file_ignores={
                pattern: _words(words, f"{where} per-file-ignores of {pattern}")
                for pattern, words in per_file.items()
            },
            force_exclude=force_exclude,
            rules=rules,
            secrets_scanner=scanner,
            root=(Path.cwd() / path).parent,
            file=path,
        )
    except OptionError as error:
        raise OptionError(f"{where} {error}") from None


def _words(found: Any, where: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise OptionError(f"{where} takes a list of texts, not {found!r}.")
    return tuple(found)


def _require_options(word: str, options: Mapping[str, object]) -> None:
    require_known(RULES, [word], "rules")
    found = find_rule(word)
    if found is None:
        raise OptionError(f"rules takes the whole code of a rule, not {word!r}.")
    known = {option.name: option for option in found.options}
    for name, value in options.items():
        if name not in known:
            names: Iterable[str] = sorted(known) or ["none"]
            raise OptionError(f"{found.code} has no option {name}; there are: {', '.join(names)}.")
        if type(value) is not type(known[name].default):
            kind = type(known[name].default).__name__
            raise OptionError(f"{found.code} {name} takes a value of type {kind}, not {value!r}.")
