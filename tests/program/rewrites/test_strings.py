from __future__ import annotations

import ast
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("every_name_defined")

MOUNT = "from google.colab import drive\ndrive.mount('/content/drive')\n"
CONFIG = SimpleNamespace(data_dir="<data>", work_dir="<work>", output_dir="<output>")


@pytest.mark.parametrize(
    ("expression", "becomes"),
    [
        # what the whole text is
        ("'/content'", "str(config.work_dir)"),
        ("'/content/'", 'f"{config.work_dir}/"'),
        ("'/content/a b.csv'", 'f"{config.work_dir}/a b.csv"'),
        ("'/content/drive/MyDrive'", "str(config.data_dir)"),
        ("'/content/drive/MyDrive/a.csv'", 'f"{config.data_dir}/a.csv"'),
        ("'/content/drive/My Drive/a.csv'", 'f"{config.data_dir}/a.csv"'),
        # a relative path: only where nothing can be put before it
        ("open('drive/MyDrive/a.csv')", 'open(f"{config.data_dir}/a.csv")'),
        ("open('./drive/MyDrive/a.csv')", 'open(f"{config.data_dir}/a.csv")'),
        ("open('drive/MyDrive/' + x)", 'open(f"{config.data_dir}/" + x)'),
        ("open(f'drive/MyDrive/{x}')", 'open(f"{config.data_dir}/{x}")'),
        ("str('drive/MyDrive' '/a')", 'str(f"{config.data_dir}/a")'),
        ("'drive/MyDrive/a.csv'", '"drive/MyDrive/a.csv"'),
        ("'{}/{}'.format(x, 'drive/MyDrive')", '"{}/{}".format(x, "drive/MyDrive")'),
        # put together from literals
        ("os.path.join('/content', 'drive', 'MyDrive', x)", "os.path.join(config.data_dir, x)"),
        ("os.path.join('/content', 'drive/MyDrive/a')", 'os.path.join(f"{config.data_dir}/a")'),
        ("os.path.join('/content', 'a', x)", 'os.path.join(config.work_dir, "a", x)'),
        ("os.path.join('/', 'content', 'a')", 'os.path.join(config.work_dir, "a")'),
        ("os.path.join(x, 'content', 'drive')", 'os.path.join(x, "content", "drive")'),
        ("Path('/content') / 'drive' / 'MyDrive' / x", "Path(config.data_dir) / x"),
        ("Path('/content', 'drive') / 'My Drive'", "Path(config.data_dir)"),
        ("Path('/content') / 'a' / 'b'", 'Path(config.work_dir) / "a" / "b"'),
        ("(Path('/content') / 'drive' / 'MyDrive').name", "(Path(config.data_dir)).name"),
        # whoever runs it has a home of their own
        ("'/root/.kaggle/kaggle.json'", 'f"{pathlib.Path.home()}/.kaggle/kaggle.json"'),
        ("'/root'", "str(pathlib.Path.home())"),
        # kinds of literals
        ("u'/content/a'", 'f"{config.work_dir}/a"'),
        ("r'/content/\\d{2}'", 'rf"{config.work_dir}/\\d{{2}}"'),
        ("R'/content/a'", 'rf"{config.work_dir}/a"'),
        ("f'/content/{x}'", 'f"{config.work_dir}/{x}"'),
        ("F'/content'", 'f"{config.work_dir}"'),
        ("rf'/content/{x}\\d'", 'rf"{config.work_dir}/{x}\\d"'),
        ("f'/content/{x!r:>{y}}'", 'f"{config.work_dir}/{x!r:>{y}}"'),
        ("f'{x} /content/{y}'", 'f"{x} {config.work_dir}/{y}"'),
        ("f'/content/{{x}}'", 'f"{config.work_dir}/{{x}}"'),
        ("f\"/content/{d['/content/a']}\"", "f\"{config.work_dir}/{d[f'{config.work_dir}/a']}\""),
        ("'''/content/a\nb'''", 'f"""{config.work_dir}/a\nb"""'),
        ('"""a "/content/b" c"""', 'f"""a "{config.work_dir}/b" c"""'),
        ("'/content/a' '/b'", 'f"{config.work_dir}/a/b"'),
        ("('/content'\n   '/b')", 'f"{config.work_dir}/b"'),
        ("'a /content/b' f'{x} /content/c'", 'f"a {config.work_dir}/b{x} {config.work_dir}/c"'),
        # where it stands
        ("{'/content/a': '/content'}", '{f"{config.work_dir}/a": str(config.work_dir)}'),
        ("['/content/a', ('/content/b',)]", '[f"{config.work_dir}/a", (f"{config.work_dir}/b",)]'),
        (
            "f('/content/a', path='/content')",
            'f(f"{config.work_dir}/a", path=str(config.work_dir))',
        ),
        ("'/content/a' + x", 'f"{config.work_dir}/a" + x'),
        ("'cp ' + x + ' /content/a'", '"cp " + x + f" {config.work_dir}/a"'),
        ("'cp ' + x + ' ' + '/content/a'", '"cp " + x + " " + f"{config.work_dir}/a"'),
        ("'' + '/content/a'", '"" + f"{config.work_dir}/a"'),
        ("'/content/%s' % x", 'f"{config.work_dir}/%s" % x'),
        ("'/content/{}/{a}'.format(x, a=y)", 'f"{config.work_dir}/{{}}/{{a}}".format(x, a=y)'),
        ("('/content/a')", 'f"{config.work_dir}/a"'),
        # escapes and quotes
        ("'/content/\\N{EM DASH}{a}'", 'f"{config.work_dir}/\\N{EM DASH}{{a}}"'),
        ("'/content/\\'\"'", 'f"{config.work_dir}/\'\\""'),
        ("'/content/\\x41\\u1234\\\\'", 'f"{config.work_dir}/\\x41\\u1234\\\\"'),
        ("'a\\n/content/b'", 'f"a\\n{config.work_dir}/b"'),
        ("f'a\\t/content/{x}'", 'f"a\\t{config.work_dir}/{x}"'),
        ("'a \\\n/content/b'", 'f"a \\\n{config.work_dir}/b"'),
        # the literal is written anew
        ("'\\x2fcontent/a'", 'f"{config.work_dir}/a"'),
        ("'/content/drive' '/MyDrive/a'", 'f"{config.data_dir}/a"'),
        ("'/content/drive/' 'My' 'Drive/a'", 'f"{config.data_dir}/a"'),
        ("'''a\\x20\\x2fcontent\n'''", 'f"""a {config.work_dir}\n"""'),
    ],
)
def test_becomes(body_of: Callable[..., str], expression: str, becomes: str) -> None:
    body = body_of(f"{MOUNT}x = y = d = f = 1", f"p = {expression}", platform="colab")
    assert body.partition("x = y = d = f = 1\n\n")[2] == f"p = {becomes}"


