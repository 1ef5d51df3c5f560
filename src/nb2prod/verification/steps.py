"""The steps of a verification: what has to be there first, the runs, and the comparison."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nb2prod.analysis.platform_api import is_platform_module
from nb2prod.core import convert, plan
from nb2prod.errors import OptionError
from nb2prod.migration import Migration
from nb2prod.notebook.model import Notebook
from nb2prod.options import Options
from nb2prod.verification.comparer import Sides, compare
from nb2prod.verification.contents import contents
from nb2prod.verification.environments import (
    DoesNotRun,
    Environment,
    current_environment,
    lock_environment,
    missing_modules,
)
from nb2prod.verification.given import Given, files_beside
from nb2prod.verification.model import (
    Against,
    Comparison,
    EnvironmentName,
    Equivalence,
    Run,
    Tolerance,
)
from nb2prod.verification.processes import LimitReached, Limits
from nb2prod.verification.saved import SAVED_PLACES, saved_run, within_saved
from nb2prod.verification.secrets import hiding, pasted_values
from nb2prod.verification.sides import Done, Task, run_notebook, run_package
from nb2prod.verification.verdict import figures_of, judged


class Verification:
    """One verification under way, in its scratch directory."""

    def __init__(
        self,
        path: Path,
        raw: Notebook,
        scratch: Path,
        env: EnvironmentName,
        given: Given,
        limits: Limits,
        tolerance: Tolerance,
        once: bool,
        progress: Callable[[str], None],
    ) -> None:
        self._path = path
        self._raw = raw
        self._scratch = scratch
        self._env: EnvironmentName = env
        self._given = given
        self._limits = limits
        self._tolerance = tolerance
        self._once = once
        self._progress = progress
        self._notes: list[str] = []

    def verdict(self, project: str | Path | None, against: Against) -> Equivalence:
        """Run what is to be compared, and judge it."""
        migration, directory = self._project(project)
        environment: Environment | None = None
        python = None
        try:
            environment = self._environment(directory, migration)
            self._notes += environment.notes
            task = self._task(migration, directory)
            python = self._check(task, environment)
            comparison, figures = (
                self._against_notebook(task, environment)
                if against == "notebook"
                else self._against_saved(task, environment)
            )
        except (DoesNotRun, LimitReached) as reason:
            return Equivalence(
                "does not run here",
                str(reason),
                against,
                self._env,
                python,
                tolerance=self._tolerance,
                notes=tuple(self._notes),
            )
        finally:
            if environment is not None:
                environment.close()
        return judged(
            comparison, against, self._env, python, self._tolerance, tuple(self._notes), figures
        )

    # -- what is compared -------------------------------------------------------------------------

    def _against_notebook(
        self, task: Task, environment: Environment
    ) -> tuple[Comparison, dict[str, bytes]]:
        first = run_notebook(task, environment, self._fresh("notebook"), self._progress)
        if first.run.failure is not None:
            raise DoesNotRun(
                f"the notebook itself fails: {self._hide(task)(str(first.run.failure))}"
            )
        self._note_installs(first.run, task)
        package = run_package(task, environment, self._fresh("package"), self._progress)
        held, same = contents(task, environment, first, package, self._fresh("files"))
        sides = Sides(
            first.run,
            package.run,
            places=first.places.names,
            package_places=package.places.names,
            contents=held,
            same_files=same,
            hide=self._hide(task),
        )
        figures = figures_of(first.run, package.run)
        if self._once:
            return compare(sides, self._tolerance), figures
        other = run_notebook(task, environment, self._fresh("reseeded"), self._progress, seed=2)
        reseeded = [self._pair(task, environment, first, self._ran_again(task, other))]
        comparison = compare(sides, self._tolerance, reseeded=reseeded)
        if not comparison.of("different", "except"):
            return comparison, figures
        # With the same random numbers, what differs between two runs of one side has other causes.
        again = run_notebook(task, environment, self._fresh("again"), self._progress)
        repeated = [self._pair(task, environment, first, self._ran_again(task, again))]
        if package.run.failure is None:
            # By chance the runs of the notebook may agree in what is not deterministic.
            other = run_package(task, environment, self._fresh("package-again"), self._progress)
            if other.run.failure is None:
                repeated.append(self._pair(task, environment, package, other))
        return compare(sides, self._tolerance, repeated, reseeded), figures

    def _ran_again(self, task: Task, done: Done) -> Done:
        """The notebook's other run, which has to end as the first did."""
        if done.run.failure is not None:
            failure = self._hide(task)(str(done.run.failure))
            raise DoesNotRun(f"the notebook runs once, and fails when it is run again: {failure}")
        return done

    def _pair(self, task: Task, environment: Environment, one: Done, other: Done) -> Sides:
        """Two runs of the same side."""
        directory = self._fresh(f"files-{other.places.outside.name}")
        held, same = contents(task, environment, one, other, directory)
        return Sides(one.run, other.run, one.places.names, other.places.names, held, same)

    def _against_saved(
        self, task: Task, environment: Environment
    ) -> tuple[Comparison, dict[str, bytes]]:
        saved = saved_run(self._raw)
        if not any(cell.stdout or cell.shown for cell in saved.cells.values()):
            raise DoesNotRun("the notebook was saved without outputs: there is nothing to compare.")
        package = run_package(task, environment, self._fresh("package"), self._progress)
        sides = Sides(
            saved,
            within_saved(package.run, saved),
            places=SAVED_PLACES,
            package_places=package.places.names,
            hide=self._hide(task),
        )
        figures = figures_of(saved, package.run)
        if self._once or package.run.failure is not None:
            return compare(sides, self._tolerance), figures
        # The notebook's other run is not to be had; the package's is.
        again = run_package(task, environment, self._fresh("again"), self._progress, seed=2)
        repeated = Sides(
            within_saved(package.run, saved),
            within_saved(again.run, saved),
            places=package.places.names,
            package_places=again.places.names,
        )
        return compare(sides, self._tolerance, [repeated]), figures

    # -- what has to be there first ---------------------------------------------------------------

    def _project(self, project: str | Path | None) -> tuple[Migration, Path]:
        """What is made of the notebook, and the directory of its project."""
        if project is None:
            directory = self._scratch / "project"
            lock = "never" if self._env == "current" else "auto"
            current = f"{sys.version_info.major}.{sys.version_info.minor}"
            options = Options(
                python=current if self._env == "current" else None,
                lock=lock,  # type: ignore[arg-type]
            )
            made = convert(self._path, directory, options)
            return made.migration, directory
        directory = Path(project).resolve()
        try:
            manifest = json.loads((directory / "nb2prod.json").read_text("utf-8"))
            options = _options_of(manifest)
            package = str(manifest["package"])
            name, made_of = str(manifest["notebook"]["name"]), manifest["notebook"]["sha256"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OptionError(f"{project} is no project that nb2prod wrote.") from error
        own_copy = (directory / "notebooks" / "original.ipynb").resolve()
        if made_of != self._raw.sha256 and self._path.resolve() != own_copy:
            self._notes.append("the project was made of another state of this notebook")
        # Its file may have another name by now, as the copy in the project has.
        migration = plan(self._raw._replace(name=name), options)
        if package != migration.package or not (directory / "src" / package).is_dir():
            raise OptionError(f"{project} is not the project of this notebook.")
        return migration, directory

    def _environment(self, project: Path, migration: Migration) -> Environment:
        if self._env == "current":
            return current_environment(self._scratch)
        python = migration.environment.python.version
        if self._env == "lock":
            return lock_environment(project, self._scratch, python, self._progress)
        from nb2prod.verification.images import image_environment

        return image_environment(project, migration, self._scratch, self._progress)

    def _task(self, migration: Migration, project: Path) -> Task:
        values = pasted_values(
            self._raw, migration.notebook, [found.name for found in migration.facts.pasted]
        )
        given = self._given
        if given.data is None and (project / "data").is_dir():
            given = replace(given, data=project / "data")
        return Task(
            self._raw,
            migration,
            project,
            given,
            files_beside(self._path, migration),
            self._limits,
            values,
        )

    def _check(self, task: Task, environment: Environment) -> str:
        """Say what is missing before anything is run; the environment's Python."""
        needed: dict[str, str] = {}
        for found in task.migration.facts.imports:
            if found.optional or found.local or found.beside or is_platform_module(found.module):
                continue
            module = found.module if found.root == "google" else found.root
            needed.setdefault(module, str(found.location))
            if found.module.startswith("tqdm.notebook"):
                needed.setdefault("ipywidgets", f"the progress bars of {found.location}")
        places = environment.places(self._fresh("missing"), None)
        places.make()
        (places.outside / "commands").mkdir()
        python, missing = missing_modules(environment, places, list(needed))
        if missing:
            named = ", ".join(f"{module} ({needed[module]})" for module in missing)
            advice = ""
            if self._env == "current":
                advice = "; --env lock makes an environment of the project's lock"
            raise DoesNotRun(f"not installed in this environment: {named}{advice}.")
        known = {**os.environ, **task.given.variables, **task.secrets}
        wanted = [
            f"{secret.name} ({secret.location})"
            for secret in task.migration.facts.secrets
            if secret.required and secret.name not in known
        ]
        if wanted:
            # Not all notebooks end where a secret is missing.
            self._notes.append(
                f"secrets that are not set: {', '.join(dict.fromkeys(wanted))};"
                " put them into the environment or into a file for --env-file"
            )
        uploads = task.migration.program.configuration.uploads
        if len(task.given.inputs) < len(uploads):
            place = uploads[len(task.given.inputs)].location
            raise DoesNotRun(f"{place} asks for files to be uploaded; give them with --input.")
        if not places.is_mounted and task.raw.origin.platform in ("colab", "kaggle"):
            self._notes.append(
                "this machine allows no mount namespace: paths of the platform were replaced in the"
                " notebook's code by those of a temporary directory"
            )
        return python

    def _note_installs(self, run: Run, task: Task) -> None:
        hide = self._hide(task)
        self._notes += [f"not carried out: {hide(line)}" for line in run.installs]

    def _hide(self, task: Task) -> Callable[[str], str]:
        """Blanks the values of secrets in a text that is told."""
        names = [secret.name for secret in task.migration.facts.secrets]
        known = {**os.environ, **task.given.variables}
        values = {*task.secrets.values(), *(known.get(name, "") for name in names)}
        values |= {value for name, value in task.given.variables.items() if name not in os.environ}
        return hiding(values)

    def _fresh(self, name: str) -> Path:
        directory = self._scratch / name
        directory.mkdir()
        return directory


def _options_of(manifest: Mapping[str, object]) -> Options:
    recorded = manifest["options"]
    python = manifest["python"]
    assert isinstance(recorded, dict)
    assert isinstance(python, dict)
    # JSON has no tuples.
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in recorded.items()
    }
    values["python"] = python["version"]
    values["lock"], values["lock_format"], values["pin_digest"] = "never", "requirements", False
    known = {name: value for name, value in values.items() if name in Options.__slots__}
    return Options(**known)
