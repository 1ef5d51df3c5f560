"""Secrets by name, and the names under which a notebook knows its platform."""

from __future__ import annotations

import ast

import pytest

from nb2prod.analysis.facts import Secret
from nb2prod.analysis.names import bound_names, dotted_text
from nb2prod.analysis.platform_api import dotted_name, is_platform_module, platform_names
from nb2prod.analysis.secrets import find_secrets, is_environ, is_secret_name
from nb2prod.location import Location
from nb2prod.notebook.trees import tree_of


def secrets(source: str) -> list[Secret]:
    tree = tree_of(source)
    return list(find_secrets(tree, 4, platform_names([tree]), {"named": "FROM_FORM"}))


COLAB = "from google.colab import userdata\n"
KAGGLE = "from kaggle_secrets import UserSecretsClient\n"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (COLAB + "x = userdata.get('HF_TOKEN')", ["HF_TOKEN"]),
        (COLAB + "x = userdata.get('anything at all')", ["anything at all"]),
        (COLAB + "x = userdata.get(key='HF_TOKEN')", ["HF_TOKEN"]),
        (COLAB + "x = userdata.get(named)", ["FROM_FORM"]),
        (COLAB + "x = userdata.get(known_later)", [""]),
        (COLAB + "x = userdata.get(f'{a}_TOKEN')", [""]),
        (COLAB + "login(token=userdata.get('A'), key=userdata.get('B'))", ["A", "B"]),
        ("from google.colab import userdata as u\nu.get('A')", ["A"]),
        ("from google.colab import *\nuserdata.get('A')", ["A"]),
        ("import google.colab\ngoogle.colab.userdata.get('A')", ["A"]),
        ("import google.colab.userdata as u\nu.get('A')", ["A"]),
        ("from google.colab.userdata import get\nget('A')", ["A"]),
        (KAGGLE + "UserSecretsClient().get_secret('A')", ["A"]),
        (KAGGLE + "c = UserSecretsClient()\nc.get_secret('A')", ["A"]),
        (KAGGLE + "c.get_secret(label='A')", ["A"]),
        ("import kaggle_secrets\nkaggle_secrets.UserSecretsClient().get_secret('A')", ["A"]),
        ("os.environ['OPENAI_API_KEY']", ["OPENAI_API_KEY"]),
        ("print(f'{os.environ[\"API_KEY\"]}')", ["API_KEY"]),
        # not secrets
        ("userdata.get('A')", []),
        ("d.get('API_KEY')", []),
        (COLAB + "userdata.get(name)", [""]),
        (COLAB + "userdata.get()", []),
        ("client.get_secret('A')", []),
        ("os.environ['HOME']", []),
        ("os.environ['API_KEY'] = 'x'", []),
        ("del os.environ['API_KEY']", []),
        ("os.environ.get('HOME')", []),
        ("environment['API_KEY']", []),
        ("'API_KEY' in os.environ", []),
    ],
)
def test_secrets_by_name(source: str, names: list[str]) -> None:
    assert sorted(found.name for found in secrets(source)) == names


@pytest.mark.parametrize(
    ("source", "required"),
    [
        ("os.environ['API_KEY']", True),
        ("environ['API_KEY']", True),
        ("os.environ.get('API_KEY')", False),
        ("os.environ.get('API_KEY', 'x')", False),
        ("os.getenv('API_KEY')", False),
        ("getenv('API_KEY')", False),
        (COLAB + "userdata.get('API_KEY')", True),
        (KAGGLE + "c.get_secret('API_KEY')", True),
    ],
)
def test_what_the_notebook_cannot_do_without(source: str, required: bool) -> None:
    (found,) = secrets(source)
    assert found.required is required


def test_a_secret_has_its_place() -> None:
    assert secrets("é = 1; x = os.environ['API_KEY']") == [Secret("API_KEY", Location(4, 1, 12))]


