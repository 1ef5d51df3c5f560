"""Where a project can run: an ordered, literal table of targets, and those of other packages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points

from nb2prod.errors import InternalError, InvalidSpec, OptionError, TargetCannotRun
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.parts.readme import TargetSection
from nb2prod.project.targets import ci, compose, given, gradient, kubernetes, skypilot
from nb2prod.project.targets.steps import listed
from nb2prod.project.targets.target import Settings, Target

TARGETS: tuple[Target, ...] = (gradient, kubernetes, skypilot, compose, ci)

ENTRY_POINTS = "nb2prod.targets"
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
    """The targets that the options name, in their order.

    Raises `OptionError` for a name that is not known, with the nearest one, and for a job per
    section where none of them has such jobs.
    """
    found = tuple(target(name) for name in options.targets)
    if options.jobs_per_section and not any(map(_has_jobs_per_section, found)):
        able = ", ".join(one.name for one in TARGETS if _has_jobs_per_section(one))
        raise OptionError(
            f"--jobs-per-section needs a target that has jobs for sections: {able}, or another"
            " package's that says so."
        )
    return found


def _has_jobs_per_section(one: Target) -> bool:
    return getattr(one, "jobs_per_section", False) is True


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


def sections(migration: Migration) -> list[TargetSection]:
    """What the README shows of each chosen target.

    Raises `OptionError` when another package's target fails or gives no text.
    """
    settings = settings_of(migration.options)
    found = []
    for one, steps in next_steps(migration):
        with _guard(one):
            notes = one.notes(migration, settings)
            _refuse(one, given.wrong_text("notes()", notes))
            said = "\n\n".join(filter(None, [notes.strip("\n"), _ignored(one, settings)]))
            found.append(TargetSection(one.title, steps, said))
    return found


def _ignored(one: Target, settings: Settings) -> str:
    """A sentence on the options that are given and that the target has no use for."""
    fields: Collection[str] = getattr(one, "ignores", ())
    given_fields = [name for name in fields if getattr(settings, name) not in (None, False)]
    flags = [f"`--{name.replace('_', '-')}`" for name in given_fields]
    if not flags:
        return ""
    return f"{listed(flags)} {'means' if len(flags) == 1 else 'mean'} nothing here."


def render(migration: Migration, beside: Collection[str] = ()) -> Mapping[str, str]:
    """The files of all chosen targets, each checked before it is given. `beside` are the paths of
    the rest of the project, which no target may write.

    Raises `TargetCannotRun` where one says so, `OptionError` when another package's target fails or
    writes what is not its own, and `InternalError` when one of ours is not what its place takes.
    """
    settings = settings_of(migration.options)
    found: dict[str, str] = {}
    for one in chosen(migration.options):
        with _guard(one):
            written = one.files(migration, settings)
            _refuse(one, given.wrong_files(written))
            for path in written:
                _refuse(one, given.in_the_way(path, beside, "every project has"))
                _refuse(one, given.in_the_way(path, found, "another target writes"))
            written = dict(written)
            one.validate(written.copy(), settings)
            found |= written
    return found


def next_steps(migration: Migration) -> list[tuple[Target, Sequence[str]]]:
    """What the user does next, for each chosen target. Raises what `sections` raises."""
    settings = settings_of(migration.options)
    found: list[tuple[Target, Sequence[str]]] = []
    for one in chosen(migration.options):
        with _guard(one):
            steps = one.next_steps(migration, settings)
            _refuse(one, given.wrong_steps(steps))
            found.append((one, tuple(steps)))
    return found


@contextmanager
def _guard(one: Target) -> Iterator[None]:
    """Whatever another package's target does is told as its fault, never as a bug of nb2prod; what
    it says of the notebook or of the options is passed on.
    """
    try:
        yield
    except InvalidSpec as error:
        raise _fault(one, str(error)) from error
    except (OptionError, TargetCannotRun):
        raise
    except (Exception, SystemExit) as error:
        if one in TARGETS:
            raise
        kind, text = type(error).__name__, str(error)
        raise _fault(one, f"it failed with {kind}{text and f': {text}'}") from error


def _refuse(one: Target, wrong: str | None) -> None:
    if wrong is not None:
        raise _fault(one, wrong)


def _fault(one: Target, what: str) -> Exception:
    if one in TARGETS:
        return InternalError(_sentence(what))
    return OptionError(_sentence(f"--target {one.name}, which another package brought: {what}"))


def _sentence(text: str) -> str:
    """With a full stop, and with nothing that a terminal or JSON could not take."""
    return text.encode("utf-8", "backslashreplace").decode().rstrip().removesuffix(".") + "."


def _others() -> list[EntryPoint]:
    ours = {one.name for one in TARGETS}
    found = {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}
    return [found[name] for name in sorted(found) if name not in ours and _NAME.fullmatch(name)]


def _loaded(entry: EntryPoint) -> Target:
    try:
        found = entry.load()
        wrong = _no_target(found, entry.name)
    except (Exception, SystemExit) as error:
        said = f"cannot be loaded: {str(error) or type(error).__name__}"
        raise OptionError(_sentence(f"--target {entry.name}: {entry.value} {said}")) from error
    if wrong is not None:
        raise OptionError(_sentence(f"--target {entry.name}: {entry.value} {wrong}"))
    loaded: Target = found
    return loaded


def _no_target(found: object, name: str) -> str | None:
    """What an object lacks of a target of that name."""
    lacking = [one for one in (*_TEXTS, *_FUNCTIONS) if not hasattr(found, one)]
    if lacking:
        return f"has no {', '.join(lacking)}"
    for member in _TEXTS:
        wrong = given.wrong_line(f"its {member}", getattr(found, member))
        if wrong is not None:
            return f"is no target: {wrong}"
    for member in _FUNCTIONS:
        if not callable(getattr(found, member)):
            return f"is no target: its {member} is no function"
    called = getattr(found, "name")  # noqa: B009 - it is an object that says so, no more
    return None if called == name else f"is called {called!r}"


_TEXTS = ("name", "title", "summary")
_FUNCTIONS = ("files", "validate", "next_steps", "notes")
