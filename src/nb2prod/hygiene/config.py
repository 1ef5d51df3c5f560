"""How notebooks are checked: what a caller, the command line and the nearest file say, and which
rules that leaves on for a notebook.
"""

from __future__ import annotations

import os
from functools import cached_property

from nb2prod.errors import OptionError
from nb2prod.hygiene.catalogue import RULES, find_rule, rule
from nb2prod.hygiene.model import Profile
from nb2prod.hygiene.patterns import Patterns
from nb2prod.hygiene.selection import enabled, nearest, require_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    StrPath = str | os.PathLike[str]

# Directories that hold other people's files, or copies. A configuration's `exclude` adds to them.
EXCLUDED = (
    *(".bzr", ".git", ".hg", ".svn", ".direnv", ".eggs", ".ipynb_checkpoints", ".mypy_cache"),
    *(".nox", ".pytest_cache", ".ruff_cache", ".tox", ".venv", ".vscode", "__pycache__"),
    *("__pypackages__", "_build", "node_modules", "site-packages", "venv", ".virtual_documents"),
)


class CheckConfig:
    """How notebooks are checked. Raises `OptionError` for a rule that does not exist and for a
    value of the wrong type.

    `select`, `ignore`, `extend_select` take codes (NB301), beginnings of them (NB3), names
    (unpinned-install) and ALL. `per_file_ignores` maps patterns of files to such words; `exclude`
    are patterns of files and directories that are left out, on top of the usual ones. Patterns are
    gitignore's, relative to `root`, which is the working directory unless somebody says otherwise.
    `rules` sets options of rules by code and name. `secrets_scanner` is "betterleaks" for its
    second opinion on secrets, which is an extra. `file` is where all this stands, if in a file.
    """

    def __init__(
        self,
        *,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        extend_select: Iterable[str] = (),
        per_file_ignores: Mapping[str, Iterable[str]] | None = None,
        exclude: Iterable[str] = (),
        force_exclude: bool = False,
        rules: Mapping[str, Mapping[str, object]] | None = None,
        secrets_scanner: str = "none",
        root: StrPath | None = None,
        file: StrPath | None = None,
    ) -> None:
        self.select = tuple(select)
        self.ignore = tuple(ignore)
        self.extend_select = tuple(extend_select)
        self.per_file_ignores = {
            pattern: tuple(words) for pattern, words in (per_file_ignores or {}).items()
        }
        self.exclude = tuple(exclude)
        self.force_exclude = force_exclude
        self.rules = dict(rules or {})
        self.secrets_scanner = secrets_scanner
        self.root = os.getcwd() if root is None else os.fspath(root)
        self.file = None if file is None else os.fspath(file)
        self._require_known()

    def relative(self, path: StrPath) -> str:
        """A path as the patterns see it: relative to the root, with slashes."""
        return os.path.relpath(os.path.abspath(path), self.root).replace(os.sep, "/")

    def excludes(self, path: StrPath) -> bool:
        """Whether a file, or a directory that it lies in, is left out."""
        return self.excluded.covers(self.relative(path))

    @cached_property
    def excluded(self) -> Patterns:
        """The patterns of all that is left out."""
        return Patterns((*EXCLUDED, *self.exclude))

    def profile(self, path: StrPath) -> Profile:
        """The rules that are on for a file, with their options."""
        if not self.per_file_ignores:
            return self._everywhere
        relative = self.relative(path)
        ignored = [
            word
            for pattern, words in self.per_file_ignores.items()
            if Patterns([pattern]).covers(relative)
            for word in words
        ]
        if not ignored:
            return self._everywhere
        on = self._everywhere.enabled & enabled(RULES, ("ALL",), tuple(ignored))
        return self._everywhere._replace(enabled=on)

    @cached_property
    def _everywhere(self) -> Profile:
        """The profile of files that no pattern is about."""
        options = {rule(word).code: dict(values) for word, values in self.rules.items()}
        on = enabled(RULES, self.select, self.ignore, self.extend_select)
        return Profile(on, options, self.secrets_scanner)

    def _require_known(self) -> None:
        require_known(RULES, self.select, "select")
        require_known(RULES, self.ignore, "ignore")
        require_known(RULES, self.extend_select, "extend-select")
        for pattern, words in self.per_file_ignores.items():
            require_known(RULES, words, f"per-file-ignores of {pattern}")
        for word, options in self.rules.items():
            _require_options(word, options)
        if self.secrets_scanner != "none":
            from nb2prod.hygiene.second_opinion import require_scanner

            require_scanner(self.secrets_scanner)


