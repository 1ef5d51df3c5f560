"""What is refused before it is written, and what is said."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft202012Validator

from nb2prod.errors import InvalidSpec
from nb2prod.migration import Migration
from nb2prod.project.schemas import schema
from nb2prod.project.targets.kubernetes import files, validate
from nb2prod.project.targets.target import DEFAULT, Settings
from tests.project.targets.kubernetes.made import DIRECTORY, shapes

EMPTY = "emptyDir: {}\n      - name: tmp"
HOME = "- name: home\n        emptyDir"
NEVER = "restartPolicy: Never"

# The shape, the file, what stands in it, what is written instead, and what the message has to say.
REFUSED = [
    # no YAML, or more than one reader would see in it
    ("job", "job", "spec:\n  backoff", "spec: [\n  backoff", "YAML"),
    ("job", "job", "kind: Job", "kind: &a Job", "anchors"),
    ("job", "job", "kind: Job", "kind: Job\nkind: Job", "twice"),
    ("job", "job", "kind: Job", "on: a\nkind: Job", "'on'"),
    # names that are not known
    ("job", "job", "kind: Job", "kind: Jobs", "'Jobs'.*'Job' is near it"),
    ("job", "job", "apiVersion: batch/v1", "apiVersion: batch/v1beta1", r"\$\.apiVersion"),
    ("job", "job", "backoffLimit:", "backofLimit:", "'backofLimit' is not known; 'backoffLimit'"),
    ("job", "job", "mountPath: '/tmp'", "mountPaths: '/tmp'", "'mountPaths' is not known"),
    ("job", "job", "valueFrom:", "valuefrom:", "'valuefrom' is not known; 'valueFrom' is near"),
    # values that Kubernetes does not take
    ("job", "job", "name: customer-churn-v2\n", "name: Customer_Churn\n", "RFC 1035"),
    ("job", "job", "name: customer-churn-v2\n", "name: 3d\n", "RFC 1035"),
    ("job", "job", "name: HF_TOKEN", "name: HF-TOKEN", "the name of an environment variable"),
    ("job", "job", "- '0.25'", "- 0.25", "not of type 'string'"),
    ("job", "job", "memory: '13Gi'", "memory: '13GB'", "memory"),
    ("job", "job", "mountPath: '/tmp'", "mountPath: tmp", "a path from the root"),
    ("cronjob", "cronjob", "'0 3 * * 1-5'", "'0 3 * *'", "the five fields of cron"),
    ("cronjob", "cronjob", "Etc/UTC", "Mars/Base", "Etc/UTC"),
    ("cronjob", "cronjob", "name: customer-churn-v2\n", f"name: {'a' * 53}\n", "too long"),
    ("deployment", "deployment", "containerPort: 7860", "containerPort: 78600", "65535"),
    ("deployment", "deployment", "restartPolicy: Always", "restartPolicy: Never", "Always"),
    ("job", "job", "restartPolicy: Never", "restartPolicy: Always", "Never"),
    ("job", "claims", "'20Gi'", "'20 GB'", r"document 1: \$\.spec\.resources"),
    ("job", "claims", "'10Gi'", "'-1'", r"document 2: \$\.spec\.resources"),
    # rights that the program does not need
    ("job", "job", "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot"),
    ("job", "job", "runAsUser: 10001", "runAsUser: 0", "runAsUser"),
    ("job", "job", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "readOnlyR"),
    ("job", "job", "        - ALL\n", "        - NET_RAW\n", "drop"),
    ("job", "job", "Token: false", "Token: true", "automountServiceAccountToken"),
    ("job", "job", EMPTY, EMPTY.replace("emptyDir", "hostPath"), "hostPath"),
    ("job", "job", NEVER, f"hostNetwork: true\n      {NEVER}", "hostNetwork"),
    ("job", "job", "limits:\n            cpu", "limit:\n            cpu", "'limit' is not known"),
    # what has to agree
    ("job", "kustomization", "- job.yaml", "- jobs.yaml", "'jobs.yaml'.*'job.yaml' is near it"),
    ("job", "kustomization", "- job.yaml\n", "", "'job.yaml' is missing"),
    ("job", "kustomization", "name: customer-churn-v2", "name: churn", "'customer-churn-v2:"),
    ("job", "kustomization", "resources:", "bases:", "'bases' is not known"),
    ("job", "kustomization", "newTag: ", f"digest: sha256:{'0' * 64}\n  newTag: ", "not be valid"),
    ("job", "kustomization", "kind: Kust", "---\nkind: Kust", "required property"),
    ("job", "claims", "name: customer-churn-v2-data", "name: churn-data", "no claim 'customer-ch"),
    ("job", "claims", "v2-output", "v2-data", "no claim 'customer-churn-v2-output'"),
    ("job", "files", "claimName: customer-churn-v2-data", "claimName: churn", "no claim 'churn'"),
    ("job", "job", HOME, HOME.replace("home", "hone"), "'hone' is near|'home' is near"),
    ("job", "job", "Path: '/tmp'", "Path: '/data'", "the directory '/data' stands there 2"),
    ("job", "job", "name: SLACK_TOKEN", "name: HF_TOKEN", "the variable 'HF_TOKEN' stands there 2"),
    ("job", "job", "- '300'", "- '$(HOME)'", r"Kubernetes would replace \$\(HOME\)"),
    ("nodes", "job", "$(JOB_NAME)-0.customer-churn-v2", "$(JOBNAME)-0", "'JOB_NAME' is near it"),
    ("nodes", "job", "completions: 3", "completions: 2", "completions and parallelism"),
    ("nodes", "job", "subdomain: customer-churn-v2", "subdomain: churn", "the subdomain 'churn'"),
    ("nodes", "service", "clusterIP: None", "type: ClusterIP", "clusterIP: None"),
    ("nodes", "claims", "- ReadWriteMany", "- ReadWriteOnce", "has to be ReadWriteMany"),
    ("deployment", "service", "targetPort: http", "targetPort: https", "'http' is near it"),
    ("deployment", "service", "or:\n    app", "or:\n    xapp", "no Pod of the program"),
    ("deployment", "deployment", "matchLabels:\n      app", "matchLabels:\n      x", "labels"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "name", "old", "new", "said"), REFUSED)
def test_what_is_refused(
    churn_migration: Migration, shape: str, name: str, old: str, new: str, said: str
) -> None:
    made, settings = shapes(churn_migration)[shape]
    written = files(made, settings)
    validate(written, settings)
    path = f"{DIRECTORY}/{name}.yaml"
    assert old in written[path]
    changed = {**written, path: written[path].replace(old, new, 1)}
    with pytest.raises(InvalidSpec, match=f"(?s)kubernetes.*{said}") as caught:
        validate(changed, settings)
    assert str(caught.value).endswith(".")


def test_a_gpu_is_asked_for_as_often_as_allowed(churn_migration: Migration) -> None:
    written = files(churn_migration)
    path = f"{DIRECTORY}/job.yaml"
    head, gpu, tail = written[path].rpartition("nvidia.com/gpu: 1")
    assert gpu
    with pytest.raises(InvalidSpec, match=r"as much of nvidia\.com/gpu"):
        validate({**written, path: f"{head}nvidia.com/gpu: 2{tail}"})


@pytest.mark.parametrize(
    ("above", "more", "said"),
    [
        ("      volumes:\n", "      - name: NAME\n        emptyDir: {}\n", "the volume 'v00'"),
        (
            "        volumeMounts:\n",
            "        - name: NAME\n          mountPath: '/NAME'\n",
            "no volume is called 'v00'",
        ),
    ],
)
def test_the_first_of_several_is_always_the_same(
    churn_migration: Migration, above: str, more: str, said: str
) -> None:
    written = files(churn_migration)
    path = f"{DIRECTORY}/job.yaml"
    assert written[path].count(above) == 1
    added = "".join(more.replace("NAME", f"v{number:02}") for number in range(99, -1, -1))
    with pytest.raises(InvalidSpec, match=said):
        validate({**written, path: written[path].replace(above, above + added)})


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("kustomization", "kustomization.yaml is missing"),
        ("job", "not none"),
        ("claims", "there is no file 'claims.yaml'|has no claim"),
    ],
)
def test_a_file_that_is_missing(churn_migration: Migration, gone: str, said: str) -> None:
    written = files(churn_migration)
    del written[f"{DIRECTORY}/{gone}.yaml"]
    with pytest.raises(InvalidSpec, match=said):
        validate(written)


def test_a_file_that_nothing_reads(churn_migration: Migration) -> None:
    written = files(churn_migration)
    job = written[f"{DIRECTORY}/job.yaml"]
    with pytest.raises(InvalidSpec, match=re.escape("nothing reads this file")):
        validate({**written, f"{DIRECTORY}/jobs.yaml": job})
    with pytest.raises(InvalidSpec, match="it is for a CronJob, not for a Job"):
        validate({**written, f"{DIRECTORY}/cronjob.yaml": job})
    with pytest.raises(InvalidSpec, match="it is one document, not 2"):
        validate({**written, f"{DIRECTORY}/job.yaml": f"{job}---\n{job}"})
    # Another target's files are its own affair.
    validate({**written, "deploy/other/job.yaml": "["}, DEFAULT)


def test_two_that_run(churn_migration: Migration) -> None:
    both = files(churn_migration) | files(churn_migration, Settings(schedule="0 3 * * *"))
    with pytest.raises(InvalidSpec, match=r"job\.yaml and .*cronjob\.yaml"):
        validate(both)


@pytest.mark.parametrize("name", ["kubernetes-object", "kubernetes-kustomization"])
def test_schemas_are_schemas_and_closed(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    open_ones = [found for found in _objects(schema(name)) if "additionalProperties" not in found]
    assert open_ones == []


def _objects(found: object) -> list[dict[str, object]]:
    """The schemas of objects whose properties are described, but for what only chooses by kind."""
    if isinstance(found, list):
        return [one for value in found for one in _objects(value)]
    if not isinstance(found, dict):
        return []
    deeper = [one for value in found.values() for one in _objects(value)]
    described = found.get("type") == "object" and "allOf" not in found
    return [*([found] if described else []), *deeper]
