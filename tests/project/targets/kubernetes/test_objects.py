"""What is written for which notebook and which options."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from nb2prod.analysis.facts import DataPath, Gpus, Nodes, Parameter, Secret, Service
from nb2prod.data.gpus import find_gpu
from nb2prod.migration import Migration
from nb2prod.options import Options
from nb2prod.project.targets import kubernetes
from nb2prod.project.targets.kubernetes.gpus import preferences
from nb2prod.project.targets.kubernetes.words import object_name
from nb2prod.project.targets.target import Settings
from nb2prod.project.targets.workload import GpuNeed, workload
from tests.project.targets.kubernetes.made import (
    DIRECTORY,
    GRADIO,
    PLACE,
    container_of,
    pod_of,
    read,
    serving,
    shapes,
    spread,
    variables_of,
)

MakeMigration = Callable[..., Migration]

WRITTEN = {
    "job": "claims files job",
    "cronjob": "claims cronjob files",
    "deployment": "claims deployment files service",
    "local": "claims deployment files",
    "kernel": "claims deployment files service",
    "nodes": "claims files job service",
    "nodes by the clock": "claims cronjob files service",
    "nodes, serving": "claims files job service",
}


@pytest.mark.parametrize("shape", WRITTEN)
def test_which_files_there_are(churn_migration: Migration, shape: str) -> None:
    found = read(*shapes(churn_migration)[shape])
    names = WRITTEN[shape].split()
    assert sorted(found) == sorted(f"{name}.yaml" for name in [*names, "kustomization"])
    [kustomization] = found["kustomization.yaml"]
    # The Pod to copy with is there only while somebody copies.
    assert kustomization["resources"] == [f"{name}.yaml" for name in names if name != "files"]


def test_the_smallest_notebook(make_migration: MakeMigration) -> None:
    made = make_migration(project="tiny-one", package="tiny_one")
    found = read(made)
    image = f"tiny-one:{made.notebook.sha256[:12]}"
    assert sorted(found) == ["claims.yaml", "files.yaml", "job.yaml", "kustomization.yaml"]
    [job], [kustomization] = found["job.yaml"], found["kustomization.yaml"]
    assert job["metadata"]["name"] == "tiny-one"
    assert {key: job["spec"][key] for key in job["spec"] if key != "template"} == {
        "backoffLimit": 0,
        "ttlSecondsAfterFinished": 604800,
    }
    pod, container = pod_of(found), container_of(found)
    assert (pod["restartPolicy"], container["image"]) == ("Never", image)
    assert container["imagePullPolicy"] == "IfNotPresent"
    assert container["command"] == ["python", "-m", "tiny_one"]
    assert not {"args", "env"} & set(container)
    assert not {"imagePullSecrets", "tolerations", "affinity"} & set(pod)
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    assert kustomization["images"] == [
        {"name": "tiny-one", "newName": "tiny-one", "newTag": image.partition(":")[2]}
    ]


def test_the_options_are_arguments_and_secrets_are_references(churn_migration: Migration) -> None:
    found = read(churn_migration)
    words = "--test-size 0.25 --n-estimators 300 --model-kind forest --balance --depth None"
    assert container_of(found)["args"] == words.split()
    name = "customer-churn-v2"
    assert variables_of(found) == {
        "HF_TOKEN": {"secretKeyRef": {"name": name, "key": "HF_TOKEN"}},
        "SLACK_TOKEN": {"secretKeyRef": {"name": name, "key": "SLACK_TOKEN", "optional": True}},
    }


def test_the_directories_are_claims(churn_migration: Migration) -> None:
    found = read(churn_migration)
    names = [claim["metadata"]["name"] for claim in found["claims.yaml"]]
    assert names == [f"customer-churn-v2-{one}" for one in ("data", "work", "output")]
    mounts = {one["mountPath"]: one for one in container_of(found)["volumeMounts"]}
    volumes = {one["name"]: one for one in pod_of(found)["volumes"]}
    for path, claim in zip(("/data", "/work", "/outputs"), names, strict=True):
        assert volumes[mounts[path]["name"]]["persistentVolumeClaim"]["claimName"] == claim
        assert "readOnly" not in mounts[path]
    for path in ("/home/app", "/tmp", "/dev/shm"):
        assert "emptyDir" in volumes[mounts[path]["name"]]
    assert {tuple(one["spec"]["accessModes"]) for one in found["claims.yaml"]} == {
        ("ReadWriteOnce",)
    }


def test_only_the_program_may_not_write_kaggles_input(make_migration: MakeMigration) -> None:
    data = (DataPath("in.csv", "read", "kaggle", (1,)),)
    found = read(make_migration(data=data, data_directory="data_dir"))
    [mount] = [one for one in container_of(found)["volumeMounts"] if one["mountPath"] == "/data"]
    assert mount["readOnly"] is True
    [copier] = found["files.yaml"]
    assert copier["spec"]["containers"][0]["volumeMounts"] == [
        {"name": "data", "mountPath": "/data"},
        {"name": "work", "mountPath": "/work"},
    ]


@pytest.mark.parametrize("direction", ["write", "both", "read", None])
def test_what_is_written_where_the_program_starts_is_kept(
    make_migration: MakeMigration, direction: Any
) -> None:
    """A library's own checkpoints are not to be seen in the notebook."""
    data = (DataPath("scores.csv", direction, "local", (2,)),) if direction else ()
    found = read(make_migration(data=data))
    claims = [one["metadata"]["name"] for one in found.get("claims.yaml", [])]
    assert claims == ["tiny-work"]
    [mount] = [one for one in container_of(found)["volumeMounts"] if one["mountPath"] == "/work"]
    [volume] = [one for one in pod_of(found)["volumes"] if one["name"] == mount["name"]]
    assert "persistentVolumeClaim" in volume


