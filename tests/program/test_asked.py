"""What asks the person at the keyboard: a secret of the environment answers, or the program stops."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
        ("x = os.getenv('A') or ask('Enter your OpenAI API Key here: ')", 'x = os.getenv("A") or secret("OPENAI_API_KEY")', ["OPENAI_API_KEY"]),
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


@pytest.mark.parametrize("cell", ["name = input('Name: ')", "n = int(input())", "print(input())"])
def test_input_stops_the_program(convert: Callable[..., tuple[Program, Ledger]], cell: str) -> None:
    program, ledger = convert("x = 1", cell)
    assert "cell 2 line 1: asks the person at the keyboard" in program.modules[0].source
    assert [(entry.cell, entry.fate) for entry in ledger.of("attention")] == [(2, "attention")]
