"""A pasted secret's value is in nothing that is made of the notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nb2prod
from nb2prod.cli import main
from nb2prod.inspection import inspection
from nb2prod.notebook.reader import read_bytes
from nb2prod.project.files import render
from tests.analysis.fake_tokens import VARIABLES, private_key, token_of

Json = dict[str, Any]


def code(source: str, *outputs: Json) -> Json:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": None,
    }


def document(*cells: Json, **metadata: object) -> bytes:
    found = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(found).encode()


def stream(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def everything_made_of(content: bytes) -> str:
    migration = nb2prod.plan(read_bytes(content, "job"))
    files = render(migration)
    shown = json.dumps(inspection(migration), ensure_ascii=False)
    return "\n".join([*(data.decode() for data in files.values()), shown, repr(migration)])


PLACES = [
    lambda value: [code(f"api_key = '{value[:9]}' '{value[9:]}'\nprint(api_key)")],
    lambda value: [code(f"api_key = ('{value[:12]}'\n  \"{value[12:]}\")")],
    lambda value: [code(f"api_key = '{value[:5]}' + '{value[5:]}'")],
    lambda value: [code(f"client = OpenAI(api_key='{value}')")],
    lambda value: [code(f"import os\nos.environ['A'] = '{value}'\n# {value}\n")],
    lambda value: [code(f"!curl -H 'Authorization: Bearer {value}' https://host.example.invalid")],
    lambda value: [code(f"%env TOKEN={value}")],
    lambda value: [code(f"%%writefile .env\nTOKEN={value}\n")],
    lambda value: [code(f"%%bash\nexport TOKEN={value}\necho done")],
    lambda value: [code(f'token = "{value}"  #@param {{type:"string"}}')],
    lambda value: [code(f"headers = {{'a': f'Bearer {value} {{len([])}}'}}")],
    lambda value: [code(f"x = ('a '\n  '{value}')")],
    lambda value: [code(f"x = b'{value}'")],
    lambda value: [code(f"print this is {value} no Python")],
    lambda value: [code("print(key)", stream(f"the key is {value}\n"))],
    lambda value: [
        code(
            "1 / 0",
            {
                "output_type": "error",
                "ename": "ValueError",
                "evalue": value,
                "traceback": [f"ValueError: {value}"],
            },
        )
    ],
    lambda value: [{"cell_type": "markdown", "metadata": {}, "source": f"# Key\n\n`{value}`"}],
    lambda value: [{"cell_type": "raw", "metadata": {"tags": [value]}, "source": value}],
    lambda value: [code(f"def f(key='{value}'):\n    '''Uses {value}.'''\n    return key")],
    lambda value: [code(f"%magic_nobody_knows {value}")],
    lambda value: [code(f"!pip install git+https://{value}@host.example.invalid/a.git")],
]


@settings(max_examples=60, deadline=None)
@given(
    variable=st.sampled_from(VARIABLES),
    seed=st.integers(0, 1000),
    places=st.lists(st.sampled_from(PLACES), min_size=1, max_size=3),
)
def test_a_value_is_nowhere(variable: str, seed: int, places: list[Any]) -> None:
    value = token_of(variable, seed)
    cells = [cell for place in places for cell in place(value)]
    made = everything_made_of(document(*cells, title=f"A {value}", papermill={"version": value}))
    assert value not in made
    assert "have it replaced" in made


def test_a_key_of_several_lines_is_nowhere() -> None:
    key = private_key()
    made = everything_made_of(document(code(f"key = '''{key}'''\nprint(missing)")))
    assert not any(line in made for line in key.splitlines()[1:-1])
    assert 'key = secret("PRIVATE_KEY")' in made
    assert "cell 1 line 7: missing is defined nowhere" in made  # places stay right


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("client = f(api_key='{}')", 'client = f(api_key=secret("HF_TOKEN"))'),
        ("x = '{}'", 'x = secret("HF_TOKEN")'),
        ("x = 'Bearer {}'", "x = f\"Bearer {secret('HF_TOKEN')}\""),
        ("x = f'{{f}} {}'", "x = f\"{f} {secret('HF_TOKEN')}\""),
        ("x = '{}' #@param {{type: 'string'}}", 'x = secret("HF_TOKEN")'),
        ("!echo {}", "shell.run(f\"echo {secret('HF_TOKEN')}\", check=False)"),
        ("%env HF={}", 'os.environ["HF"] = '),
        ("x = b'{}'", "raise NotImplementedError("),
    ],
)
def test_code_reads_it_from_the_environment(cell: str, line: str) -> None:
    source = "f = print\n" + cell.format(token_of("HF_TOKEN"))
    migration = nb2prod.plan(read_bytes(document(code(source)), "job"))
    assert line in migration.program.modules[0].source
    assert [secret.name for secret in migration.facts.secrets] == ["HF_TOKEN"]
    places = {
        (note.location.cell, note.location.line) for note in migration.attention if note.location
    }
    assert places == {(1, 2)}
    assert sum("have it replaced" in note.reason for note in migration.attention) == 1


def test_two_values_have_two_names_and_one_value_has_one() -> None:
    first, second = token_of("HF_TOKEN", 1), token_of("HF_TOKEN", 2)
    cells = [code(f"a = '{first}'"), code(f"b = '{second}'"), code(f"c = '{first}'")]
    source = nb2prod.plan(read_bytes(document(*cells), "job")).program.modules[0].source
    for line in ('a = secret("HF_TOKEN")', 'b = secret("HF_TOKEN_2")', 'c = secret("HF_TOKEN")'):
        assert line in source


def test_specs_and_example_name_it_and_the_command_prints_no_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    value = token_of("OPENAI_API_KEY")
    Path("job.ipynb").write_bytes(document(code(f"key = '{value}'")))
    assert main(["convert", "job.ipynb"]) == 1
    assert main(["inspect", "job.ipynb"]) == 1
    printed = "".join(capsys.readouterr())
    assert value not in printed
    assert "an OpenAI key was pasted here" in printed
    assert "OPENAI_API_KEY=" in Path("job/.env.example").read_text()
    assert "OPENAI_API_KEY" in Path("job/deploy/gradient/workflow.yaml").read_text()