@pytest.mark.parametrize(
    ("image", "policy", "said"),
    [
        ("churn:1", "IfNotPresent", {"name": "churn", "newTag": "1"}),
        ("churn", "Always", {"name": "churn"}),
        ("churn:latest", "Always", {"name": "churn", "newTag": "latest"}),
        ("r.example.invalid:5000/a/b", "Always", {"name": "r.example.invalid:5000/a/b"}),
        (
            "r.example.invalid:5000/a:v2",
            "IfNotPresent",
            {"name": "r.example.invalid:5000/a", "newTag": "v2"},
        ),
        (
            f"a/b@sha256:{'0' * 64}",
            "IfNotPresent",
            {"name": "a/b", "digest": f"sha256:{'0' * 64}"},
        ),
        (
            f"a/b:latest@sha256:{'0' * 64}",
            "IfNotPresent",
            {"name": "a/b", "digest": f"sha256:{'0' * 64}"},
        ),
    ],
)
def test_images(
    make_migration: MakeMigration, image: str, policy: str, said: dict[str, str]
) -> None:
    made = make_migration(options=Options(image=image))
    found = read(made)
    assert container_of(found)["image"] == image
    assert container_of(found)["imagePullPolicy"] == policy
    [one] = found["kustomization.yaml"][0]["images"]
    assert one == {**said, "newName": said["name"]}
    moving = (
        "can mean another image tomorrow" in kubernetes.files(made)["deploy/kubernetes/job.yaml"]
    )
    assert moving == (policy == "Always")


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        ("churn", "churn"),
        ("on", "on"),
        ("3d-unet", "nb-3d-unet"),
        ("2026", "nb-2026"),
        ("a" * 47, "a" * 47),
    ],
)
def test_names(project: str, expected: str) -> None:
    assert object_name(project) == expected


def test_long_names_stay_apart() -> None:
    one, other = (object_name(f"{'lesson-' * 8}{number}") for number in "12")
    assert one != other
    assert len(one) == len(other) == 47
    # Cut at a dash, it does not end in one.
    assert "--" not in object_name(f"{'a' * 39}-{'b' * 20}")


def test_the_schedule(churn_migration: Migration) -> None:
    settings = Settings(schedule="0 3 * * 1-5", timeout=7200, pull_secret="registry")
    found = read(churn_migration, settings)
    [made] = found["cronjob.yaml"]
    template = made["spec"]["jobTemplate"]["spec"]
    assert {key: value for key, value in made["spec"].items() if key != "jobTemplate"} == {
        "schedule": "0 3 * * 1-5",
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 3600,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
    }
    assert (template["backoffLimit"], template["activeDeadlineSeconds"]) == (0, 7200)
    assert pod_of(found)["imagePullSecrets"] == [{"name": "registry"}]


