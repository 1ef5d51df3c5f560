"""What asks the person at the keyboard: a secret of the environment answers, or the program stops."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import nb2prod
from nb2prod.notebook.reader import read_bytes
from nb2prod.program.model import Ledger, Program

IMPORTS = (
    "import os, getpass, openai, wandb, huggingface_hub\n"
    "from getpass import getpass as ask\n"
    "from huggingface_hub import login, notebook_login"
)


@pytest.mark.parametrize(
    ("cell", "becomes", "names"),
    [
        ("os.environ['A_KEY'] = getpass.getpass('Key:')", 'os.environ["A_KEY"] = secret("A_KEY")', ["A_KEY"]),
        ("api_key = ask('Pinecone API key: ')", 'api_key = secret("PINECONE_API_KEY")', ["PINECONE_API_KEY"]),
        ("PINECONE_API_KEY = ask('key')", 'PINECONE_API_KEY = secret("PINECONE_API_KEY")', ["PINECONE_API_KEY"]),
        ("openai.api_key = ask()", 'openai.api_key = secret("OPENAI_API_KEY")', ["OPENAI_API_KEY"]),
        ("x = os.getenv('A') or ask('Enter your OpenAI API Key here: ')", 'x = secret("A")', ["A"]),
        ("x = ask(prompt='Password: ').strip()", 'x = secret("PASSWORD").strip()', ["PASSWORD"]),
        ("who = ask()", 'who = secret("WHO")', ["WHO"]),
        ("ask()", 'secret("PASSWORD")', ["PASSWORD"]),
        ("notebook_login()", 'secret("HF_TOKEN")', ["HF_TOKEN"]),
        ("huggingface_hub.login(add_to_git_credential=True)", 'secret("HF_TOKEN")', ["HF_TOKEN"]),
        ("if 1:\n    wandb.login(relogin=True)", 'if 1:\n        secret("WANDB_API_KEY")', ["WANDB_API_KEY"]),
        ("ok = wandb.login()", "ok = wandb.login()", ["WANDB_API_KEY"]),
        ("!huggingface-cli login", 'secret("HF_TOKEN")', ["HF_TOKEN"]),
        ("!hf auth login --add-to-git-credential", 'secret("HF_TOKEN")', ["HF_TOKEN"]),
        ("!wandb login", 'secret("WANDB_API_KEY")', ["WANDB_API_KEY"]),
        (
            "def need(var):\n    if var not in os.environ:\n        os.environ[var] = ask(f'{var}: ')\n"
            "need('A_KEY')\nneed(var='B_KEY');",
            'os.environ[var] = secret(var)',
            ["A_KEY", "B_KEY"],
        ),
    ],
)  # fmt: skip
def test_a_secret_answers(
    convert: Callable[..., tuple[Program, Ledger]], cell: str, becomes: str, names: list[str]
) -> None:
    program, ledger = convert(IMPORTS, cell)
    assert becomes in program.modules[0].source
    assert "display(secret" not in program.modules[0].source
    assert program.configuration.secrets == tuple(names)
    assert ledger.count("attention") == 0


@pytest.mark.parametrize(
    "cell",
    [
        "login(token=os.environ['HF'])",
        "login(os.environ['HF'])",
        "wandb.login(key=key)",
        "wandb.login(anonymous='allow')",
        "!huggingface-cli login --token $HF",
        "!wandb login $KEY",
        "getpass.getuser()",
        "def input(x):\n    return x\ninput('a')",
        "x = model.input(3)",
        "net.login()",
    ],
)
def test_what_asks_nobody_stays(convert: Callable[..., tuple[Program, Ledger]], cell: str) -> None:
    program, _ = convert(IMPORTS, "key = net = model = HF = KEY = 1", cell)
    assert "secret(" not in program.modules[0].source
    assert "NotImplementedError" not in program.modules[0].source


@pytest.mark.parametrize(
    ("cell", "field", "line"),
    [
        ("city = input('Which city? ')", "city", 'city = answer(config, "city")'),
        ("n = int(input())", "n", 'n = int(answer(config, "n"))'),
        ("print(input('Your name: '))", "name", 'print(answer(config, "name"))'),
        ("print(input())", "answer", 'print(answer(config, "answer"))'),
        ("if x:\n    y = input()", "y", '    y = answer(config, "y")'),
        ("data_dir = input()\nopen('/content/a')", "data_dir", 'answer(config, "data_dir")'),
    ],
)
def test_what_is_asked_for_once_is_an_option(
    convert: Callable[..., tuple[Program, Ledger]], cell: str, field: str, line: str
) -> None:
    program, ledger = convert("x = 1", cell)
    assert line in program.modules[0].source
    assert program.configuration.questions == (field,)
    (option,) = program.configuration.options
    assert (option.parameter.type, option.parameter.default) == ("string", None)
    assert not list(ledger.of("attention"))


@pytest.mark.parametrize(
    "cell",
    [
        "while True:\n    name = input()",
        "names = [input() for _ in range(3)]",
        "def ask():\n    return input()\nask()",
        "ask = lambda: input()",
    ],
)
def test_what_is_asked_for_again_and_again_stops(
    convert: Callable[..., tuple[Program, Ledger]], cell: str
) -> None:
    program, ledger = convert("x = 1", cell)
    assert "asks the person at the keyboard" in program.modules[0].source
    assert [(entry.cell, entry.fate) for entry in ledger.of("attention")] == [(2, "attention")]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("import ipywidgets as w\n@w.interact(x=3)\ndef f(x): pass", "waits for a person"),
        ("from ipywidgets import Button, interact\ninteract(print, x=3)", "waits for a person"),
        ("import ipywidgets\nb = ipywidgets.Button()\nb.on_click(print)", "waits for a person"),
        (
            "from google.colab import auth\nauth.authenticate_user()",
            "GOOGLE_APPLICATION_CREDENTIALS",
        ),
        ("open('/Users/some body/x.csv'.replace(' ', ''))", None),
        ("open('/Users/somebody/x.csv')", "a path of another machine"),
        ("p = '/home/somebody/data/' + 'x'", "a path of another machine"),
        ("p = r'C:\\Users\\somebody\\x.csv'", "a path of another machine"),
        ("p = '/home/jovyan/x', '/home/{}/x', 'see /home/me/x', '/content/x', '~/x'", None),
        ("class B:\n    def on_click(self): pass\nB().on_click()", None),
        ("import ipywidgets\nprint(ipywidgets.__version__)", None),
    ],
)
def test_what_else_asks_for_somebody(cell: str, said: str | None) -> None:
    document = {
        "cells": [{"cell_type": "code", "metadata": {}, "source": cell}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    migration = nb2prod.plan(read_bytes(json.dumps(document).encode(), "n"))
    reasons = [note.reason for note in migration.attention]
    assert [said in reason for reason in reasons if said] == [True] * bool(said)
    assert bool(reasons) == bool(said)


@pytest.mark.parametrize(
    ("cell", "platform", "line"),
    [
        ("x = os.getenv('KAGGLE_KERNEL_RUN_TYPE')", "kaggle", 'x = "Batch"'),
        ("x = os.environ.get('KAGGLE_KERNEL_RUN_TYPE', '')", "kaggle", 'x = "Batch"'),
        ("x = os.environ.get('KAGGLE_KERNEL_RUN_TYPE', '') == 'Interactive'", "kaggle", "x = False"),
        ("x = os.getenv('KAGGLE_KERNEL_RUN_TYPE') != 'Interactive'", "kaggle", "x = True"),
        ("x = os.getenv('KAGGLE_KERNEL_RUN_TYPE') is not None", "kaggle", "x = True"),
        ("x = os.getenv('KAGGLE_KERNEL_RUN_TYPE') is None", "kaggle", "x = False"),
        ("x = os.getenv('KAGGLE_KERNEL_RUN_TYPE') == os.name", "kaggle", 'x = "Batch" == os.name'),
        ("x = os.getenv('KAGGLE_KERNEL_RUN_TYPE')", "colab", 'x = os.getenv("KAGGLE_KERNEL_RUN_TYPE")'),
        ("x = os.getenv('COLAB_GPU')", "colab", 'x = "1"'),
        ("x = os.getenv('HOME')", "colab", 'x = os.getenv("HOME")'),
    ],
)  # fmt: skip
def test_variables_that_tell_the_platform(
    module_of: Callable[..., str], cell: str, platform: str, line: str
) -> None:
    assert f"    {line}\n" in module_of("import os\n" + cell, platform=platform)
