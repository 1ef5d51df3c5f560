"""All files of a project: which there are, that they are valid, that they are the same again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jsonschema import Draft202012Validator
from packaging.requirements import Requirement

from nb2prod.analysis.facts import DataPath, Fetched, Parameter, Secret
from nb2prod.environment.model import Pin
from nb2prod.errors import InternalError
from nb2prod.location import Evidence, Location
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.files import render
from nb2prod.project.manifest import render_manifest
from nb2prod.project.parts import notebook
from nb2prod.project.schemas import schema
from nb2prod.version import __version__

MakeMigration = Callable[..., Migration]
CHECKOUT = Path(__file__).resolve().parents[2]
PLACE = Location(2, 1)

ALWAYS = [
    ".dockerignore",
    ".gitignore",
    ".python-version",
    "Dockerfile",
    "README.md",
    "deploy/gradient/job.yaml",
    "deploy/gradient/workflow.yaml",
    "deploy/kubernetes/claims.yaml",
    "deploy/kubernetes/files.yaml",
    "deploy/kubernetes/job.yaml",
    "deploy/kubernetes/kustomization.yaml",
    "notebooks/original.ipynb",
    "pyproject.toml",
    "requirements.lock",
    "src/tiny/__init__.py",
    "src/tiny/__main__.py",
    "src/tiny/config.py",
    "src/tiny/pipeline.py",
    "tests/test_pipeline.py",
    "nb2prod.json",
]


def manifest_of(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["nb2prod.json"])
    return found


def test_the_files_of_a_project(make_migration: MakeMigration) -> None:
    assert list(render(make_migration())) == ALWAYS
    with_secret = render(make_migration(secrets=(Secret("TOKEN", PLACE),)))
    assert sorted(set(with_secret) - set(ALWAYS)) == [".env.example"]


def test_every_file_is_text_that_ends_with_its_last_line(
    churn_migration: Migration, hostile_migration: Migration
) -> None:
    for migration in (churn_migration, hostile_migration):
        for name, content in render(migration).items():
            text = content.decode("utf-8")
            assert text.endswith("\n"), name
            assert not text.endswith("\n\n"), name
            assert "\r" not in text, name


RENDER = """
import hashlib, json, sys
sys.path[:0] = sys.argv[1:]
import conftest
from nb2prod.project.files import render
print({n: hashlib.sha256(c).hexdigest() for n, c in render(conftest.churn()).items()})
"""


def test_the_same_again_in_another_process(churn_migration: Migration, tmp_path: Path) -> None:
    here = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in render(churn_migration).items()
    }
    sources = [str(Path(__file__).parent), *(path for path in sys.path if path)]
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", RENDER, *sources],
            cwd=tmp_path,
            env={"PYTHONHASHSEED": seed, "PATH": os.environ["PATH"], "TZ": f"UTC-{seed}"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stdout.strip() == str(here), done.stderr


def test_no_path_of_this_machine_is_in_it(churn_migration: Migration) -> None:
    for name, content in render(churn_migration).items():
        text = content.decode()
        assert str(CHECKOUT) not in text, name
        assert str(Path.home()) not in text, name


def test_the_manifest(churn_migration: Migration) -> None:
    files = render(churn_migration)
    manifest = manifest_of(files)
    assert list(manifest) == list(schema("nb2prod")["required"])
    assert manifest["nb2prod"] == __version__
    assert manifest["options"] == Options().as_json()
    assert manifest["notebook"] == {
        "name": "Customer churn (v2)",
        "sha256": churn_migration.notebook.sha256,
        "nbformat": "4.5",
        "origin": "colab",
    }
    assert manifest["lock"] == {
        "mode": "never",
        "complete": False,
        "hashed": False,
        "exclude_newer": None,
        "reason": "no package index was asked (--lock never)",
    }
    assert [(pin["name"], pin["version"]) for pin in manifest["pins"]] == [
        ("pandas", "2.2.2"),
        ("scikit-learn", "1.6.1"),
    ]
    assert manifest["pins"][1]["evidence"] == [
        {
            "kind": "pinned",
            "detail": "scikit-learn==1.6.1",
            "cell": 3,
            "line": 1,
            "conflict": False,
        },
        {
            "kind": "runtime",
            "detail": "Colab has 1.5.2",
            "cell": None,
            "line": None,
            "conflict": True,
        },
    ]
    assert manifest["parameters"][0] == {
        "name": "test_size",
        "type": "number",
        "default": 0.25,
        "choices": None,
        "minimum": 0.1,
        "maximum": 0.5,
        "help": "Share that is held back.",
        "evidence": [
            {
                "kind": "default",
                "detail": "the value in the notebook's form",
                "cell": 8,
                "line": 3,
                "conflict": False,
            }
        ],
    }
    assert manifest["secrets"] == ["HF_TOKEN", "SLACK_TOKEN"]
    assert manifest["data"][1] == {
        "path": "churn/metrics.json",
        "direction": "both",
        "origin": "drive",
        "cells": [34, 35],
    }
    assert manifest["layout"] == {
        "rung": "main",
        "reason": "sections are not made yet",
        "cell": None,
        "line": None,
    }
    ledger = manifest["ledger"]
    assert ledger["lines"] == 8 == sum(entry["lines"] for entry in ledger["entries"])
    assert (ledger["dropped"], ledger["attention"], ledger["kept"]) == (2, 3, 1)
    assert manifest["targets"] == ["gradient", "kubernetes"]


def test_the_manifest_lists_what_is_fetched_behind_the_data(make_migration: MakeMigration) -> None:
    data = (DataPath("a.csv", "read", "drive", (1,)),)
    found = (
        Fetched("url", "https://host.example.invalid/a/b.zip?c=1", None, None, None, (2, 3)),
        Fetched("hugging-face-model", "org/m", "v1", "md5:01ab", "in/m.bin", (4,)),
    )
    plain = render(make_migration(data=data, data_directory="data_dir"))
    files = render(make_migration(data=data, data_directory="data_dir", fetched=found))
    assert manifest_of(files)["data"] == [
        {"path": "a.csv", "direction": "read", "origin": "drive", "cells": [1]},
        {
            "path": "b.zip",
            "direction": "read",
            "origin": "url",
            "cells": [2, 3],
            "kind": "url",
            "source": "https://host.example.invalid/a/b.zip?c=1",
            "revision": None,
            "checksum": None,
        },
        {
            "path": "in/m.bin",
            "direction": "read",
            "origin": "url",
            "cells": [4],
            "kind": "hugging-face-model",
            "source": "org/m",
            "revision": "v1",
            "checksum": "md5:01ab",
        },
    ]
    # Nothing else changes: what is fetched is no directory, dataset or volume.
    differs = {name for name in files if files[name] != plain[name]}
    assert differs == {"README.md", "nb2prod.json"}


def test_the_manifest_has_the_hash_of_every_other_file(
    churn_migration: Migration, hostile_migration: Migration
) -> None:
    for migration in (churn_migration, hostile_migration):
        files = render(migration)
        assert manifest_of(files)["files"] == {
            name: hashlib.sha256(content).hexdigest()
            for name, content in files.items()
            if name != "nb2prod.json"
        }


@pytest.mark.parametrize(
    "given",
    [
        Parameter("x", "number", float("inf"), PLACE, minimum=float("-inf")),
        Parameter("x", "string", "\ud800", PLACE, ("\ud800", None)),
    ],
)
def test_the_manifest_holds_what_json_cannot(
    make_migration: MakeMigration, given: Parameter
) -> None:
    files = render(make_migration(parameters=(given,)))
    [found] = manifest_of(files)["parameters"]
    assert found["default"] == ("inf" if given.type == "number" else "\ud800")
    assert found["minimum"] is None


def test_the_manifest_is_checked_against_its_schema(make_migration: MakeMigration) -> None:
    migration = dataclasses.replace(make_migration(), project="No Slug")
    with pytest.raises(InternalError, match=r"nb2prod\.schema\.json at \$\.project"):
        render_manifest(migration, {})


def test_the_published_schema_is_the_shipped_one() -> None:
    published = CHECKOUT / "docs" / "schema" / "nb2prod.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema("nb2prod")


def test_the_schema_is_strict(churn_migration: Migration) -> None:
    validator = Draft202012Validator(schema("nb2prod"))
    manifest = manifest_of(render(churn_migration))
    assert list(validator.iter_errors(manifest)) == []
    for key in manifest:
        rest = {name: value for name, value in manifest.items() if name != key}
        assert list(validator.iter_errors(rest)), f"{key} can be missing"
    assert list(validator.iter_errors({**manifest, "host": "x"}))
    assert list(validator.iter_errors({**manifest, "notebook": {**manifest["notebook"], "a": 1}}))


def test_pyproject(churn_migration: Migration, hostile_migration: Migration) -> None:
    found = tomllib.loads(render(churn_migration)["pyproject.toml"].decode())
    assert found["project"] == {
        "name": "customer-churn-v2",
        "version": "0.1.0",
        "description": "📉 Customer churn with scikit-learn",
        "readme": "README.md",
        "requires-python": ">=3.12,<3.13",
        "dependencies": ["pandas[excel]==2.2.2", "scikit-learn==1.6.1"],
        "scripts": {"customer-churn-v2": "customer_churn_v2.__main__:main"},
    }
    assert found["build-system"]["build-backend"] == "hatchling.build"
    wheel = found["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel == {"packages": ["src/customer_churn_v2"]}
    hostile = tomllib.loads(render(hostile_migration)["pyproject.toml"].decode())
    assert set(hostile) == set(found)
    assert set(hostile["project"]) == set(found["project"])


def test_the_lock(churn_migration: Migration, hostile_migration: Migration) -> None:
    lines = render(churn_migration)["requirements.lock"].decode().splitlines()
    assert lines[0].startswith("# Direct dependencies only: ")
    assert "--lock never" in lines[0]
    assert lines[1:3] == ["pandas[excel]==2.2.2", "scikit-learn==1.6.1"]
    assert [str(Requirement(line)) for line in lines[1:3]] == lines[1:3]
    assert lines[3:] == []
    repositories = render(churn_migration)["requirements-vcs.lock"].decode()
    assert repositories == f"git+https://example.invalid/team/tools@{'0123456789' * 4}\n"
    hostile = render(hostile_migration)
    assert hostile["requirements.lock"].decode().splitlines()[1:] == ["numpy==2.0.0"]
    # pip puts the environment's value in for ${NAME}.
    assert hostile["requirements-vcs.lock"].decode().splitlines() == [
        f"git+https://example.invalid/%24{{HOME}}/x@{'0' * 40}#egg=%24(id)",
    ]


@pytest.mark.parametrize("version", ["1.0\n--index-url https://example.invalid", "1; rm", ""])
def test_a_pin_that_is_none_is_a_bug(make_migration: MakeMigration, version: str) -> None:
    with pytest.raises(InternalError, match="is no requirement"):
        render(make_migration(pins=(Pin("numpy", version, (), ()),)))


@pytest.mark.parametrize(
    "line", ["git+https://a b", "-r x", "https://example.invalid/x", "git+x\n-r y"]
)
def test_a_repository_that_is_none_is_a_bug(make_migration: MakeMigration, line: str) -> None:
    with pytest.raises(InternalError, match="a repository's commit"):
        render(make_migration(vcs=(line,)))


def test_the_python_version_is_exact(churn_migration: Migration) -> None:
    assert render(churn_migration)[".python-version"] == b"3.12.4\n"


def test_the_example_of_an_environment(
    churn_migration: Migration, hostile_migration: Migration
) -> None:
    assert render(churn_migration)[".env.example"].decode().splitlines()[2:] == [
        "# A secret can also lie in a file: NAME_FILE=/run/secrets/NAME in place of NAME=value.",
        "",
        "# used in cell 9 line 2",
        "HF_TOKEN=",
        "",
        "# used in cell 12 line 1; the notebook can do without it",
        "SLACK_TOKEN=",
    ]
    hostile = render(hostile_migration)[".env.example"].decode().splitlines()
    values = [line for line in hostile if line and not line.startswith("#")]
    assert values == ["on=", "_private="]


def test_data_outputs_and_secrets_stay_out_of_the_repository(make_migration: MakeMigration) -> None:
    lines = render(make_migration())[".gitignore"].decode().splitlines()
    assert {"/data/", "/outputs/", ".env", ".venv/", "__pycache__/"} <= set(lines)


PERSONAL = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "a",
            "metadata": {
                "id": "x1",
                "executionInfo": {
                    "status": "ok",
                    "elapsed": 3,
                    "user": {"displayName": "Example Person", "userId": "0123"},
                    "user_tz": -60,
                },
                "outputId": "kept",
            },
            "outputs": [
                {
                    "output_type": "display_data",
                    "data": {"text/plain": "user: kept\nsecond line"},
                    "metadata": {"photoUrl": "https://example.invalid/p.png", "needs": "light"},
                },
                {"output_type": "stream", "name": "stdout", "text": "a\nb\n"},
            ],
            "source": "user = 'kept'\nprint(user)",
        }
    ],
    "metadata": {
        "colab": {
            "provenance": [{"file_id": "abc"}],
            "authorship_tag": "ABX",
            "mount_file_id": "def",
            "gpuType": "T4",
        },
        "provenance": "gone",
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_the_notebook_is_kept_without_personal_data(make_migration: MakeMigration) -> None:
    before = json.dumps(PERSONAL)
    text = notebook.files(make_migration(document=PERSONAL))["notebooks/original.ipynb"]
    for gone in ("Example Person", "0123", "user_tz", "photoUrl", "file_id", "ABX", "def"):
        assert gone not in text
    found = json.loads(text)
    nbformat.validate(found)
    assert found["metadata"] == {
        "colab": {"gpuType": "T4"},
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    }
    [cell] = found["cells"]
    assert cell["metadata"] == {
        "id": "x1",
        "executionInfo": {"status": "ok", "elapsed": 3},
        "outputId": "kept",
    }
    assert cell["source"] == ["user = 'kept'\n", "print(user)"]
    assert cell["outputs"][0]["data"]["text/plain"] == ["user: kept\n", "second line"]
    assert cell["outputs"][0]["metadata"] == {"needs": "light"}
    assert text.startswith('{\n "cells": [\n  {\n   "cell_type"')
    assert json.dumps(PERSONAL) == before, "the migration's own document was changed"


def test_the_notebook_s_letters_are_kept(make_migration: MakeMigration) -> None:
    files = notebook.files(make_migration(title="Größe 📉"))
    assert '"# Größe 📉"' in files["notebooks/original.ipynb"]


def test_evidence_without_a_place_has_null_for_it() -> None:
    assert Evidence("default", "x").as_json()["cell"] is None
