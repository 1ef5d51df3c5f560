"""`nb2prod convert`, the real command in a process of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

RunCli = Callable[..., subprocess.CompletedProcess[str]]
WriteNotebook = Callable[..., Path]


CLEAN = "import json\nprint(json.dumps({'a': 1}))"


@pytest.fixture
def clean(tmp_path: Path, write_notebook: WriteNotebook) -> Path:
    return write_notebook(tmp_path / "Clean One.ipynb", CLEAN)


def tree(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_a_clean_notebook_is_written_beside_the_caller(
    run_cli: RunCli, clean: Path, tmp_path: Path
) -> None:
    done = run_cli("convert", str(clean))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "clean-one" / "src" / "clean_one" / "pipeline.py").is_file()
    assert "wrote clean-one" in done.stdout


def test_the_end_says_how_to_run_it_here(run_cli: RunCli, clean: Path) -> None:
    done = run_cli("convert", str(clean), "-o", "my project")
    said = "run it here: nb2prod build 'my project' && nb2prod run 'my project'\n"
    assert said in done.stdout
    for more in ("--dry-run", "--json", "--quiet"):
        other = run_cli("convert", str(clean), "-o", f"with{more}", more)
        assert (other.returncode, "run it here" in other.stdout) == (0, False), other.stderr


def test_a_project_that_was_used_is_converted_again(
    run_cli: RunCli, clean: Path, tmp_path: Path
) -> None:
    assert run_cli("convert", str(clean), "-o", "p").returncode == 0
    used = {".env": "A=1", "data/a.csv": "1", "outputs/shown/001.png": "x", "work/out.csv": "2"}
    for name, text in used.items():
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).write_text(text)
    before = tree(tmp_path / "p")
    again = run_cli("convert", str(clean), "-o", "p", "--force")
    assert again.returncode == 0, again.stderr
    (tmp_path / "p" / "README.md").write_text("mine")
    refused = run_cli("convert", str(clean), "-o", "p", "--force")
    assert (refused.returncode, "In p, README.md was changed since" in refused.stderr) == (2, True)
    assert run_cli("convert", str(clean), "-o", "p", "--force", "--discard-edits").returncode == 0
    assert tree(tmp_path / "p") == before


def test_the_directory_influences_no_byte(run_cli: RunCli, clean: Path, tmp_path: Path) -> None:
    for name in ("here", "deep/er/there"):
        assert run_cli("convert", str(clean), "-o", name).returncode == 0
    assert tree(tmp_path / "here") == tree(tmp_path / "deep" / "er" / "there")


def test_what_needs_a_person_is_listed_and_the_code_is_1(
    run_cli: RunCli, write_notebook: WriteNotebook, tmp_path: Path
) -> None:
    path = write_notebook(tmp_path / "n.ipynb", "x = 1", "print 'two'")
    done = run_cli("convert", str(path))
    assert done.returncode == 1
    assert "cell 2 line 1" in done.stdout
    assert (tmp_path / "n" / "nb2prod.json").is_file()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"not json", "not valid JSON"),
        (b"[]", "not a notebook"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_what_is_no_notebook_is_refused_with_2(
    run_cli: RunCli, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "n.ipynb").write_bytes(content)
    done = run_cli("convert", "n.ipynb")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "n").exists()


def test_another_language_is_named(
    run_cli: RunCli, write_notebook: WriteNotebook, tmp_path: Path
) -> None:
    path = write_notebook(tmp_path / "n.ipynb", "1 + 1", language="julia")
    done = run_cli("convert", str(path))
    assert done.returncode == 2
    assert "julia" in done.stderr


def test_a_missing_file_and_a_bad_option_are_2(run_cli: RunCli, clean: Path) -> None:
    assert run_cli("convert", "nowhere.ipynb").returncode == 2
    for option in (["--python", "four"], ["--lock", "often"], ["--image", "a b"], ["--nonsense"]):
        done = run_cli("convert", str(clean), *option)
        assert done.returncode == 2, option
        assert done.stderr, option


def test_several_notebooks_go_below_one_directory(
    run_cli: RunCli, write_notebook: WriteNotebook, clean: Path, tmp_path: Path
) -> None:
    other = write_notebook(tmp_path / "other.ipynb", "print 'no'")
    bad = tmp_path / "bad.ipynb"
    bad.write_text("{", encoding="utf-8")
    done = run_cli("convert", str(clean), str(other), str(bad), "-o", "out")
    assert done.returncode == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["clean-one", "other"]


def test_two_notebooks_of_one_name_are_refused(
    run_cli: RunCli, write_notebook: WriteNotebook, clean: Path, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    other = write_notebook(tmp_path / "sub" / "clean-one.ipynb", "1")
    done = run_cli("convert", str(clean), str(other))
    assert done.returncode == 2
    assert "both become" in done.stderr
    assert not (tmp_path / "clean-one").exists()


def test_dry_run_writes_nothing_and_says_what_it_would(
    run_cli: RunCli, clean: Path, tmp_path: Path
) -> None:
    done = run_cli("convert", str(clean), "--dry-run")
    assert done.returncode == 0
    assert "src/clean_one/pipeline.py" in done.stdout
    assert not (tmp_path / "clean-one").exists()


def test_json_is_one_object_a_line(
    run_cli: RunCli, write_notebook: WriteNotebook, clean: Path, tmp_path: Path
) -> None:
    other = write_notebook(tmp_path / "other.ipynb", "print 'no'")
    done = run_cli("convert", str(clean), str(other), "missing.ipynb", "--json", "-o", "out")
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["exit"], second["exit"]) == (0, 1)
    assert second["attention"][0]["cell"] == 1
    assert "missing.ipynb" in third["error"]


def test_quiet_prints_nothing(run_cli: RunCli, clean: Path) -> None:
    done = run_cli("convert", str(clean), "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_target_is_replaced_only_when_asked_and_never_with_edits(
    run_cli: RunCli, clean: Path, tmp_path: Path
) -> None:
    assert run_cli("convert", str(clean)).returncode == 0
    assert run_cli("convert", str(clean)).returncode == 2
    assert run_cli("convert", str(clean), "--force").returncode == 0
    edited = tmp_path / "clean-one" / "src" / "clean_one" / "pipeline.py"
    edited.write_text("mine = True\n", encoding="utf-8")
    refused = run_cli("convert", str(clean), "--force")
    assert refused.returncode == 2
    assert "pipeline.py" in refused.stderr
    assert edited.read_text(encoding="utf-8") == "mine = True\n"
    assert run_cli("convert", str(clean), "--force", "--discard-edits").returncode == 0
    assert "mine" not in edited.read_text(encoding="utf-8")


def test_a_directory_of_someone_else_is_never_replaced(
    run_cli: RunCli, clean: Path, tmp_path: Path
) -> None:
    (tmp_path / "clean-one").mkdir()
    (tmp_path / "clean-one" / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = run_cli("convert", str(clean), "--force", "--discard-edits")
    assert done.returncode == 2
    assert (tmp_path / "clean-one" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_options_come_from_the_environment_and_the_project_table(
    run_cli: RunCli, clean: Path, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.nb2prod]\npython = "3.11"\ncpu = true\n', encoding="utf-8"
    )
    environment = {"NB2PROD_PYTHON": "3.12"}

    def written(name: str, *options: str) -> dict[str, object]:
        assert run_cli("convert", str(clean), "-o", name, *options, env=environment).returncode == 0
        found: dict[str, object] = json.loads(
            (tmp_path / name / "nb2prod.json").read_text(encoding="utf-8")
        )
        return found

    by_environment = written("one")
    rest: dict[str, object] = {
        "image": None,
        "lock": "never",
        "as_of": None,
        "strategy": None,
        "imports": {},
        "lock_format": "requirements",
        "allow_build": [],
        "gpu": None,
        "machine": None,
        "machine_unchecked": False,
        "cuda": None,
        "pin_digest": False,
        "layout": "auto",
        "targets": ["gradient", "kubernetes"],
        "schedule": None,
        "timeout": None,
        "pull_secret": None,
        "on_push": None,
        "jobs_per_section": False,
    }
    assert by_environment["options"] == {"python": "3.12", "cpu": True, **rest}
    by_option = written("two", "--python", "3.13", "--no-cpu")
    assert by_option["options"] == {"python": "3.13", "cpu": False, **rest}


PARTS = ("#@title Load\nx = [1, 2]", "#@title Show\nprint(x)")
# Only a function binds x, so x has to be a module's own variable.
NO_PARTS = ("def f():\n    global x\n    x = 1", "f()\nprint(x)")


@pytest.mark.parametrize(
    ("cells", "options", "environment", "table", "rung"),
    [
        (PARTS, [], {}, "", "sections"),
        (PARTS, ["--layout", "auto"], {"NB2PROD_LAYOUT": "main"}, "", "sections"),
        (PARTS, ["--layout", "sections"], {"NB2PROD_LAYOUT": "script"}, "", "sections"),
        (PARTS, [], {"NB2PROD_LAYOUT": "main"}, 'layout = "script"', "main"),
        (PARTS, [], {}, 'layout = "script"', "script"),
        (NO_PARTS, [], {}, "", "script"),
        (NO_PARTS, ["--layout", "script"], {}, "", "script"),
    ],
)
def test_the_layout(
    run_cli: RunCli,
    write_notebook: WriteNotebook,
    tmp_path: Path,
    cells: tuple[str, ...],
    options: list[str],
    environment: dict[str, str],
    table: str,
    rung: str,
) -> None:
    path = write_notebook(tmp_path / "n.ipynb", *cells)
    (tmp_path / "pyproject.toml").write_text(f"[tool.nb2prod]\n{table}\n", encoding="utf-8")
    done = run_cli("convert", str(path), "-o", "out", *options, env=environment)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out" / "nb2prod.json").read_text(encoding="utf-8"))
    assert manifest["layout"]["rung"] == rung
    assert f"layout:      {rung}: " in done.stdout
    assert (tmp_path / "out" / "src" / "n" / "show.py").exists() == (rung == "sections")


@pytest.mark.parametrize("rung", ["sections", "main"])
def test_a_layout_that_is_not_safe_is_refused_with_2(
    run_cli: RunCli, write_notebook: WriteNotebook, tmp_path: Path, rung: str
) -> None:
    path = write_notebook(tmp_path / "n.ipynb", *NO_PARTS)
    done = run_cli("convert", str(path), "--layout", rung)
    assert done.returncode == 2
    assert f"--layout {rung} would change what the notebook does: only functions" in done.stderr
    assert "(cell 1" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "n").exists()


def test_a_layout_that_there_is_not(run_cli: RunCli, clean: Path) -> None:
    done = run_cli("convert", str(clean), "--layout", "cells")
    assert done.returncode == 2
    assert "--layout takes auto, sections, main, script, not 'cells'." in done.stderr


@pytest.mark.parametrize(
    ("install", "code", "said"),
    [
        ("torch==2.11.0", 0, "wrote"),
        ("torch==2.15.0", 2, "cannot run there. Choose torch==2.14.1 or --cpu; or leave"),
        ("tensorflow==2.20.0", 0, "tensorflow[and-cuda]==2.20.0"),
    ],
)
def test_a_gpu_job_whose_driver_does_not_start_the_image(
    run_cli: RunCli,
    write_notebook: WriteNotebook,
    tmp_path: Path,
    install: str,
    code: int,
    said: str,
) -> None:
    module = install.partition("==")[0]
    metadata = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}
    path = write_notebook(
        tmp_path / "n.ipynb", f"!pip install {install}\nimport {module}", metadata=metadata
    )
    done = run_cli("convert", str(path), "-o", "out")
    assert done.returncode == code, done.stderr
    assert said in " ".join((done.stdout + done.stderr).split())
    assert (tmp_path / "out").exists() == (code != 2)
    # On a CPU no driver matters.
    assert run_cli("convert", str(path), "-o", "cpu", "--cpu").returncode == 0


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('targets = ["compose"]', "'targets' is no key that is known; 'target' is near it"),
        ('pull_secret = "x"', "'pull_secret' is no key that is known; 'pull-secret' is near it"),
        ("wholly-unknown = 1", "'wholly-unknown' is no key that is known."),
    ],
)
def test_a_key_that_is_not_known_is_refused(
    run_cli: RunCli, clean: Path, tmp_path: Path, table: str, said: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.nb2prod]\n{table}\n", encoding="utf-8")
    done = run_cli("convert", str(clean))
    assert done.returncode == 2
    assert said in done.stderr


def test_one_image_name_is_for_one_notebook(
    run_cli: RunCli, clean: Path, write_notebook: WriteNotebook, tmp_path: Path
) -> None:
    other = write_notebook(tmp_path / "other.ipynb", "print(2)")
    done = run_cli("convert", str(clean), str(other), "--image", "r.example.invalid/a:1")
    assert done.returncode == 2
    assert "--image names one image" in done.stderr
    assert run_cli("convert", str(clean), "--image", "r.example.invalid/a:1").returncode == 0


@pytest.mark.parametrize("flag", ["--target", "--timeout"])
def test_an_empty_value_is_not_taken_for_none(run_cli: RunCli, clean: Path, flag: str) -> None:
    done = run_cli("convert", str(clean), flag, "")
    assert done.returncode == 2
    assert flag in done.stderr


def test_a_gpu_that_gradient_lacks_names_the_way_out(run_cli: RunCli, clean: Path) -> None:
    done = run_cli("convert", str(clean), "--gpu", "H200")
    assert done.returncode == 2
    assert "has the GPU H200; A100-80G comes nearest" in done.stderr
    assert "--target kubernetes" in done.stderr
    alone = run_cli("convert", str(clean), "--gpu", "H200", "--target", "kubernetes", "-o", "h")
    assert alone.returncode == 0
