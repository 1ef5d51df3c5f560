from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from nb2prod.location import Location
from nb2prod.program.context import Context
from nb2prod.program.rewrites.install_calls import outcome_of

HERE = Location(1, 1)


@pytest.mark.parametrize(
    ("code", "fate", "becomes"),
    [
        ("os.system('pip list')", "hoisted", ""),
        ("os.system('pip uninstall -y a && ls')", "rewritten", "os.system('ls')"),
        ("subprocess.run(['pip', 'list'])", "hoisted", ""),
        ("subprocess.check_call([sys.executable, '-m', 'pip', 'list'])", "hoisted", ""),
        (
            "subprocess.run('pip list; ls', shell=True)",
            "rewritten",
            "subprocess.run('ls', shell=True)",
        ),
        ("subprocess.run(f'{sys.executable} -m pip list', shell=True)", "hoisted", ""),
        ("os.system('apt-get update')", "hoisted", ""),
        ("os.system('pip install -r a.txt')", "attention", ""),
        ("subprocess.run(['pip', 'install', name])", "attention", ""),
    ],
)
def test_an_install_goes(
    context_of: Callable[..., Context], code: str, fate: str, becomes: str
) -> None:
    outcome = outcome_of(ast.parse(code).body[0], HERE, context_of())
    assert outcome is not None
    assert (outcome.fate, outcome.code) == (fate, becomes)


@pytest.mark.parametrize(
    "code",
    [
        "os.system('ls')",
        "x = os.system('pip list')",
        "os.system(command)",
        "subprocess.run(['ls', 'pip'])",
        "print('pip list')",
        "f(os.system('pip list'))",
        "os.system(f'pip list; ls {x}')",
        "if os.system('pip list'): pass",
    ],
)
def test_everything_else_is_left(context_of: Callable[..., Context], code: str) -> None:
    assert outcome_of(ast.parse(code).body[0], HERE, context_of()) is None