def test_a_gpu(make_migration: MakeMigration) -> None:
    found = read(make_migration(gpu="T4", cuda="12.1.1"))
    resources = container_of(found)["resources"]
    assert resources["limits"]["nvidia.com/gpu"] == resources["requests"]["nvidia.com/gpu"] == 1
    assert pod_of(found)["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]
    assert "requiredDuringSchedulingIgnoredDuringExecution" not in str(pod_of(found)["affinity"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(targets=("kubernetes",)), 8),
        (Options(targets=("kubernetes",), gpu="A100"), 8),
        (Options(targets=("kubernetes",), gpu="A100:2"), 2),
        (Options(targets=("kubernetes",), machine="A4000x4"), 4),
    ],
)
def test_as_many_gpus_as_the_notebook_trains_on(
    make_migration: MakeMigration, options: Options, expected: int
) -> None:
    migration = make_migration(gpu="T4")
    facts = dataclasses.replace(migration.facts, gpus=Gpus(8, PLACE))
    environment = dataclasses.replace(
        migration.environment, machine=options.machine or migration.environment.machine
    )
    found = read(
        dataclasses.replace(migration, facts=facts, options=options, environment=environment)
    )
    assert container_of(found)["resources"]["limits"]["nvidia.com/gpu"] == expected


def test_without_a_gpu_none_is_asked_for(make_migration: MakeMigration) -> None:
    assert "nvidia" not in kubernetes.files(make_migration())["deploy/kubernetes/job.yaml"]


SHORT = {
    "nvidia.com/gpu.memory": "memory",
    "nvidia.com/gpu.compute.major": "compute.major",
    "nvidia.com/cuda.runtime-version.major": "CUDA",
}


@pytest.mark.parametrize(
    ("gpu", "cuda", "expected"),
    [
        ("T4", "12.1.1", "memory>14745, compute.major>6 compute.major<10, CUDA>11"),
        ("P100", "11.8.0", "memory>14745, compute.major>5 compute.major<10, CUDA>10"),
        ("A100", None, "memory>36864, compute.major>7"),
        ("A100", "11.0.3", "memory>36864, compute.major>7 compute.major<9, CUDA>10"),
        ("H100", "12.8.1", "memory>73728, compute.major>8, CUDA>11"),
    ],
)
def test_which_nodes_are_preferred(gpu: str, cuda: str | None, expected: str) -> None:
    chip = find_gpu(gpu)
    assert chip is not None
    said = []
    for term in preferences(GpuNeed(gpu, 1, chip.memory_gb, chip), cuda):
        expressions: Any = term["preference"]
        said.append(
            " ".join(
                f"{SHORT[one['key']]}{'>' if one['operator'] == 'Gt' else '<'}{one['values'][0]}"
                for one in expressions["matchExpressions"]
            )
        )
    assert ", ".join(said) == expected


def test_a_gpu_of_which_nothing_is_known_prefers_nothing() -> None:
    assert preferences(GpuNeed("new", 1, 0, None), None) == []


def test_serving(churn_migration: Migration) -> None:
    found = read(serving(churn_migration))
    [made], [service] = found["deployment.yaml"], found["service.yaml"]
    assert (made["spec"]["replicas"], made["spec"]["strategy"]) == (1, {"type": "Recreate"})
    assert pod_of(found)["restartPolicy"] == "Always"
    container = container_of(found)
    assert container["ports"] == [{"name": "http", "containerPort": 7860}]
    assert variables_of(found)["GRADIO_SERVER_NAME"] == "0.0.0.0"
    assert container["readinessProbe"]["httpGet"] == {"path": "/", "port": "http"}
    # A program of one thread that computes an answer is alive, and gives no other meanwhile.
    assert container["livenessProbe"]["tcpSocket"] == {"port": "http"}
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] == 24 * 3600
    assert service["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http"}]
    assert service["spec"]["selector"] == made["spec"]["selector"]["matchLabels"]
    assert found["files.yaml"][0]["metadata"]["labels"] != service["spec"]["selector"]


