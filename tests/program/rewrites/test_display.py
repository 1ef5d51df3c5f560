from __future__ import annotations

from collections.abc import Callable

import libcst as cst
import pytest

from nb2prod.program.rewrites.display import shown

BOUND = "a = b = c = df = x = y = f = g = plt = model = nx = logging = 1\n"


@pytest.mark.parametrize(
    ("cell", "last"),
    [
        ("x", "display(x)"),
        ("x  # why", "display(x)  # why"),
        ("x  # why;", "display(x)  # why;"),
        ("(x)", "display(x)"),
        ("((x))", "display((x))"),
        ("(x)(y)", "display((x)(y))"),
        ("-x", "display(-x)"),
        ("1, 2", "display((1, 2))"),
        ("(1, 2)", "display((1, 2))"),
        ("*a, b", "display((*a, b))"),
        ("x,", "display((x,))"),
        ("(y := 5)", "display((y := 5))"),
        ("(i for i in x)", "display((i for i in x))"),
        ("[i for i in x]", "display([i for i in x])"),
        ("lambda: 1", "display(lambda: 1)"),
        ("x if y else None", "display(x if y else None)"),
        ("not x", "display(not x)"),
        ("'a'", 'display("a")'),
        ("'a' 'b'", 'display("ab")'),
        ("f'{x}'", 'display(f"{x}")'),
        ("...", "display(...)"),
        ("{**a}", "display({**a})"),
        ("df.head()", "display(df.head())"),
        ("f(x)[0]", "display(f(x)[0])"),
        ("model.summary()", "display(model.summary())"),
        ("df.append(x)", "display(df.append(x))"),
        ("nx.info(g)", "display(nx.info(g))"),
        ("x; y", "display(y)"),
        ("x = 2; x", "display(x)"),
        ("x\n\n# below\n", "display(x)\n\n# below"),
        ("# above\nx", "display(x)"),
        ("(x\n + y)", "display((x + y))"),
        ("[1,\n 2]", "display([1, 2])"),
    ],
)
def test_is_shown(body_of: Callable[..., str], cell: str, last: str) -> None:
    body = body_of(BOUND, cell)
    assert body.endswith(f"\n{last}")


@pytest.mark.parametrize(
    ("cell", "last"),
    [
        ("x;", "x"),
        ("x; y;", "y"),
        ("x;  # why", "x  # why"),
        ("f.plan(x);", "f.plan(x)"),
        ("print(1)", "print(1)"),
        ("None", "None"),
        ("plt.show()", "plt.show()"),
        ("f(x).show()", "f(x).show()"),
        ("df.info()", "df.info()"),
        ("logging.info('a')", 'logging.info("a")'),
        ("x = y", "x = y"),
        ("x: int", "x: int"),
        ("x += 1", "x += 1"),
        ("del x", "del x"),
        ("assert x", "assert x"),
        ("if x:\n    y", "    y"),
        ("for i in a:\n    i", "    i"),
        ("with x:\n    y", "    y"),
        ("x\ny = 1", "y = 1"),
        ("'''a text'''\nx = 1", "x = 1"),
    ],
)
def test_is_not_shown(body_of: Callable[..., str], cell: str, last: str) -> None:
    body = body_of(BOUND, cell)
    assert body.endswith(f"\n{last}")
    assert "display" not in body


def test_an_awaited_value_is_shown(module_of: Callable[..., str]) -> None:
    module = module_of("async def f(): return 1", "await f()")
    assert "async def main(config: Config) -> None:" in module
    assert module.endswith("    display(await f())\n")


@pytest.mark.parametrize(
    ("expression", "is_shown"),
    [
        ("random.seed(1)", False),
        ("np.random.seed(1)", False),
        ("env.seed(1)", True),
        ("torch.manual_seed(1)", True),
        ("sys.exit()", False),
        ("sys.path.insert(0, 'a')", False),
        ("names.insert(0, 'a')", True),
        ("process.wait()", True),
        ("networkx.info(g)", True),
        ("x.nx.info(g)", False),
        ("os.makedirs('a')", False),
        ("Path('a').mkdir()", False),
        ("show()", True),
        ("x[0].show()", False),
        ("display(x)", False),
        ("x.display(y)", True),
        ("df.to_csv('a.csv')", False),
        ("df.to_csv()", True),
    ],
)
def test_calls_that_return_nothing(expression: str, is_shown: bool) -> None:
    assert shown(cst.parse_expression(expression)) is is_shown


@pytest.mark.parametrize(
    ("definition", "displayed"),
    [
        ("def f(): print(1)", False),
        ("def f():\n    if x: return\n    g()", False),
        ("def f(): return 1", True),
        ("def f(): yield", True),
        ("@decorated\ndef f(): print(1)", True),
        ("def f(): print(1)\nf = str", True),
        ("async def f(): print(1)", True),
        ("f = str", True),
    ],
)
def test_functions_of_the_notebook_that_return_nothing(
    body_of: Callable[..., str], definition: str, displayed: bool
) -> None:
    assert ("display(f())" in body_of("x = g = decorated = 1", definition, "f()")) is displayed