class Overrides:
    """What the command line says: None where it says nothing. A `select` there makes the file's
    `ignore` and `extend-select` void, for it says anew what is wanted.
    """

    def __init__(
        self,
        *,
        select: tuple[str, ...] | None = None,
        ignore: tuple[str, ...] = (),
        extend_select: tuple[str, ...] = (),
        per_file_ignores: Mapping[str, tuple[str, ...]] | None = None,
        exclude: tuple[str, ...] = (),
        force_exclude: bool = False,
        secrets_scanner: str | None = None,
    ) -> None:
        self._select = select
        self._ignore = ignore
        self._extend_select = extend_select
        self._per_file_ignores = per_file_ignores
        self._exclude = exclude
        self._force_exclude = force_exclude
        self._secrets_scanner = secrets_scanner

    def over(self, config: CheckConfig) -> CheckConfig:
        """The configuration of a file with these in front."""
        anew = self._select is not None
        per_file = self._per_file_ignores
        return CheckConfig(
            select=config.select if self._select is None else self._select,
            ignore=(*(() if anew else config.ignore), *self._ignore),
            extend_select=(*(() if anew else config.extend_select), *self._extend_select),
            per_file_ignores=config.per_file_ignores if per_file is None else per_file,
            exclude=(*config.exclude, *self._exclude),
            force_exclude=config.force_exclude or self._force_exclude,
            rules=config.rules,
            secrets_scanner=self._secrets_scanner or config.secrets_scanner,
            root=config.root,
            file=config.file,
        )


class Configs:
    """The configuration of each file: one for all, or the nearest that has our table."""

    def __init__(
        self,
        overrides: Overrides | None = None,
        *,
        file: StrPath | None = None,
        config: CheckConfig | None = None,
        isolated: bool = False,
    ) -> None:
        self._overrides = overrides or Overrides()
        self._near: dict[str, CheckConfig] = {}
        self._one: CheckConfig | None = None
        # Made even where there is no file, so that what the command line says is looked at.
        self._default = self._overrides.over(CheckConfig())
        if config is not None:
            self._one = self._overrides.over(config)
        elif file is not None:
            found = read_config(file, required=True)
            self._one = self._overrides.over(found or CheckConfig())
        elif isolated:
            self._one = self._default

    def of(self, path: StrPath) -> CheckConfig:
        """The configuration of a file."""
        return self._one or self._of_directory(os.path.dirname(os.path.abspath(path)))

    def of_directory(self, directory: StrPath) -> CheckConfig:
        """The configuration of what lies in a directory."""
        return self._one or self._of_directory(os.path.abspath(directory))

    def _of_directory(self, directory: str) -> CheckConfig:
        if directory not in self._near:
            found = read_config(os.path.join(directory, "pyproject.toml"))
            above = os.path.dirname(directory)
            if found is not None:
                self._near[directory] = self._overrides.over(found)
            elif above == directory:
                self._near[directory] = self._default
            else:
                self._near[directory] = self._of_directory(above)
        return self._near[directory]


def read_config(path: StrPath, *, required: bool = False) -> CheckConfig | None:
    """`[tool.nb2prod.check]` of a file, None where it has no such table.

    Raises `OptionError` for a file that cannot be read and a table that cannot be used.
    """
    try:
        with open(path, "rb") as opened:
            content = opened.read()
    except OSError as error:
        if not required:
            return None
        raise OptionError(f"{path} cannot be read: {error.strerror or error}.") from None
    if b"nb2prod" not in content and not required:
        return None
    from nb2prod.hygiene.config_file import config_in

    return config_in(content, path, required=required)


def _require_options(word: str, options: Mapping[str, object]) -> None:
    require_known(RULES, [word], "rules")
    found = find_rule(word)
    if found is None:
        raise OptionError(f"rules takes the whole code of a rule, not {word!r}.")
    known = {option.name: option for option in found.options}
    for name, value in options.items():
        if name not in known:
            near = f"; the nearest is {nearest(name, known)}" if known else "; it has none"
            raise OptionError(f"{found.code} has no option {name!r}{near}.")
        if type(value) is not type(known[name].default):
            kind = type(known[name].default).__name__
            raise OptionError(f"{found.code} {name} takes a value of type {kind}, not {value!r}.")
        if isinstance(value, int) and not isinstance(value, bool) and value < 1:
            raise OptionError(f"{found.code} {name} takes a number from 1, not {value}.")