@pytest.mark.parametrize(
    "expression",
    [
        '"/contents/a"',
        '"/content-a"',
        '"/content.zip"',
        '"a/content/b"',
        '"~/content/a"',
        '"https://example.invalid/content/a"',
        '"../content"',
        'b"/content/a"',
        'rb"/content/a"',
        'f"{x}/content/a"',
        'x + "/content/a"',
        'x + f"/content/{y}"',
        '"a" + "/content/b"',
        '("a" + x) + "/content/b"',
        'f(x) + "/content/b"',
        '"a" "/content/b"',
        'f"{x}" "/content/b"',
        '"a\\\n/content/b"',
        'x + "" "/content/b"',
        '"../input/a"',
        '"\\\\x2fcontent/a"',
    ],
)
def test_stays(body_of: Callable[..., str], expression: str) -> None:
    body = body_of("x = y = f = 1", f"p = {expression}", platform="colab")
    found = ast.parse(body).body[-1]
    assert ast.dump(found) == ast.dump(ast.parse(f"p = {expression}").body[0])


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        (
            "def f():\n    '''/content/a'''\n    return '/content/a'",
            'def f():\n    """/content/a"""\n    return f"{config.work_dir}/a"',
        ),
        ("class A:\n    '/content' '/a'", 'class A:\n    "/content/a"'),
        ("'''note: /content/a'''\nx = 1", "# note: /content/a\nx = 1"),
        ("x = 1\n'/content/a'", 'x = 1\ndisplay(f"{config.work_dir}/a")'),
        ("assert x, '/content/a'", 'assert x, f"{config.work_dir}/a"'),
        (
            "def f(p='/content/a') -> '/content/b': return p",
            'def f(p=f"{config.work_dir}/a") -> f"{config.work_dir}/b":\n    return p',
        ),
        ("p: '/content/a' = '/content/b'", 'p: f"{config.work_dir}/a" = f"{config.work_dir}/b"'),
        ("print(f'{\"/content/a\"}')", "print(f\"{f'{config.work_dir}/a'}\")"),
        ("p = ('/content/a'  # where\n     )", 'p = f"{config.work_dir}/a"  # where'),
        (
            "!cp /content/a '/content/b'",
            "shell.run(f\"cp {shell.quoted(config.work_dir)}/a '{config.work_dir}/b'\")",
        ),
    ],
)
def test_statements(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    body = body_of(cell, platform="colab")
    assert body == becomes


def test_kaggle_s_directories(body_of: Callable[..., str]) -> None:
    cells = (
        "a = '/kaggle/input/x'",
        "b = '../input/y'",
        "c = '/kaggle/working/z'",
        "d = '/kaggle/temp'",
    )
    assert body_of(*cells, platform="kaggle").split("\n\n") == [
        'a = f"{config.data_dir}/x"',
        'b = f"{config.data_dir}/y"',
        'c = f"{config.work_dir}/z"',
        'd = f"{config.work_dir}/temp"',
    ]


@pytest.mark.parametrize(
    "pattern",
    ["'/content/a'", "'/content/a' | '/content/b'", "{'/content/a': y}", "['/content/a', *_]"],
)
def test_a_pattern_cannot_hold_a_path(
    body_of: Callable[..., str], flat: Callable[[str], str], pattern: str
) -> None:
    cell = f"x = 1\nmatch x:\n    case {pattern}:\n        print('/content/a')"
    body = flat(body_of(cell, platform="colab"))
    reason = "a pattern holds the platform's path, and patterns cannot read the configuration"
    assert body.startswith(f'x = 1\nraise NotImplementedError("cell 1 line 3: {reason}")\nmatch x:')
    assert "/content" not in body
    assert 'print(f"{config.work_dir}/a")' in body


PIECES = st.sampled_from(
    [
        "/content/a",
        "/content",
        "/content/drive/MyDrive/b",
        " ",
        "{",
        "}",
        "{{",
        "'",
        '"',
        "\\",
        "\n",
        "\t",
        "é",
        "x",
        "/",
        "\\n",
        "{x}",
        "%s",
        '"""',
        "\x0c",
    ]
)


@settings(max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=8).map("".join), st.sampled_from([repr, ascii]))
def test_the_text_around_a_path_is_kept(
    body_of: Callable[..., str], text: str, written: Callable[[str], str]
) -> None:
    body = body_of(f"p = {written(text)}", platform="colab")
    assignment = ast.parse(body).body[0]
    assert isinstance(assignment, ast.Assign)
    code = compile(ast.Expression(assignment.value), "p", "eval")
    value = eval(code, {"config": CONFIG})
    restored = value.replace("<data>", "/content/drive/MyDrive").replace("<work>", "/content")
    assert restored == text