def test_what_listens_to_itself_alone_has_no_probes(churn_migration: Migration) -> None:
    made = serving(churn_migration, GRADIO._replace(local=True))
    container = container_of(read(made))
    assert not [key for key in container if key.endswith("Probe")]
    steps = " ".join(kubernetes.next_steps(made, Settings()))
    assert "port-forward deployment/customer-churn-v2 8080:7860" in steps


@pytest.mark.parametrize(("port", "allowed"), [(80, True), (1023, True), (1024, False)])
def test_a_port_that_is_roots(make_migration: MakeMigration, port: int, allowed: bool) -> None:
    pod = pod_of(read(serving(make_migration(), Service("flask", port, PLACE))))
    assert ("sysctls" in pod["securityContext"]) == allowed


def test_several_machines(churn_migration: Migration) -> None:
    found = read(spread(churn_migration))
    [made], [service] = found["job.yaml"], found["service.yaml"]
    spec = made["spec"]
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 3, 3)
    assert spec["backoffLimit"] == 0
    assert pod_of(found)["subdomain"] == service["metadata"]["name"] == "customer-churn-v2"
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"] is True
    assert {one["spec"]["accessModes"][0] for one in found["claims.yaml"]} == {"ReadWriteMany"}


TORCH = "LOCAL_RANK PET_MASTER_ADDR PET_MASTER_PORT PET_NNODES PET_NODE_RANK RANK WORLD_SIZE"


@pytest.mark.parametrize(
    ("launcher", "more"),
    [
        # More would tell Lightning that another has started its processes.
        ("lightning", ""),
        ("torch", TORCH),
        ("accelerate", "LOCAL_RANK RANK WORLD_SIZE"),
        ("deepspeed", "LOCAL_RANK RANK WORLD_SIZE"),
    ],
)
def test_what_each_machine_is_told(make_migration: MakeMigration, launcher: Any, more: str) -> None:
    found = read(spread(make_migration(), Nodes(2, PLACE, launcher)))
    said = variables_of(found)
    always = "JOB_NAME MASTER_ADDR MASTER_PORT NNODES NODE_RANK"
    assert sorted(said) == sorted([*always.split(), *more.split()])
    assert said["MASTER_ADDR"] == "$(JOB_NAME)-0.tiny"
    assert said["NNODES"] == "2"
    assert "job-completion-index" in said["NODE_RANK"]["fieldRef"]["fieldPath"]
    # Kubernetes knows a variable only once it has been named.
    assert next(iter(said)) == "JOB_NAME"
    notes = kubernetes.notes(spread(make_migration(), Nodes(2, PLACE, launcher)), Settings())
    assert "cell 5 line 2" in notes


def test_a_secret_does_not_take_the_place_of_a_variable(make_migration: MakeMigration) -> None:
    made = spread(make_migration(secrets=(Secret("RANK", PLACE), Secret("TOKEN", PLACE))))
    said = variables_of(read(made))
    assert "fieldRef" in said["RANK"]
    assert "secretKeyRef" in said["TOKEN"]


@pytest.mark.parametrize(
    "name", ["with-dash", "with space", "1st", "é", "a\nb: c", "PATH", "A" * 300]
)
def test_secrets_that_no_variable_can_hold_are_left_out_and_said_so(
    make_migration: MakeMigration, name: str
) -> None:
    made = make_migration(secrets=(Secret("GOOD", PLACE), Secret(name, PLACE)))
    assert list(variables_of(read(made))) == ["GOOD"]
    text = kubernetes.files(made)["deploy/kubernetes/job.yaml"].replace("\n# ", " ")
    assert f" The secret {' '.join(name.split())} is left out: " in text


def test_an_option_that_no_process_takes_is_left_out_and_said_so(
    make_migration: MakeMigration,
) -> None:
    made = make_migration(
        parameters=(
            Parameter("one", "string", "a\0b", PLACE),
            Parameter("two", "string", "$(HOME) $$ $x", PLACE),
            Parameter("three", "string", "\udc80", PLACE),
        )
    )
    assert container_of(read(made))["args"] == ["--two", "$$(HOME) $$$$ $$x"]
    text = kubernetes.files(made)["deploy/kubernetes/job.yaml"].replace("\n# ", " ")
    assert "The option --one is left out: " in text
    assert "The option --three is left out: " in text


