from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from nb2prod.analysis.facts import DataPath, Fetched
from nb2prod.location import Location
from nb2prod.migration import Migration
from nb2prod.program.model import Layout, LedgerEntry
from nb2prod.project.titles import title
from tests.project.readmes import readme

MakeMigration = Callable[..., Migration]
WriteProject = Callable[[Migration], Path]
READER = MarkdownIt("commonmark").enable("table")


def blocks(text: str, info: str) -> list[str]:
    """The fenced blocks of one kind."""
    return [
        token.content
        for token in READER.parse(text)
        if token.type == "fence" and token.info == info
    ]


def section(text: str, heading: str) -> str:
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def headings(text: str) -> list[str]:
    tokens = READER.parse(text)
    return [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]


def test_the_sections(churn_migration: Migration, make_migration: MakeMigration) -> None:
    everything = headings(readme(churn_migration))
    assert everything == [
        "📉 Customer churn with scikit-learn",
        "Run it",
        "Options",
        "Data",
        "Secrets",
        "Image",
        "Paperspace Gradient",
        "Kubernetes",
        "What needs a person",
        "What changed",
        "Why these versions",
    ]
    assert headings(readme(make_migration()))[1:] == [
        name for name in everything[1:] if name not in ("Data", "Secrets")
    ]


def test_the_local_commands_are_the_only_sh_blocks(churn_migration: Migration) -> None:
    assert blocks(readme(churn_migration), "sh") == [
        (
            "python3.12 -m venv --clear .venv\n"
            ".venv/bin/python -m pip install --requirement requirements.lock"
            " --requirement requirements-vcs.lock\n"
            "PYTHONPATH=src .venv/bin/python -m customer_churn_v2\n"
        ),
        "PYTHONPATH=src .venv/bin/python -m unittest discover tests\n",
    ]


