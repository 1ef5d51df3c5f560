"""A notebook that runs once and is compared with as many packages as wanted."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nb2prod.migration import Migration
from nb2prod.notebook.reader import read
from nb2prod.verification.comparer import Sides, compare
from nb2prod.verification.contents import contents
from nb2prod.verification.environments import DoesNotRun, Environment
from nb2prod.verification.given import Given
from nb2prod.verification.model import Comparison, Equivalence, Tolerance
from nb2prod.verification.processes import LimitReached, Limits
from nb2prod.verification.sides import Done, Task, run_notebook, run_package
from nb2prod.verification.steps import Verification
from nb2prod.verification.verdict import judged


def _silent(_: str) -> None:
    """Nobody is told."""


class Bench:
    """What `verify` does, with the runs of the notebook kept.

    `project` is what the notebook was converted to, `first` and `again` are the notebook's two
    runs. DoesNotRun, or LimitReached, where the notebook does not run here.
    """

    def __init__(
        self,
        notebook: Path,
        scratch: Path,
        *,
        data: Path | None = None,
        files: Sequence[Path] = (),
        inputs: Sequence[Path] = (),
        variables: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        given = Given(data, files, inputs, dict(variables or {}))
        limits = limits or Limits(120)
        scratch = scratch.resolve()
        self._scratch = scratch
        self._verification = Verification(
            notebook, read(notebook), scratch, "current", given, limits, Tolerance(), False, _silent
        )
        migration, project = self._verification._project(None)
        self.migration: Migration = migration
        self.project: Path = project
        self.environment: Environment = self._verification._environment(project, migration)
        self.task: Task = self._verification._task(migration, project)
        self._verification._check(self.task, self.environment)
        self.first: Done = self._notebook("notebook", 1)
        self.again: Done = self._notebook("again", 1)
        self.pair: Sides = self._verification._pair(
            self.task, self.environment, self.first, self.again
        )
        self._count = 0

    def _notebook(self, name: str, seed: int) -> Done:
        done = run_notebook(self.task, self.environment, self.fresh(name), _silent, seed)
        if done.run.failure is not None:
            raise DoesNotRun(f"the notebook itself fails: {done.run.failure}")
        return done

    def fresh(self, name: str) -> Path:
        """An empty directory of this name in the scratch directory."""
        return self._verification._fresh(name)

    def package(
        self, project: Path, *, seconds: float | None = None, once: bool = False
    ) -> Equivalence:
        """The verdict on the package of a project; LimitReached where it does not end in time.

        Where it differs it is run again, but for `once`.
        """
        limits = self.task.limits if seconds is None else Limits(seconds)
        task = replace(self.task, project=project, limits=limits)

        def run(name: str) -> Done:
            return run_package(task, self.environment, self.fresh(name), _silent)

        try:
            done = run("package")
            comparison = self._compared(done, "files")
            if comparison.of("different") and done.run.failure is None and not once:
                try:
                    other = run("package-again")
                except LimitReached:
                    return self._judged(comparison)
                if other.run.failure is None:
                    pair = self._verification._pair(task, self.environment, done, other)
                    comparison = self._compared(done, "files-once-more", [pair])
            return self._judged(comparison)
        finally:
            made = ("package", "package-again", "files", "files-once-more", "files-package-again")
            for name in made:
                shutil.rmtree(self._scratch / name, ignore_errors=True)

    def _compared(self, done: Done, name: str, more: Sequence[Sides] = ()) -> Comparison:
        held, same = contents(self.task, self.environment, self.first, done, self.fresh(name))
        sides = Sides(
            self.first.run,
            done.run,
            places=self.first.places.names,
            package_places=done.places.names,
            contents=held,
            same_files=same,
        )
        return compare(sides, Tolerance(), [self.pair, *more])

    @staticmethod
    def _judged(comparison: Comparison) -> Equivalence:
        return judged(comparison, "notebook", "current", None, Tolerance())


__all__ = ["Bench", "DoesNotRun", "LimitReached"]