def test_the_steps_lead_from_the_image_to_the_results(churn_migration: Migration) -> None:
    steps = kubernetes.next_steps(churn_migration, Settings())
    assert 2 <= len(steps) <= 5
    words = ("newName", "create secret generic", "kubectl cp data/.", "kubectl apply", "outputs")
    for step, word in zip(steps, words, strict=True):
        assert word in step


def test_files_are_copied_while_the_pod_for_it_is_there(churn_migration: Migration) -> None:
    """The head of its file says what the steps say, for before the run and for after it."""
    copier = f"--filename {DIRECTORY}/files.yaml"
    wait = "kubectl wait --for=condition=Ready --timeout=5m pod/customer-churn-v2-files"
    there = "customer-churn-v2-files:"
    volumes = workload(churn_migration).volumes
    before = [
        f"kubectl apply --filename {DIRECTORY}/claims.yaml {copier}",
        wait,
        *(f"kubectl cp {one.local}/. {there}{one.path}" for one in volumes if one.filled),
        f"kubectl delete {copier}",
    ]
    after = [
        f"kubectl apply {copier}",
        wait,
        *(f"kubectl cp {there}{one.path} {one.local}" for one in volumes if one.writable),
        f"kubectl delete {copier}",
    ]
    text = kubernetes.files(churn_migration)[f"{DIRECTORY}/files.yaml"]
    head = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    first, second = head.index("Before the program starts:"), head.index("After it has ended:")
    assert head[first + 1 :] == [
        *(f"  {one}" for one in before),
        "After it has ended:",
        *(f"  {one}" for one in after),
    ]
    assert second > first
    steps = kubernetes.next_steps(churn_migration, Settings())
    assert ", ".join(f"`{one}`" for one in before) in steps[2]
    assert ", ".join(f"`{one}`" for one in after) in steps[-1]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(), "kubectl delete job/customer-churn-v2"),
        (Settings(schedule="0 3 * * *"), "The schedule is in UTC"),
        (Settings(jobs_per_section=True), "`--jobs-per-section` changes nothing here"),
    ],
)
def test_notes(churn_migration: Migration, settings: Settings, words: str) -> None:
    assert words in kubernetes.notes(churn_migration, settings)


@pytest.mark.parametrize("shape", WRITTEN)
def test_texts_are_tidy(churn_migration: Migration, shape: str) -> None:
    made, settings = shapes(churn_migration)[shape]
    for path, text in kubernetes.files(made, settings).items():
        assert text.startswith("# ")
        assert text.endswith("\n")
        comments = [line for line in text.splitlines() if line.startswith("#")]
        assert all(len(line) <= 100 for line in comments if not line.startswith("#  "))
        assert all(line == line.rstrip() for line in text.splitlines()), path
    notes = kubernetes.notes(made, settings)
    assert "\n\n\n" not in notes
    assert notes.strip()


def test_the_work_directory_is_not_claimed_twice(make_migration: MakeMigration) -> None:
    data = (
        DataPath("in.csv", "read", "local", (1,)),
        DataPath("out.csv", "write", "local", (2,)),
    )
    found = read(make_migration(data=data))
    assert [one["metadata"]["name"] for one in found["claims.yaml"]] == ["tiny-work"]


def test_the_image_has_the_directories(churn_migration: Migration) -> None:
    """A variable says where a directory is only where it is not where the image has it."""
    from nb2prod.project.targets.kubernetes.pod import pod

    described = workload(churn_migration)
    moved = tuple(dataclasses.replace(one, path=f"/mnt{one.path}") for one in described.volumes)
    made = pod(dataclasses.replace(described, volumes=moved), Settings())
    said = {one["name"]: one.get("value") for one in made["containers"][0]["env"]}
    assert said["DATA_DIR"] == "/mnt/data"
    assert said["OUTPUT_DIR"] == "/mnt/outputs"
