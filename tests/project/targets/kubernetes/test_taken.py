"""What other programs say of the files: the schemas of Kubernetes, kubectl, and a strict policy."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from nb2prod.core import plan_file
from nb2prod.errors import Nb2prodError
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.targets import kubernetes
from nb2prod.project.targets.target import DEFAULT, Settings
from tests.project.targets.kubernetes.made import DIRECTORY, shapes
from tests.project.targets.kubernetes.policy import breaches

MakeMigration = Callable[..., Migration]
ROOT = Path(__file__).parents[4]
EXAMPLES = sorted((ROOT / "examples").glob("*/*.ipynb"))
SHAPES = ("job", "cronjob", "deployment", "local", "kernel", "nodes", "nodes by the clock")
# Its kustomize is the first without the deprecated fields, and the first to know `labels` well.
OLDEST_KUSTOMIZE = 5


@cache
def versions() -> list[str]:
    """The three newest versions of Kubernetes whose schemas kubernetes-validate carries, and the
    oldest version that the README promises.
    """
    # Each is there twice, as it is and strict.
    known = list(dict.fromkeys(import_module("kubernetes_validate.utils").all_versions()))
    [oldest] = [one for one in known if one.startswith("1.27.")]
    return [oldest, *known[-3:]]


@cache
def validator() -> Any:
    """The package, which reads its large files once from now on."""
    utils = import_module("kubernetes_validate.utils")
    utils.schema_contents = cache(utils.schema_contents)  # type: ignore[attr-defined]
    return utils


def refused(documents: list[Any]) -> Iterator[str]:
    """What the strict schemas of these versions have against documents."""
    package = validator()
    for document in documents:
        for version in versions():
            try:
                package.validate(document, version, strict=True)
            except package.ValidationError as error:
                yield f"{version}: {list(error.path)}: {error.message}"


def objects(files: dict[str, str]) -> list[Any]:
    """All documents but the kustomization, which is kubectl's and not the cluster's."""
    return [
        document
        for path, text in files.items()
        if not path.endswith("/kustomization.yaml")
        for document in yaml.safe_load_all(text)
    ]


def converted(notebook: Path) -> Migration:
    """What the notebook becomes, without an index."""

    return plan_file(notebook, Options(lock="never"))


def job_of(documents: Iterable[Any]) -> Any:
    """The Job among them."""
    [job] = [one for one in documents if one["kind"] == "Job"]
    return job


def test_the_schemas_can_refuse(make_migration: MakeMigration) -> None:
    job = job_of(objects(kubernetes.files(make_migration())))
    assert list(refused([job])) == []
    job["spec"]["backofLimit"] = 1
    assert len(list(refused([job]))) == len(versions()) == 4
    job["spec"].pop("backofLimit")
    job["spec"]["template"]["spec"]["containers"][0]["args"] = [1]
    assert len(list(refused([job]))) == 4


def test_the_policy_can_refuse(make_migration: MakeMigration) -> None:
    job = job_of(objects(kubernetes.files(make_migration())))
    pod = job["spec"]["template"]["spec"]
    pod["hostNetwork"] = True
    pod["containers"][0]["securityContext"]["privileged"] = True
    pod["containers"][0]["image"] = "tiny"
    pod["containers"][0]["env"] = [{"name": "TOKEN", "value": "abc"}]
    pod["volumes"].append({"name": "host", "hostPath": {"path": "/"}})
    del pod["automountServiceAccountToken"]
    del pod["securityContext"]["runAsNonRoot"]
    del pod["containers"][0]["resources"]["limits"]["memory"]
    assert len(breaches(job)) == 8


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_taken(churn_migration: Migration, shape: str) -> None:
    made, settings = shapes(churn_migration)[shape]
    found = objects(kubernetes.files(made, settings))
    assert len(found) >= 3
    assert list(refused(found)) == []
    assert [said for one in found for said in breaches(one)] == []


@pytest.mark.parametrize("notebook", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_taken(notebook: Path) -> None:
    made = converted(notebook)
    for settings in (DEFAULT, Settings(schedule="0 3 * * *", timeout=60, pull_secret="registry")):
        files = kubernetes.files(made, settings)
        kubernetes.validate(files, settings)
        found = objects(files)
        assert list(refused(found)) == []
        assert [said for one in found for said in breaches(one)] == []


def test_hostile_text_is_taken(hostile_migration: Migration) -> None:
    found = objects(kubernetes.files(hostile_migration))
    assert list(refused(found)) == []
    assert [said for one in found for said in breaches(one)] == []


@pytest.mark.corpus
@pytest.mark.slow
def test_notebooks_of_the_corpus_are_taken(corpus: list[Path]) -> None:
    taken, wrong = 0, []
    # Each takes a quarter of a second, because the schemas of four versions read it.
    chosen = corpus[::3]
    for notebook in chosen:
        try:
            made = converted(notebook)
        except Nb2prodError:
            continue
        files = kubernetes.files(made)
        kubernetes.validate(files)
        found = objects(files)
        wrong += [f"{notebook.name}: {said}" for said in refused(found)]
        wrong += [f"{notebook.name}: {said}" for one in found for said in breaches(one)]
        taken += 1
    assert wrong == []
    assert taken > len(chosen) * 4 // 5


@pytest.fixture(scope="module")
def kubectl() -> str:
    """kubectl with a kustomize that is new enough; the tests are skipped where there is none."""
    program = shutil.which("kubectl")
    if program is None:
        pytest.skip("kubectl is not installed")
    said = subprocess.run(
        [program, "version", "--client", "--output", "json"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    kustomize = json.loads(said.stdout).get("kustomizeVersion", "v0")
    if int(kustomize.lstrip("v").partition(".")[0]) < OLDEST_KUSTOMIZE:
        pytest.skip(f"kubectl's kustomize is {kustomize}, older than {OLDEST_KUSTOMIZE}")
    return program


def built(kubectl: str, directory: Path, files: dict[str, str]) -> list[Any]:
    """What `kubectl apply --kustomize` would submit."""
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    said = subprocess.run(
        [kubectl, "kustomize", str(directory / DIRECTORY)],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    # A deprecated field is a warning there.
    assert (said.returncode, said.stderr) == (0, "")
    return list(yaml.safe_load_all(said.stdout))


@pytest.mark.parametrize("shape", SHAPES)
def test_kubectl_builds_what_is_written(
    churn_migration: Migration, tmp_path: Path, kubectl: str, shape: str
) -> None:
    made, settings = shapes(churn_migration)[shape]
    files = kubernetes.files(made, settings)
    found = built(kubectl, tmp_path, files)
    assert list(refused(found)) == []
    for one in found:
        labels = one["metadata"]["labels"]
        assert labels.pop("app.kubernetes.io/part-of") == "customer-churn-v2"
        assert labels.pop("app.kubernetes.io/managed-by") == "kustomize"
    copier = f"{DIRECTORY}/files.yaml"
    written = objects({path: text for path, text in files.items() if path != copier})

    def key(one: Any) -> tuple[str, str]:
        return one["kind"], one["metadata"]["name"]

    assert sorted(found, key=key) == sorted(written, key=key)


@pytest.mark.parametrize(
    "image",
    ["churn:1", "churn", "r.example.invalid:5000/a/b:v2", f"a/b@sha256:{'0' * 64}"],
)
def test_the_kustomization_says_where_the_image_is(
    make_migration: MakeMigration, tmp_path: Path, kubectl: str, image: str
) -> None:
    files = kubernetes.files(make_migration(options=Options(image=image)))
    job = job_of(built(kubectl, tmp_path, files))
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == image
    path = f"{DIRECTORY}/kustomization.yaml"
    name = yaml.safe_load(files[path])["images"][0]["newName"]
    changed = files[path].replace(f"newName: {name}", f"newName: r.example.invalid/team/{name}")
    assert changed != files[path]
    job = job_of(built(kubectl, tmp_path, {**files, path: changed}))
    wanted = image.replace(name, f"r.example.invalid/team/{name}")
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == wanted


def test_kubectl_reads_hostile_text_as_it_is(
    hostile_migration: Migration, tmp_path: Path, kubectl: str
) -> None:
    files = kubernetes.files(hostile_migration)
    found = {one["kind"]: one for one in built(kubectl, tmp_path, files)}
    [written] = yaml.safe_load_all(files[f"{DIRECTORY}/job.yaml"])
    assert found["Job"]["spec"] == written["spec"]
