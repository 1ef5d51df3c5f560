"""Where a project can run: an ordered, literal table of targets, and those of other packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points

from nb2prod.errors import InternalError, InvalidSpec, Nb2prodError, OptionError
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.targets import ci, compose, gradient, kubernetes, skypilot
from nb2prod.project.targets.target import Settings, Target

TARGETS: tuple[Target, ...] = (gradient, kubernetes, skypilot, compose, ci)

ENTRY_POINTS = "nb2prod.targets"
_PATH = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def settings_of(options: Options) -> Settings:
    """How the user wants the program to be run."""
    return Settings(
        schedule=options.schedule,
        timeout=options.timeout,
        pull_secret=options.pull_secret,
        on_push=options.on_push,
        jobs_per_section=options.jobs_per_section,
        unchecked_machine=options.machine if options.machine_unchecked else None,
    )


def chosen(options: Options) -> tuple[Target, ...]:
    """The targets that the options name, in their order. Raises `OptionError` for a name that is
    not known, with the nearest one.
    """
    return tuple(target(name) for name in options.targets)


def target(name: str) -> Target:
    """The target of that name, ours before others'."""
    for one in TARGETS:
        if one.name == name:
            return one
    for entry in _others():
        if entry.name == name:
            return _loaded(entry)
    from difflib import get_close_matches

    known = names()
    near = get_close_matches(name, known, n=1)
    said = f"; {near[0]!r} is near it" if near else ""
    raise OptionError(f"--target: {name!r} is no target{said}. There are {', '.join(known)}.")


def names() -> list[str]:
    """Every target's name: ours in their order, then those of other packages."""
    ours = [one.name for one in TARGETS]
    return [*ours, *(entry.name for entry in _others())]


def others() -> Iterator[Target]:
    """The targets of other packages. Raises `OptionError` for one that cannot be used."""
    return map(_loaded, _others())


def render(migration: Migration) -> Mapping[str, str]:
    """The files of all chosen targets, each checked before it is given.

    Raises `TargetCannotRun` where one says so, `OptionError` when another package's target writes
    what is not its own, and `InternalError` when one of ours is not what its place takes.
    """
    settings = settings_of(migration.options)
    found: dict[str, str] = {}
    for one in chosen(migration.options):
        try:
            written = dict(one.files(migration, settings))
            one.validate(written, settings)
        except InvalidSpec as error:
            raise _fault(one, str(error)) from error
        except Nb2prodError:
            raise
        except Exception as error:
            if one in TARGETS:
                raise
            raise _fault(one, f"it failed with {type(error).__name__}: {error}") from error
        for path, text in written.items():
            if not _PATH.fullmatch(path) or ".." in path.split("/"):
                raise _fault(one, f"{path!r} is no path below the project.")
            if path in found:
                raise _fault(one, f"{path} is written by another target, too.")
            found[path] = text
    return found


def next_steps(migration: Migration) -> list[tuple[Target, Sequence[str]]]:
    """What the user does next, for each chosen target."""
    settings = settings_of(migration.options)
    return [(one, one.next_steps(migration, settings)) for one in chosen(migration.options)]


def _fault(one: Target, what: str) -> Exception:
    if one in TARGETS:
        return InternalError(what)
    return OptionError(f"--target {one.name}, which another package brought: {what}")


def _others() -> list[EntryPoint]:
    ours = {one.name for one in TARGETS}
    found = {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}
    return [found[name] for name in sorted(found) if name not in ours and _NAME.fullmatch(name)]


def _loaded(entry: EntryPoint) -> Target:
    try:
        found = entry.load()
    except Exception as error:
        raise OptionError(
            f"--target {entry.name}: {entry.value} cannot be loaded: {error}."
        ) from error
    lacking = [one for one in _MEMBERS if not hasattr(found, one)]
    if lacking or found.name != entry.name:
        what = f"has no {', '.join(lacking)}" if lacking else f"is called {found.name!r}"
        raise OptionError(f"--target {entry.name}: {entry.value} {what}.")
    loaded: Target = found
    return loaded


_MEMBERS = ("name", "title", "summary", "files", "validate", "next_steps", "notes")