@pytest.mark.slow
def test_the_local_commands_work(make_migration: MakeMigration, write: WriteProject) -> None:
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    if shutil.which(f"python{minor}") is None:
        pytest.skip(f"python{minor} is not on the path")
    project = write(make_migration(python=minor))
    outputs = []
    for block in blocks(readme(make_migration(python=minor)), "sh"):
        done = subprocess.run(
            ["sh", "-e", "-c", block],
            cwd=project,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
    assert outputs[0].endswith("Config()\n")


def test_the_image_s_commands(churn_migration: Migration, make_migration: MakeMigration) -> None:
    image = churn_migration.image
    text = section(readme(churn_migration), "Image")
    [block] = blocks(text, "bash")
    build, made, run = block.splitlines()
    assert shlex.split(build) == ["docker", "build", "--tag", image, "."]
    assert made == "mkdir -p data outputs work"
    assert run == (
        'docker run --rm --gpus all --env-file .env --user "$(id -u):$(id -g)"'
        ' --volume "$PWD/data:/data" --volume "$PWD/outputs:/outputs"'
        ' --volume "$PWD/work:/work" ' + image
    )
    small = section(readme(make_migration(image="python:3.12-slim", cuda=None)), "Image")
    assert blocks(small, "bash")[0].splitlines()[1:] == [
        "mkdir -p work",
        'docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD/work:/work" '
        + make_migration().image,
    ]


def test_the_image_s_section_names_what_builds_and_runs_it(make_migration: MakeMigration) -> None:
    before, _ = section(readme(make_migration()), "Image").split("```bash", 1)
    assert "`nb2prod build`" in before
    assert "`nb2prod run`" in before


@pytest.mark.parametrize(
    ("differences", "recommended"),
    [
        ({}, True),
        ({"gpu": "T4"}, False),
        ({"image": "python:3.12-slim", "cuda": None}, False),
    ],
)
def test_the_cpu_image_is_recommended_where_nothing_shows_a_gpu(
    make_migration: MakeMigration, differences: dict[str, object], recommended: bool
) -> None:
    text = section(readme(make_migration(**differences)), "Image")
    assert ("`--cpu`" in text) is recommended


def test_the_options(churn_migration: Migration) -> None:
    rows = section(readme(churn_migration), "Options").splitlines()
    for row in [
        "| `--n-estimators` | `300` | a whole number | cell 8 line 4 |",
        "| `--model-kind` | `forest` | one of forest, logistic | cell 8 line 5 |",
        "| `--balance, --no-balance` | `--balance` |  | cell 8 line 6 |",
        "| `--data-from` |  | a directory | is copied into the data directory first |",
    ]:
        assert row in rows
    ranged = (
        "| `--test-size` | `0.25` | a number from 0.1 to 0.5 | Share that is held back. (cell 8"
    )
    assert [row for row in rows if row.startswith(ranged)]


def test_the_data(churn_migration: Migration, make_migration: MakeMigration) -> None:
    rows = section(readme(churn_migration), "Data").splitlines()
    assert "| `data/churn/customers.csv` | read | 10 |" in rows
    assert "| `data/churn/metrics.json` | read and written | 34, 35 |" in rows
    unnamed = section(readme(make_migration(data_directory="data_dir")), "Data")
    assert "so they are not listed here" in unnamed
    url = DataPath("https://example.invalid/x.csv", "read", "url", (1,))
    elsewhere = section(readme(make_migration(data_directory="data_dir", data=(url,))), "Data")
    assert "example.invalid" not in elsewhere


def test_what_is_fetched(make_migration: MakeMigration) -> None:
    assert "What it fetches" not in headings(readme(make_migration()))
    host, commit = "https://host.example.invalid", "0123abcd" * 5
    found = (
        Fetched("url", f"{host}/a|b.csv", None, None, "a.csv", (2, 5)),
        Fetched("url", f"{host}/b.csv", None, "md5:0123", None, (3,)),
        Fetched("hugging-face-model", "org/m", "main", None, None, (4,)),
        Fetched("hugging-face-dataset", "org/d", commit, None, None, (4,)),
        Fetched("kaggle-dataset", "who/what", "3", None, None, (4,)),
        Fetched("keras", "mnist", None, None, None, (4,)),
        Fetched("seaborn", "tips", None, None, None, (4,)),
    )
    text = section(readme(make_migration(fetched=found)), "What it fetches")
    assert [line for line in text.splitlines() if line.startswith("| `")] == [
        f"| `{host}/a\\|b.csv` | its address | 2, 5 | no |",
        f"| `{host}/b.csv` | its address | 3 | by its checksum |",
        "| `org/m` | Hugging Face, a model | 4 | no, main may move |",
        f"| `org/d` | Hugging Face, a dataset | 4 | {commit} |",
        "| `who/what` | Kaggle, a dataset | 4 | 3 |",
        "| `mnist` | Keras | 4 | by the library |",
        "| `tips` | seaborn, by this name | 4 | no |",
    ]
    assert "To pin it: `revision=`" in text
    pinned = section(readme(make_migration(fetched=found[3:6])), "What it fetches")
    assert "mnist" in pinned
    assert "To pin it" not in pinned


def test_a_long_list_of_what_is_fetched_is_cut(make_migration: MakeMigration) -> None:
    many = tuple(Fetched("nltk", f"n{index}", None, None, None, (1,)) for index in range(45))
    text = section(readme(make_migration(fetched=many)), "What it fetches")
    assert "`n39`" in text
    assert "`n40`" not in text
    assert "5 more are listed" in text


def test_gradient_s_state_is_said_plainly_and_dated(churn_migration: Migration) -> None:
    text = " ".join(section(readme(churn_migration), "Paperspace Gradient").split())
    for fact in [
        "as of November 2026, none of it tried against the service",
        '"deprecated and no longer available for Paperspace users" as of 15 July 2024',
        'marked "private"',
        "retired with version 2.0.0 of the `gradient` command in April 2022",
        "525.116.04",
        "on the machine `A4000`",
        "`customer-churn-v2-data`, `customer-churn-v2-work` and `customer-churn-v2-results`, and",
        "gradient workflows run --id <workflow id> --path deploy/gradient/workflow.yaml",
    ]:
        assert fact in text


def test_the_driver_is_no_matter_for_a_cpu(make_migration: MakeMigration) -> None:
    assert "525" not in readme(make_migration(image="python:3.12-slim", cuda=None))


def test_what_needs_a_person(churn_migration: Migration, make_migration: MakeMigration) -> None:
    items = section(readme(churn_migration), "What needs a person").strip().splitlines()
    assert items == [
        "- cell 11 line 2: the cell is not valid Python: invalid syntax",
        "- no version of nothing is known without an index; pin one",
    ]
    assert "needs a person before" in readme(churn_migration)
    clean = readme(make_migration())
    assert section(clean, "What needs a person").strip().startswith("Nothing: ")
    assert "needs a person before" not in clean


def test_what_changed(make_migration: MakeMigration) -> None:
    ledger = (
        LedgerEntry(1, 1, 5, "kept"),
        *(LedgerEntry(cell, 2, 2, "dropped", "draws in the page") for cell in range(2, 10)),
        LedgerEntry(11, 1, 1, "dropped", "Drive is the data directory"),
    )
    text = section(readme(make_migration(ledger=ledger)), "What changed").strip().splitlines()
    assert text[0] == (
        "Lines of code in the notebook: 22. Of these, 5 kept as they were, 0 rewritten, 0 hoisted"
        " into the dependencies, the image or the configuration, 17 dropped, 0 left to a person."
    )
    assert text[4:] == [
        "| dropped | Drive is the data directory | 1 | cell 11 line 1 |",
        (
            "| dropped | draws in the page | 16 | cell 2 line 2, cell 3 line 2, cell 4 line 2,"
            " cell 5 line 2, cell 6 line 2, cell 7 line 2 and 2 more |"
        ),
    ]


def test_why_it_is_a_script(make_migration: MakeMigration) -> None:
    layout = Layout("script", "it binds names with exec", Location(4, 2))
    text = section(readme(make_migration(layout=layout)), "What changed")
    assert "rather than inside a function: it binds names with exec (cell 4 line 2)." in text


def test_why_these_versions(churn_migration: Migration) -> None:
    rows = section(readme(churn_migration), "Why these versions").splitlines()
    assert (
        "| scikit-learn | `1.6.1` | scikit-learn==1.6.1 (cell 3 line 1); but Colab has 1.5.2 |"
        in rows
    )
    assert "| Python | `3.12.4` | nothing says otherwise |" in rows
    assert "| pandas\\[excel\\] | `2.2.2` | Colab 2026.10 has 2.2.2 |" in rows


@pytest.mark.parametrize(
    "text",
    [
        "```\n# a\n```",
        "| a | b |",
        "<script>alert(1)</script>",
        "<!--",
        "[a](https://example.invalid) ![b](c)",
        "- a\n- b\n\n1. c",
        "a\n===\n---",
        "`a``b`",
        "\\",
        "$(id) ${HOME} {{ 7*7 }} {% raw %}",
    ],
)
def test_text_changes_no_structure(hostile_with: Callable[[str], Migration], text: str) -> None:
    def shape(migration: Migration) -> list[str]:
        tokens = READER.parse(readme(migration))
        return [inner.type for token in tokens for inner in [token, *(token.children or [])]]

    assert shape(hostile_with(text)) == shape(hostile_with("word"))


@pytest.mark.parametrize(
    ("heading", "name", "expected"),
    [
        ("Churn", "file", "Churn"),
        ("  **Bold** [link](https://example.invalid)  ", "file", "Bold link"),
        ("", "my file", "my file"),
        ("", "\n", "Notebook"),
        ("x" * 200, "file", "x" * 119 + "…"),
    ],
)
def test_titles(make_migration: MakeMigration, heading: str, name: str, expected: str) -> None:
    assert title(make_migration(name, title=heading).notebook) == expected