@pytest.mark.parametrize(
    "name",
    "API_KEY APIKEY OPENAI_API_KEY HF_TOKEN TOKEN SECRET DB_PASSWORD PGPASSWORD KAGGLE_KEY"
    " AWS_SECRET_ACCESS_KEY GITHUB_PASS CREDENTIALS wandb_api_key MYSECRET CLIENT_SECRETS".split(),
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    "HOME PATH KEYBOARD MONKEY TOKENIZERS_PARALLELISM MAX_TOKENS NUM_TOKENS SECRET_NAME KEY_FILE"
    " AWS_ACCESS_KEY_ID GOOGLE_APPLICATION_CREDENTIALS_PATH TOKEN_LIMIT PRIMARY_KEY COMPASS"
    " CUDA_VISIBLE_DEVICES PUBLIC_KEY PASSENGERS".split(),
)
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    ("text", "dotted"),
    [
        ("drive.mount", "google.colab.drive.mount"),
        ("google.colab.files.upload", "google.colab.files.upload"),
        ("client().get_secret", "kaggle_secrets.UserSecretsClient().get_secret"),
        ("client()", "kaggle_secrets.UserSecretsClient()"),
        ("client", "kaggle_secrets.UserSecretsClient"),
        ("pandas.read_csv", None),
        ("f().mount", None),
        ("x[0].mount", None),
        ("'a'.join", None),
        ("google.cloud.storage", None),
        ("google.colabx", None),
    ],
)
def test_names_of_the_platform(text: str, dotted: str | None) -> None:
    names = {"drive": "google.colab.drive", "client": "kaggle_secrets.UserSecretsClient"}
    assert dotted_name(expression(text), names) == dotted


def test_a_long_chain_of_calls_is_no_problem() -> None:
    # A tree of this depth takes more stack to compile than to walk.
    node: ast.expr = ast.Name("drive")
    for _ in range(50_000):
        node = ast.Call(ast.Attribute(node, "x"), [], [])
    assert (dotted_name(node, {}), dotted_text(node)) == (None, "")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from google.colab import drive", {"drive": "google.colab.drive"}),
        ("from google.colab import drive as d", {"d": "google.colab.drive"}),
        ("import google.colab.files as f", {"f": "google.colab.files"}),
        ("import google.colab", {}),
        ("from google import colab", {"colab": "google.colab"}),
        ("from google.colab.patches import cv2_imshow as show",
         {"show": "google.colab.patches.cv2_imshow"}),
        ("def f():\n    from kaggle_secrets import UserSecretsClient",
         {"UserSecretsClient": "kaggle_secrets.UserSecretsClient"}),
        ("from google.cloud import storage", {}),
        ("from .google.colab import drive", {}),
        ("from pandas import *", {}),
    ],
)  # fmt: skip
def test_names_that_imports_bind_to_the_platform(source: str, names: dict[str, str]) -> None:
    assert platform_names([tree_of(source)]) == names


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("google.colab", True),
        ("google.colab.drive", True),
        ("google", False),
        ("google.colabx", False),
        ("kaggle_secrets", True),
        ("kaggle", False),
    ],
)
def test_modules_of_the_platform(module: str, expected: bool) -> None:
    assert is_platform_module(module) is expected


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = b = 1\nc, (d, *e) = x", {"a", "b", "c", "d", "e"}),
        ("a += 1\nb: int = 2\nc: int", {"a", "b", "c"}),
        ("a.b = 1\na[0] = 2", set()),
        ("import a.b, c as d\nfrom e import f, g as h", {"a", "d", "f", "h"}),
        ("from a import *", set()),
        ("def f(a, /, b, *c, d=1, **e): pass", {"f", "a", "b", "c", "d", "e"}),
        ("async def f(): pass\nclass A: x = 1", {"f", "A", "x"}),
        ("for a in b:\n    with c as d: pass", {"a", "d"}),
        ("try: pass\nexcept E as e: pass", {"e"}),
        ("[a for a in b if (c := a)]", {"a", "c"}),
        ("lambda a: a", {"a"}),
        ("match x:\n    case [a, *b]: pass\n    case {'k': c, **d}: pass\n    case E() as e: pass",
         {"a", "b", "c", "d", "e"}),
        ("print(a)\ndel b", set()),
    ],
)  # fmt: skip
def test_names_that_code_binds(source: str, names: set[str]) -> None:
    assert set(bound_names(tree_of(source))) == names


@pytest.mark.parametrize(
    ("text", "dotted"),
    [("a", "a"), ("a.b.c", "a.b.c"), ("a().b", ""), ("a[0].b", ""), ("'a'.b", ""), ("1", "")],
)
def test_dotted_names(text: str, dotted: str) -> None:
    assert dotted_text(expression(text)) == dotted


@pytest.mark.parametrize(
    ("text", "expected"), [("os.environ", True), ("environ", True), ("a.environ", False)]
)
def test_the_environment(text: str, expected: bool) -> None:
    assert is_environ(expression(text)) is expected
