"""What the files hold that two runs wrote with different bytes."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from nb2prod.verification.environments import Environment, variables_for
from nb2prod.verification.model import Description, Written
from nb2prod.verification.processes import LimitReached, Limits
from nb2prod.verification.sides import Done, Task

_LOADING = Limits(300)


def contents(
    task: Task,
    environment: Environment,
    done: Done,
    other: Done,
    directory: Path,
) -> tuple[dict[str, tuple[Description | None, Description | None]], frozenset[str]]:
    """What the files hold that both runs wrote with different bytes, and which have the same.

    Texts and tables of text are read here; for the rest a process in the environment loads them.
    """
    shared = [name for name in done.run.files if name in other.run.files]
    same = frozenset(
        name
        for name in shared
        if _same_bytes(done.run.files[name].path, other.run.files[name].path)
    )
    differing = [name for name in shared if name not in same]
    if not differing:
        return {}, same
    places = environment.places(directory, None)
    places.make()
    (directory / "commands").mkdir()
    package = task.migration.program.package
    answers = []
    for index, side in enumerate((done, other)):
        texts = [_as_text(side.run.files[name]) for name in differing]
        paths = []
        for number, name in enumerate(differing):
            path = side.run.files[name].path
            copy = directory / "work" / f"{index}-{number}{path.suffix}"
            copy.write_bytes(path.read_bytes())
            paths.append(places.inside("work", copy.name))
        request = {"paths": paths, "own": package, "answer": places.inside(f"answer{index}.json")}
        (directory / f"request{index}.json").write_text(json.dumps(request), "utf-8")
        variables = variables_for(environment, places, {}, secrets.token_hex(8), notebook=True)
        variables["PYTHONPATH"] = f"{environment.sources(task.project)}:{variables['PYTHONPATH']}"
        loaded: list[Description | None] = [None] * len(differing)
        try:
            environment.run(
                places,
                ["load", places.inside(f"request{index}.json")],
                variables=variables,
                project=task.project,
                limits=_LOADING,
                name=f"load{index}",
            )
            loaded = json.loads(
                (directory / f"answer{index}.json").read_text("utf-8", "surrogatepass")
            )
        except (LimitReached, OSError, ValueError):
            pass  # then their bytes are all that there is to compare
        answers.append([a or t for a, t in zip(loaded, texts, strict=True)])
    pairs = zip(differing, answers[0], answers[1], strict=True)
    return {name: (one, two) for name, one, two in pairs}, same


def _same_bytes(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and (
            one.read_bytes() == other.read_bytes()
        )
    except OSError:
        return False


def _as_text(written: Written) -> Description | None:
    """A file's text as a described value, line by line; None for anything else."""
    try:
        lines = written.path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    if len(lines) > 100_000:
        return None
    items = [{"is": "plain", "type": "str", "value": line} for line in lines]
    return {"is": "sequence", "type": "lines", "length": len(lines), "items": items}
