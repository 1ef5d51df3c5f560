"""What must be refused, and where it says that it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from nb2prod.errors import InvalidSpec
from nb2prod.migration import Migration
from nb2prod.project.targets import skypilot

TASK, JOB, PAPERSPACE = (f"deploy/skypilot/{name}.yaml" for name in ("task", "job", "paperspace"))
LOGIN = {"SKYPILOT_DOCKER_USERNAME": None, "SKYPILOT_DOCKER_PASSWORD": None}
Change = Callable[[dict[str, Any]], object]


def written(migration: Migration) -> dict[str, str]:
    return skypilot.files(migration)


def test_ours_are_taken(churn_migration: Migration) -> None:
    files = written(churn_migration)
    skypilot.validate(files)
    skypilot.validate({TASK: files[TASK]})


def test_the_task_has_to_be_there(churn_migration: Migration) -> None:
    files = written(churn_migration)
    del files[TASK]
    with pytest.raises(InvalidSpec, match=r"task\.yaml is missing"):
        skypilot.validate(files)


RECOVERY = {"strategy": "FAILOVER", "max_restarts_on_errors": 0}
WRONG: tuple[tuple[str, Change, str], ...] = (
    (TASK, lambda d: d.update(enviroment={}), "'enviroment' is not known"),
    (TASK, lambda d: d.update(env={}), "'env' is not known; 'envs' is near it"),
    (TASK, lambda d: d["envs"].update(A=1), r"\$\.envs\.A: 1 is not of type 'string'"),
    (TASK, lambda d: d["secrets"].update(HF_TOKEN="a"), r"\$\.secrets\.HF_TOKEN"),
    (TASK, lambda d: d["envs"].update(HF_TOKEN="a"), "stands in envs as well"),
    (TASK, lambda d: d["secrets"].update(LOGIN), "needs SKYPILOT_DOCKER_SERVER as well"),
    (TASK, lambda d: d.update(name="a b"), "is not a name of a cluster"),
    (TASK, lambda d: d["resources"].update(image_id="x:1"), "is not an image, as docker:NAME"),
    (TASK, lambda d: d["resources"].pop("image_id"), "names it in resources.image_id"),
    (TASK, lambda d: d.pop("config"), "has a config"),
    (TASK, lambda d: d["config"]["docker"].update(run_options=["--privileged"]), "was expected"),
    (
        TASK,
        lambda d: d["config"]["kubernetes"]["pod_config"]["spec"].update(hostNetwork=True),
        r"\$\.config\.kubernetes\.pod_config: .*was expected",
    ),
    (
        TASK,
        lambda d: d["resources"].update(accelerators="A4O00:1"),
        "'A4O00' that we know; 'A4000'",
    ),
    (TASK, lambda d: d["resources"].update(accelerators="T4"), r"\$\.resources\.accelerators"),
    (TASK, lambda d: d["resources"].update(cpus="4"), "is not how many at least"),
    (TASK, lambda d: d["resources"].update(ports=70000), r"\$\.resources\.ports"),
    (TASK, lambda d: d["resources"].update(job_recovery=RECOVERY), "managed jobs"),
    (JOB, lambda d: d["resources"].pop("job_recovery"), "managed jobs"),
    (TASK, lambda d: d["file_mounts"].update({"/x/": "./data"}), "without a slash at the end"),
    (TASK, lambda d: d["file_mounts"].update({"/x": "/etc"}), "file_mounts"),
    (TASK, lambda d: d["file_mounts"].pop("/inputs/data"), "/inputs/data lies in none"),
    (TASK, lambda d: d["file_mounts"].pop("/results"), "no directory is mounted from it"),
    (TASK, lambda d: d["envs"].pop("RESULTS_BUCKET"), "envs has no 'RESULTS_BUCKET'"),
    (TASK, lambda d: d["envs"].update(RESULTS_BUCKET="A_b"), "no name that every store takes"),
    (TASK, lambda d: d["envs"].update(RESULTS_BUCKET="my-google"), "nothing like Google's"),
    (TASK, lambda d: d.update(num_nodes=1), r"\$\.num_nodes"),
    (TASK, lambda d: d.update(run=""), r"\$\.run: '' is not lines of a shell"),
    (TASK, lambda d: d.update(run="a\0b\n"), r"\$\.run"),
    (PAPERSPACE, lambda d: d["resources"].update(accelerators="T4:1"), "no machine of Paperspace"),
    (PAPERSPACE, lambda d: d["resources"].update(accelerators="A4000:3"), "with 3 of A4000"),
    (PAPERSPACE, lambda d: d["resources"].update(image_id="docker:a"), "not seen inside"),
    (PAPERSPACE, lambda d: d.pop("setup"), "has a setup"),
    (PAPERSPACE, lambda d: d.update(workdir="/etc"), r"\$\.workdir"),
)


@pytest.mark.parametrize(("path", "change", "said"), WRONG, ids=[one[2] for one in WRONG])
def test_refused(churn_migration: Migration, path: str, change: Change, said: str) -> None:
    files = written(churn_migration)
    document = yaml.safe_load(files[path])
    change(document)
    files[path] = yaml.safe_dump(document)
    with pytest.raises(InvalidSpec, match=said) as caught:
        skypilot.validate(files)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_key_that_stands_twice_is_refused(churn_migration: Migration) -> None:
    files = written(churn_migration)
    files[TASK] += "name: another\n"
    with pytest.raises(InvalidSpec, match="stands twice"):
        skypilot.validate(files)
