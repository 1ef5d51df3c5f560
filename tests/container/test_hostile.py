"""A notebook that tries to run something while its image is built: whatever it writes stays text.

Each line of the table wants to leave a file of its own; the image is built by a real engine, its
program runs, and none of the files is there.
"""

from __future__ import annotations

import json
from pathlib import Path

import docker
import pytest

import nb2prod
from tests.container.filesystems import tree
from tests.container.images import Builder, Ran
from tests.container.standin import NoStandin

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]

MARK = "was-here"

# By case, what a cell holds; `{command}` leaves the file of the case.
CELLS = {
    "pip, a shell's": "!pip install 'six; {command}' \"idna && {command}\"",
    "pip, substituted": "!pip install $({command}) `{command}`",
    "pip, an index": "!pip install --index-url 'https://example.invalid/$({command})' not-there",
    "pip, a repository": "!pip install 'git+https://example.invalid/a.git@main;{command}'",
    "pip, a marker": '!pip install \'six ; python_version > "3\\"; {command}"\'',
    "pip, a line": "!pip install 'six\\n--editable .\\n{command}'",
    "apt, a shell's": "!apt-get install -y 'jq; {command}' 'jq && {command}'",
    "apt, substituted": "!apt-get install -y $({command}) `{command}`",
    "apt, an option": "!apt-get install -y -o APT::Update::Pre-Invoke::='{command}' jq",
    "apt, taken for one": "!apt-get install -y -- '-oAPT::Update::Pre-Invoke::={command}'",
    "apt, a line": "!apt-get install -y 'jq\\nRUN {command}'",
    "clone, a quote": "!git clone \"https://example.invalid/it's;{command};'.git\"",
    "clone, an option": "!git clone --upload-pack='{command}' https://example.invalid/b.git",
    "clone, a helper": "!git clone 'ext::sh -c {command}'",
    "clone, a commit": (
        "!git clone https://example.invalid/c.git && cd c && git checkout 'abc; {command}'"
    ),
    "env, substituted": "%env NOTE=$({command}) `{command}`",
    "env, a line": "import os\nos.environ['OTHER'] = 'x\\nRUN {command}\\n$({command})'",
    "a secret's name": (
        "from google.colab import userdata\ntoken = userdata.get('KEY; {command} $({command})')"
    ),
    "a path": "open('/content/drive/MyDrive/$({command})/`{command}`').close",
    "a path, a line": "os.path.exists('/content/drive/MyDrive/x\\nRUN {command}')",
    "a form": 'label = "$({command}) `{command}`; {command}"  #@param {{type:"string"}}',
    "a form's title": "#@title Run '; {command}; ' $({command})\nshown = 1  #@param",
}
PROSE = {
    "a heading": '# Sales"; {command}; " $({command}) `{command}` \\',
    "a heading, a line": "## Parts\\\nRUN {command}",
    "a comment": "<!-- \nRUN {command}\n-->",
}
# In the file's own name, where no slash can be: the file is left where the command runs.
NAME = f'it\'s "$(touch {MARK}-name)" `touch {MARK}-name`; touch {MARK}-name #.ipynb'
CASES = [*CELLS, *PROSE, "the notebook's name"]


def mark(case: str) -> str:
    """The name of the file that a case wants to leave, in its words."""
    return f"{MARK}-{''.join(filter(str.isalpha, case))}"


def notebook(directory: Path) -> Path:
    """A notebook of all cases, under a name that is one."""
    cells: list[dict[str, object]] = []
    for case, text in PROSE.items():
        source = text.format(command=f"touch /{mark(case)} {mark(case)}")
        cells.append({"cell_type": "markdown", "metadata": {}, "source": source})
    for case, text in CELLS.items():
        source = text.format(command=f"touch /{mark(case)} {mark(case)}")
        cells.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": source,
            }
        )
    document = {
        "cells": cells,
        "metadata": {"colab": {"name": NAME}, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path = directory / NAME
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> nb2prod.Conversion:
    """The notebook's project."""
    directory = tmp_path_factory.mktemp("hostile")
    options = nb2prod.Options(lock="never", python="3.11")
    return nb2prod.convert(notebook(directory), directory / "project", options)


@pytest.fixture(scope="module")
def built(builder: Builder, converted: nb2prod.Conversion) -> str:
    """Its image's name."""
    try:
        builder.build(converted.directory, converted.migration)
    except NoStandin as reason:
        pytest.skip(str(reason))
    return converted.migration.image


@pytest.fixture(scope="module")
def left(
    engine: docker.DockerClient, built: str, tmp_path_factory: pytest.TempPathFactory
) -> set[str]:
    """The names of all files of the image."""
    found = tree(engine, built, tmp_path_factory.mktemp("tree"))
    assert "app/src" in found
    return {path.rpartition("/")[2] for path in found}


def test_the_cases_are_in_the_notebook_as_they_were_meant(converted: nb2prod.Conversion) -> None:
    """A case whose text were lost on the way would prove nothing."""
    text = "".join(cell.source for cell in converted.migration.notebook.cells)
    assert [case for case in CASES[:-1] if mark(case) not in text] == []


@pytest.mark.parametrize("case", CASES)
def test_nothing_ran_while_it_was_built(left: set[str], case: str) -> None:
    assert mark(case) not in left
    assert f"{MARK}-name" not in left


def test_nothing_runs_when_the_image_is_asked_for_help(
    builder: Builder, engine: docker.DockerClient, built: str
) -> None:
    ran: Ran = builder.run(engine.images.get(built), "--help")
    assert ran.status == 0
    image = engine.images.get(built)
    for key, value in image.labels.items():
        assert "\n" not in value, key
    listed = builder.run(image, entrypoint=("sh", "-c", "ls -d /was-here* /work/*"))
    assert listed.printed == ""
