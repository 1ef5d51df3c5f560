"""The stages in order: read, inspect, plan, convert. The command line is a thin caller of this
module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.gather import gather
from nb2prod.analysis.pasted import without_pasted_secrets
from nb2prod.data.standard_library import STANDARD_MODULES
from nb2prod.migration import Migration
from nb2prod.notebook.committed import commit_day
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reader import read
from nb2prod.options import Options

# The package's own modules: a package of the same name would make their imports ambiguous to read.
_OWN_MODULES = {"capture", "config", "display", "figures", "images", "outputs", "pipeline", "shell"}


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a conversion wrote: the plan behind it, the directory, and each file's bytes by relative
    path.
    """

    migration: Migration
    directory: Path
    files: Mapping[str, bytes]

    @property
    def complete(self) -> bool:
        """Whether nothing needs a person."""
        return not self.migration.attention


def inspect(notebook: Notebook) -> Facts:
    """The facts of a notebook: imports, installs, mounts, parameters, secrets, data. Nothing is
    decided.
    """
    notebook, pasted = without_pasted_secrets(notebook)
    return gather(notebook, pasted=pasted)


def plan(
    notebook: Notebook, options: Options | None = None, *, committed: str | None = None
) -> Migration:
    """Decide everything about the notebook's project and write nothing.

    Uses the embedded tables alone, no network. `committed` is the day (UTC) of the file's last
    commit, for a notebook that does not say itself when it ran. The migration's notebook has no
    pasted secrets. Raises `LayoutError` when the layout that is asked for is not safe, and
    `InternalError` on a bug, nothing else.
    """
    from nb2prod.environment.decide import decide_environment
    from nb2prod.program.build import build
    from nb2prod.project.names import package_name, project_name

    options = options or Options()
    notebook, pasted = without_pasted_secrets(notebook)
    cells = parse_notebook(notebook)
    facts = gather(notebook, cells, pasted)
    environment = decide_environment(notebook, facts, options, committed)
    project = project_name(notebook.name)
    package = package_name(project, _taken_names(facts, [pin.name for pin in environment.pins]))
    program, ledger = build(
        notebook, facts, package, environment.python.minor, cells, layout=options.layout
    )
    return Migration(notebook, options, project, package, facts, environment, program, ledger)


def plan_file(path: str | Path, options: Options | None = None) -> Migration:
    """Read the notebook at `path` and decide everything about its project; write nothing.

    git is asked for the day of the file's last commit. Raises what `read` raises.
    """
    notebook = read(path)
    return plan(notebook, options, committed=commit_day(path))


def convert(
    path: str | Path,
    directory: str | Path | None = None,
    options: Options | None = None,
    *,
    force: bool = False,
    discard_edits: bool = False,
    dry_run: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Conversion:
    """Convert the notebook at `path` into a project at `directory` (default: `./<project>`).

    `force` replaces a directory that nb2prod wrote, `discard_edits` also one whose files were
    changed since. The project appears whole or not at all. With `dry_run` everything is made and
    checked but nothing is written. `progress` is told what takes time while it is under way.

    Asks a package index for the lock, unless `options.lock` is "never".

    Raises, and then nothing is written:
        OptionError: `options` names a target that is not known, or asks for what the notebook or
            the targets cannot have; a target of another package does what it may not.
        NotebookError: the notebook cannot be used.
        TargetInTheWay: the directory must not be replaced.
        LayoutError: the layout that is asked for is not safe.
        NoIndex: `options.lock` is "always", and no index answers.
        TargetCannotRun: the project cannot run at one of its targets; known only once the versions
            of everything are, and so after the lock.
    """
    from nb2prod.project.files import render
    from nb2prod.project.parts import section_refusals
    from nb2prod.project.targets import chosen
    from nb2prod.project.write import check_target, write_project

    options = options or Options()
    chosen(options)
    notebook = read(path)
    target = Path(directory) if directory is not None else project_directory(path)
    check_target(target, force=force, discard_edits=discard_edits)
    migration = plan(notebook, options, committed=commit_day(path))
    section_refusals.refuse(migration)
    if migration.options.lock != "never":
        migration = lock(migration, progress=progress)
    if migration.options.lock_format == "uv" and migration.lock.mode == "locked":
        from nb2prod.project.uv_lock import with_uv_lock

        migration = with_uv_lock(migration)
    migration = _with_digest(migration)
    files = render(migration)
    if not dry_run:
        write_project(files, target, force=force, discard_edits=discard_edits)
    return Conversion(migration, target, files)


def lock(migration: Migration, *, progress: Callable[[str], None] | None = None) -> Migration:
    """The migration with everything that its pins require, as a package index answers.

    Pins that do not go together give way as far as the notebook itself does not name them. Code of
    packages does not run, but for those in `options.allow_build`. Raises `NoIndex` where
    `options.lock` is "always" and no index answers.
    """
    from nb2prod.environment.cuda import decided_again
    from nb2prod.environment.lock.stage import lock_environment
    from nb2prod.environment.system import with_system_packages

    locked = lock_environment(
        migration.environment,
        migration.options,
        redecide=lambda environment, closure: decided_again(
            environment, closure, migration.notebook, migration.facts, migration.options
        ),
        progress=progress,
    )
    # The base image may be another one now, and what is built from source is known.
    environment = with_system_packages(
        locked.environment, migration.notebook, migration.facts, locked.lock
    )
    before = migration.environment.python.minor
    migration = replace(migration, environment=environment, lock=locked.lock)
    if environment.python.minor == before:
        return migration
    from nb2prod.program.build import build

    # The code is for another Python than was planned.
    program, ledger = build(
        migration.notebook,
        migration.facts,
        migration.package,
        environment.python.minor,
        layout=migration.options.layout,
    )
    return replace(migration, program=program, ledger=ledger)


def project_directory(path: str | Path) -> Path:
    """Where a notebook's project goes when nothing else is said: `./<project>`."""
    from nb2prod.project.names import project_name

    return Path(project_name(Path(path).stem))


def _with_digest(migration: Migration) -> Migration:
    """The migration with the base image's digest, if one is wanted; where no engine can give it, a
    person has to know.
    """
    environment = migration.environment
    if not migration.options.pin_digest or environment.base_image.digest:
        return migration
    from nb2prod.container.digest import EngineCannotAnswer, image_digest
    from nb2prod.environment.model import Attention

    base = environment.base_image
    try:
        environment = replace(
            environment, base_image=replace(base, digest=image_digest(base.reference))
        )
    except EngineCannotAnswer as error:
        note = Attention(f"the base image is not pinned to a digest. {error}")
        environment = replace(environment, attention=(*environment.attention, note))
    return replace(migration, environment=environment)


def _taken_names(facts: Facts, distributions: list[str]) -> set[str]:
    """Module names that the package must not shadow: what the notebook imports or makes, and its
    dependencies'.
    """
    modules = {found.root for found in facts.imports} | _OWN_MODULES
    modules |= {found.path.partition("/")[0].removesuffix(".py") for found in facts.beside}
    return modules | {re.sub(r"[-.]", "_", name) for name in distributions} | set(STANDARD_MODULES)
