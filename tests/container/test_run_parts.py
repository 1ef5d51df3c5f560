"""What `run` decides before and after a container: GPUs, secrets, directories, uploads, outputs;
and what it says of an engine's refusals.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from nb2prod.cli import _split
from nb2prod.cli.run import listed
from nb2prod.container.hidden import Hidden
from nb2prod.container.host import Host
from nb2prod.container.project import Directory, Project, Served
from nb2prod.container.running.gpu import Gpus, gpus_for, refuses_gpu
from nb2prod.container.running.mounts import Mounted, NoDirectory, directories, make
from nb2prod.container.running.outputs import Output, outputs, states
from nb2prod.container.running.present import Image
from nb2prod.container.running.refusals import lacks_init, refusal
from nb2prod.container.running.secret_files import file_variables, secret_files, secrets_for
from nb2prod.container.running.settings import address, read_only, settings_of
from nb2prod.container.running.uploads import with_uploads
from nb2prod.errors import OptionError

DATA = Directory("data", "DATA_DIR", "/data", "data", filled=True, writable=True)
INPUT = Directory("data", "DATA_DIR", "/data", "data", filled=True, writable=False)
WORK = Directory("work", None, "/work", "work", filled=False, writable=True)
READ = [
    {"path": "churn", "direction": "read", "origin": "drive"},
    {"path": "churn/customers.csv", "direction": "read", "origin": "drive"},
    {"path": "churn/model.joblib", "direction": "write", "origin": "drive"},
    {"path": "beside.csv", "direction": "read", "origin": "local"},
]


def project(root: Path, *directories: Directory, data: Sequence[Mapping[str, Any]] = ()) -> Project:
    """A project with these directories, of a notebook that names these paths."""
    return Project(
        root=root,
        name="tiny",
        package="tiny",
        image="tiny:1",
        gpus=0,
        secrets=(),
        directories=directories,
        service=None,
        uploads=(),
        manifest={"data": data},
    )


@pytest.mark.parametrize(
    ("words", "own", "behind"),
    [
        (["run"], ["run"], []),
        (["run", "--", "--epochs", "3"], ["run"], ["--epochs", "3"]),
        (["run", "there", "--", "-v", "--", "x"], ["run", "there"], ["-v", "--", "x"]),
        (["run", "there", "-q", "--"], ["run", "there", "-q"], []),
        (["check", "--", "-odd.ipynb"], ["check", "--", "-odd.ipynb"], None),
        (["convert", "run", "--", "x"], ["convert", "run", "--", "x"], None),
        ([], [], None),
    ],
)
def test_words_behind_two_dashes_are_the_program_s(
    words: list[str], own: list[str], behind: list[str] | None
) -> None:
    assert _split(words) == (own, behind)


# -- GPUs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "needed", "there", "count", "required"),
    [
        ("auto", 0, True, 0, False),
        ("auto", 0, False, 0, False),
        ("auto", 1, True, -1, False),
        ("all", 0, False, -1, True),
        ("none", 2, True, 0, False),
        ("2", 0, False, 2, True),
        ("0", 1, True, 0, False),
    ],
)
def test_gpus(asked: str, needed: int, there: bool, count: int, required: bool) -> None:
    assert gpus_for(asked, needed=needed, there=there) == Gpus(count, required)


def test_a_gpu_that_is_not_there_is_told() -> None:
    found = gpus_for("auto", needed=1, there=False)
    assert found.count == 0
    assert found.note is not None
    assert found.note.endswith("starts without.")


@pytest.mark.parametrize("asked", ["", "some", "-1", "1.5", "²", "ALL"])
def test_what_is_no_number_of_gpus(asked: str) -> None:
    with pytest.raises(OptionError, match="--gpus takes auto, all, none or a number"):
        gpus_for(asked, needed=1, there=True)


# Words of engines, as they came: Docker 20.10 to 28, containerd's and NVIDIA's own.
NO_GPU = {
    "no runtime": 'could not select device driver "" with capabilities: [[gpu]]',
    "no driver": (
        "failed to create shim task: OCI runtime create failed: runc create failed: unable to start"
        " container process: error during container init: error running hook #0: error running"
        " hook: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\n"
        "nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot"
        " open shared object file: no such file or directory: unknown"
    ),
    "no device": "CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all",
}


@pytest.mark.parametrize("said", NO_GPU.values(), ids=NO_GPU)
def test_an_engine_without_a_gpu(said: str) -> None:
    assert refuses_gpu(said)


def test_other_refusals_are_no_matter_of_gpus() -> None:
    assert not refuses_gpu("network training-gpu not found")


# -- refusals -------------------------------------------------------------------------------------

REFUSALS = {
    "bind": (
        'invalid mount config for type "bind": bind source path does not exist: /home/me/data',
        "does not see this machine's directories",
    ),
    "desktop": (
        "Mounts denied: \nThe path /srv/data is not shared from the host and is not known.",
        "does not see this machine's directories",
    ),
    "port": (
        "driver failed programming: Bind for 127.0.0.1:7860 failed: port is already allocated",
        "Port 7860 ",
    ),
    "port of another program": (
        "failed to bind host port for 127.0.0.1:7860:172.17.0.2:7860/tcp: address already in use",
        "Port 7860 ",
    ),
    "network": ("network zzz not found", "no network of that name"),
    "shell": (
        'unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file',
        "cannot run the program",
    ),
    "machine": ("exec /bin/sh: exec format error", "cannot run the program"),
    "image": ("No such image: sha256:0123", "nb2prod build"),
    "space": ("mkdir /var/lib/docker/overlay2/4b: no space left on device", "docker system df"),
}


@pytest.mark.parametrize(("said", "told"), REFUSALS.values(), ids=REFUSALS)
def test_refusals_are_explained(said: str, told: str) -> None:
    assert told in refusal(said, Hidden(), 7860)


def test_other_refusals_are_told_without_secrets_and_control_characters() -> None:
    value = "-".join(("made", "up", "0417"))
    said = f"\x1b[31mcannot set {value}\x1b[0m\r\n in here\x07"
    told = refusal(said, Hidden([value]))
    assert told == "The engine does not start the program: cannot set **** in here"
    assert len(refusal("x" * 5000, Hidden())) < 600


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ('exec: "docker-init": executable file not found in $PATH', True),
        ("container-init binary not found on the host: stat catatonit: no such file", True),
        ('exec: "/bin/sh": stat /bin/sh: no such file or directory', False),
    ],
)
def test_an_engine_without_a_first_process(said: str, lacks: bool) -> None:
    assert lacks_init(said) is lacks


# -- secrets --------------------------------------------------------------------------------------


def test_secrets_come_from_the_first_that_has_them() -> None:
    sources = {
        "--env": {"A": "1"},
        "environment": {"A": "2", "B": ""},
        ".env": {"B": "3", "OTHER": "4"},
    }
    found = secrets_for(["A", "B", "C", "no name", "PATH"], sources, as_files=True)
    assert found.files == {"A": "1", "B": "3"}
    assert found.variables == {}
    assert found.sources == {"A": "--env", "B": ".env"}
    assert found.missing == ("C",)
    assert found.unusable == ("no name", "PATH")


@pytest.mark.parametrize("as_files", [True, False])
def test_secrets_are_files_or_variables(as_files: bool) -> None:
    found = secrets_for(["A"], {".env": {"A": "1"}}, as_files=as_files)
    assert (found.files if as_files else found.variables) == {"A": "1"}
    assert (found.variables if as_files else found.files) == {}
    assert found.values == ("1",)


def test_a_secret_named_as_another_s_file_stays_itself() -> None:
    given = {".env": {"KEY": "1", "KEY_FILE": "/k"}}
    found = secrets_for(["KEY", "KEY_FILE"], given, as_files=True)
    assert found.variables == {"KEY": "1"}
    assert found.files == {"KEY_FILE": "/k"}


@pytest.mark.parametrize("where", ["runtime", "memory", "temporary"])
def test_files_of_secrets_are_seen_by_nobody_else(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {name: tmp_path / name for name in ("runtime", "memory", "temporary")}
    # Directories of these names that are not there are none: the first that is, is taken.
    for name in list(places)[list(places).index(where) :]:
        places[name].mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(places["temporary"]))
    monkeypatch.setattr("nb2prod.container.running.secret_files._MEMORY", str(places["memory"]))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(places["runtime"]))
    values = {"A": "line\nline\n", "B": "\udcff"}
    umask = os.umask(0)
    try:
        with secret_files(values) as directory:
            assert directory is not None
            assert directory.parent == places[where]
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700
            assert {path.name: path.read_bytes() for path in directory.iterdir()} == {
                "A": b"line\nline\n",
                "B": b"\xff",
            }
            assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o400}
    finally:
        os.umask(umask)
    assert [left for place in places.values() if place.exists() for left in place.iterdir()] == []


def test_files_of_secrets_of_a_killed_process_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    holds = (
        "import os, signal\nfrom nb2prod.container.running.secret_files import secret_files\n"
        "with secret_files({'A': '1'}) as directory:\n"
        "    print(directory, flush=True)\n"
        "    signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", holds], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        left = Path(os.fsdecode(process.stdout.readline().strip()))
        other = tmp_path / "nb2prod-secrets-of-nobody"
        other.symlink_to(tmp_path / "elsewhere")
        os.utime(left, (1, 1))
        with secret_files({}):
            assert left.is_dir()  # its process is there
        process.kill()
    os.utime(left)
    with secret_files({}):
        assert left.is_dir()  # it may be another's that was made just now
    os.utime(left, (1, 1))
    with secret_files({}):
        assert not left.exists()
    assert list(tmp_path.iterdir()) == [other]


def test_files_of_secrets_go_on_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(KeyboardInterrupt), secret_files({"A": "1"}):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_no_secrets_no_files() -> None:
    with secret_files({}) as directory:
        assert directory is None
    assert file_variables({"A": "1"}) == {"A_FILE": "/run/secrets/A"}


# -- directories ----------------------------------------------------------------------------------


def test_directories_lie_beside_the_project_or_where_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    elsewhere = tmp_path / "else" / "where"
    found = tuple(directories(project(tmp_path, INPUT, WORK), {"work": elsewhere}))
    assert found == (
        Mounted(str(tmp_path / "data"), (tmp_path / "data").resolve(), "/data", writable=False),
        Mounted(str(elsewhere), elsewhere.resolve(), "/work", writable=True),
    )
    assert not elsewhere.exists()
    make(found)
    assert elsewhere.is_dir()
    assert [one.mount()["ReadOnly"] for one in found] == [True, False]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, r"put what it had mounted .* into .*/data, or name its directory with --data\."),
        ({"data": Path("nowhere")}, r"--data: there is no directory nowhere\."),
    ],
)
def test_data_that_is_not_there(tmp_path: Path, given: dict[str, Path], message: str) -> None:
    with pytest.raises(NoDirectory, match=message) as raised:
        tuple(directories(project(tmp_path, DATA, WORK, data=READ), given))
    assert str(raised.value).endswith("The notebook reads there: churn/customers.csv.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["/", "..", ".", "src", "elsewhere/deep"])
def test_a_link_is_followed_where_its_user_says_so(tmp_path: Path, target: str) -> None:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "work").symlink_to(target)
    place = os.path.realpath(root / "work")
    with pytest.raises(NoDirectory) as raised:
        tuple(directories(project(root, WORK), {}))
    assert str(raised.value).endswith(f"say so with --work {place}.")
    [found] = directories(project(root, WORK), {"work": root / "work"})
    assert found.source == Path(place)


def test_a_project_behind_a_link_is_as_any(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    [found] = directories(project(tmp_path / "link", WORK), {})
    assert found.source == (tmp_path / "real" / "work").resolve()


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(NoDirectory, match="is no directory"):
        tuple(directories(project(tmp_path, WORK), {"work": file}))


def test_a_directory_that_the_program_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"--output: .* \(--work\)\."):
        tuple(directories(project(tmp_path, WORK), {"output": tmp_path}))


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = tuple(directories(project(tmp_path, WORK), {"work": tmp_path / "file" / "work"}))
    with pytest.raises(NoDirectory, match="cannot be made: Not a directory"):
        make(found)


# -- uploads --------------------------------------------------------------------------------------


def test_files_for_uploads_are_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a b.csv", "sub/a b.csv", "other.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    words = ["--lines", "other.csv", "--upload", "a b.csv", "sub/a b.csv", "in-work.csv", "--x"]
    words += ["other.csv", "--photo=other.csv", "other.csv", "--upload", "sub"]
    found, mounted = with_uploads(words, ("--upload", "--photo"))
    assert found == (
        *("--lines", "other.csv", "--upload", "/run/uploads/1/a b.csv", "/run/uploads/2/a b.csv"),
        *("in-work.csv", "--x", "other.csv", "--photo=/run/uploads/3/other.csv", "other.csv"),
        *("--upload", "sub"),
    )
    assert [one.source.relative_to(tmp_path.resolve()) for one in mounted] == [
        Path("a b.csv"),
        Path("sub/a b.csv"),
        Path("other.csv"),
    ]
    assert not any(one.writable for one in mounted)


def test_without_uploads_words_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").touch()
    assert with_uploads(["--upload", "a"], ()) == (("--upload", "a"), ())


# -- outputs --------------------------------------------------------------------------------------


def rewritten(path: Path) -> None:
    path.write_text("as long")


def aged(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def replaced(path: Path) -> None:
    """As careful programs write: into another file, which then takes the name; at the same time."""
    status = path.stat()
    other = path.with_name("other")
    other.write_text("as long")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.rename(path)


@pytest.mark.parametrize("change", [rewritten, aged, replaced])
def test_changed_files_are_outputs(tmp_path: Path, change: Callable[[Path], None]) -> None:
    for name in ("kept", "changed"):
        (tmp_path / name).write_text("so long")
        aged(tmp_path / name) if change is not aged else None
    there = [Mounted("given/as", tmp_path, "/work", writable=True)]
    before = states(there)
    change(tmp_path / "changed")
    assert outputs(before, there) == (Output("given/as/changed", 7, is_new=False),)


def test_new_files_are_outputs_once_and_what_is_read_alone_is_none(tmp_path: Path) -> None:
    inner = tmp_path / "work" / "outputs"
    inner.mkdir(parents=True)
    (tmp_path / "data").mkdir()
    there = [
        Mounted("work", tmp_path / "work", "/work", writable=True),
        Mounted("work/outputs", inner, "/outputs", writable=True),
        Mounted("data", tmp_path / "data", "/data", writable=False),
    ]
    before = states(there)
    for path in (inner / "b", tmp_path / "work" / "a", tmp_path / "data" / "c"):
        path.write_text(path.name)
    (tmp_path / "work" / "link").symlink_to(tmp_path / "data" / "c")
    os.mkfifo(tmp_path / "work" / "pipe")
    assert outputs(before, there) == (
        Output("work/a", 1, is_new=True),
        Output("work/outputs/b", 1, is_new=True),
    )


def test_outputs_are_listed_up_to_twenty() -> None:
    assert list(listed(())) == []
    few = [Output("work/a\x1b[31m\nb", 512, is_new=True), Output("big", 3_900_000, is_new=False)]
    first, *lines = listed(few)
    assert first == "new or changed files:"
    assert not any(re.search(r"[\x00-\x1f]", line) for line in lines)
    assert [line.split()[-2:] for line in lines] == [["512", "B"], ["3.9", "MB"]]
    many = list(listed([Output(f"work/{n}", n, is_new=True) for n in range(23)]))
    assert len(many) == 22
    assert many[-1] == "  and 3 more"


# -- settings -------------------------------------------------------------------------------------

PLAIN = Host(rootless=False, remapped=False, selinux=False, gpus=False)


@pytest.mark.parametrize("who", [0, 1234])
def test_the_caller_s_user_without_rights(who: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: who)
    monkeypatch.setattr("os.getgid", lambda: 5)
    found = settings_of(None, PLAIN, None)
    assert found["user"] == f"{who}:5"
    assert found["security_opt"] == ["no-new-privileges"]
    assert found["cap_drop"] == ["ALL"]
    assert found["cap_add"] == (["CHOWN", "DAC_OVERRIDE", "FOWNER"] if who == 0 else None)
    assert found["userns_mode"] is None
    assert "ports" not in found


def test_engines_with_other_users_and_labels() -> None:
    host = Host(rootless=True, remapped=True, selinux=True, gpus=False)
    found = settings_of(None, host, "none")
    assert found["user"] == "0:0"
    assert found["userns_mode"] == "host"
    assert found["security_opt"] == ["no-new-privileges", "label=disable"]
    assert found["network_mode"] == "none"


@pytest.mark.parametrize(
    ("local", "network", "mode", "published", "reached"),
    [
        (False, None, None, True, True),
        (False, "mine", "mine", True, True),
        (False, "host", "host", False, True),
        (False, "none", "none", False, False),
        (False, "container:other", "container:other", False, False),
        (True, None, "host", False, True),
        (True, "host", "host", False, True),
        (True, "mine", "mine", False, False),
        (True, "none", "none", False, False),
    ],
)
def test_a_service_is_reached_from_this_machine_alone(
    local: bool, network: str | None, mode: str | None, published: bool, reached: bool
) -> None:
    service = Served(7860, local, None, {})
    found = settings_of(service, PLAIN, network)
    assert found["network_mode"] == mode
    assert found.get("ports") == ({"7860/tcp": ("127.0.0.1", 7860)} if published else None)
    assert address(service, network) == ("http://127.0.0.1:7860/" if reached else None)
    if published:
        found = settings_of(service, PLAIN, network, 8080)
        assert found["ports"] == {"7860/tcp": ("127.0.0.1", 8080)}
        assert address(service, network, 8080) == "http://127.0.0.1:8080/"
    else:
        with pytest.raises(OptionError, match="own network" if mode == "host" else "nothing is"):
            settings_of(service, PLAIN, network, 8080)


def test_no_service_no_address() -> None:
    assert address(None, None) is None


@pytest.mark.parametrize(("home", "places"), [("/home/app", 2), (None, 1)])
def test_a_root_that_is_read_alone(home: str | None, places: int) -> None:
    found = read_only(Image("sha256:1", home))
    assert found["read_only"] is True
    assert len(found["tmpfs"]) == places
