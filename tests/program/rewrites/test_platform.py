from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from nb2prod.program.rewrites.platform import no_counterpart, short_name, without_module_names

pytestmark = pytest.mark.usefixtures("every_name_defined")

IMPORTS = (
    "from google.colab import auth, data_table, drive, files, output, runtime, syntax, userdata\n"
    "from google.colab.patches import cv2_imshow\n"
)
Entries = Callable[..., list[tuple[int, int, int, str, str]]]


@pytest.mark.parametrize(
    "cell",
    [
        "drive.mount('/content/drive')",
        "drive.mount('/content/drive', force_remount=True)",
        "drive.flush_and_unmount()",
        "auth.authenticate_user()",
        "output.clear()",
        "files.view('a')",
        "runtime.unassign()",
        "data_table.enable_dataframe_formatter()",
        "del drive",
        "import google.colab",
        "from google.colab import *",
        "from google.colab import drive as gdrive\ngdrive.mount('/content/gdrive')",
        "import google.colab as gc\ngc.drive.mount('/content/drive')",
        "import google.colab\ngoogle.colab.drive.mount('/content/drive')",
        "from google import colab\ncolab.drive.mount('/content/drive')",
        "from google.colab.drive import mount\nmount('/content/drive')",
        "from kaggle_secrets import UserSecretsClient\nclient = UserSecretsClient()",
        "import os\nos.kill(os.getpid(), 9)",
    ],
)
def test_goes(body_of: Callable[..., str], cell: str) -> None:
    assert body_of(IMPORTS + cell, platform="colab") == ""


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("t = userdata.get('TOKEN')", 't = secret("TOKEN")'),
        ("t = userdata.get(name)", "t = secret(name)"),
        ("t = userdata.get(key='TOKEN')", 't = secret("TOKEN")'),
        ("t = userdata.get('TOKEN').strip()", 't = secret("TOKEN").strip()'),
        ("t = [userdata.get(k) for k in ('A', 'B')]", 't = [secret(k) for k in ("A", "B")]'),
        ("f(userdata.get('A'), key=userdata.get('B'))", 'display(f(secret("A"), key=secret("B")))'),
        ("from google.colab.userdata import get\nt = get('A')", 't = secret("A")'),
        (
            "try:\n    t = userdata.get('A')\nexcept userdata.SecretNotFoundError:\n    t = 1\n"
            "except (userdata.NotebookAccessError, ValueError):\n    t = 2",
            'try:\n    t = secret("A")\nexcept RuntimeError:\n    t = 1\n'
            "except (PermissionError, ValueError):\n    t = 2",
        ),
        (
            "from google.colab.userdata import SecretNotFoundError as Missing\n"
            "try:\n    t = userdata.get('A')\nexcept Missing as error:\n    t = error",
            'try:\n    t = secret("A")\nexcept RuntimeError as error:\n    t = error',
        ),
        ("!echo {userdata.get('A')}", "shell.run(f\"echo {secret('A')}\", check=False)"),
        ("files.download('a.csv')", 'shutil.copy("a.csv", config.output_dir)'),
        (
            "files.download('/content/a.csv')",
            'shutil.copy(f"{config.work_dir}/a.csv", config.output_dir)',
        ),
        ("x = files.download('a.csv')", 'x = shutil.copy("a.csv", config.output_dir)'),
        (
            "from google.colab.files import download\ndownload('a')",
            'shutil.copy("a", config.output_dir)',
        ),
        ("data_table.DataTable(df)", "display(df)"),
        ("q = syntax.sql('select 1')", 'q = "select 1"'),
        ("q = syntax.html(page)", "q = page"),
        ("cv2_imshow(image)", "show_image(image)"),
        ("cv2_imshow(a[0] * 255)\nprint(1)", "show_image(a[0] * 255)\nprint(1)"),
        ("data_table.DataTable(df, include_index=False).head()", "display(df.head())"),
        ("x = drive.mount('/content/drive')", "x = None"),
        (
            "with output.use_tags('a'):\n    print(1)",
            "with contextlib.nullcontext():\n    print(1)",
        ),
        ("if drive.mount('/content/drive'):\n    pass", "if None:\n    pass"),
        ("if True: drive.mount('/content/drive')", "if True:\n    pass"),
        ("if True: drive.mount('/content/drive'); x = 1", "if True:\n    x = 1"),
        ("x = 1; drive.mount('/content/drive'); y = 2", "x = 1\ny = 2"),
        ("def f():\n    drive.mount('/content/drive')", "def f():\n    pass"),
        ("def f(): drive.mount('/content/drive')", "def f():\n    pass"),
        ("class A:\n    drive.mount('/content/drive')", "class A:\n    pass"),
        ("lambda: drive.mount('/content/drive')", "display(lambda: None)"),
        ("f(drive=1)", "display(f(drive=1))"),
        ("x.drive = y.files", "x.drive = y.files"),
    ],
)
def test_becomes(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    assert body_of(IMPORTS + cell, platform="colab") == becomes


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        (
            "from kaggle_secrets import UserSecretsClient\nclient = UserSecretsClient()\n"
            "t = client.get_secret('A')",
            't = secret("A")',
        ),
        (
            "from kaggle_secrets import UserSecretsClient\nt = UserSecretsClient().get_secret('A')",
            't = secret("A")',
        ),
        (
            "from kaggle_secrets import UserSecretsClient as Client\n"
            "t = Client().get_secret(label='A').strip()",
            't = secret("A").strip()',
        ),
        (
            "import kaggle_secrets\nt = kaggle_secrets.UserSecretsClient().get_secret('A')",
            't = secret("A")',
        ),
        ("t = client.get_secret('A')", 't = client.get_secret("A")'),
    ],
)
def test_kaggle_s_secrets(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    assert body_of(cell, platform="kaggle") == becomes


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("key = os.environ['API_KEY']", 'key = secret("API_KEY")'),
        ("key = os.environ['HOME']", 'key = os.environ["HOME"]'),
        ("key = os.environ.get('API_KEY')", 'key = os.environ.get("API_KEY")'),
        ("key = {'é': 1}, os.environ['API_KEY']", 'key = {"é": 1}, secret("API_KEY")'),
        (
            "os.environ['API_KEY'] = 'x'\nkey = os.environ['API_KEY']",
            'os.environ["API_KEY"] = "x"\nkey = os.environ["API_KEY"]',
        ),
        (
            "os.environ['API_KEY'] = userdata.get('API_KEY')",
            'os.environ["API_KEY"] = secret("API_KEY")',
        ),
        (
            "if x:\n    f(os.environ['API_KEY'],\n      os.environ['A_TOKEN'])",
            'if x:\n    f(secret("API_KEY"), secret("A_TOKEN"))',
        ),
    ],
)
def test_secrets_in_the_environment(body_of: Callable[..., str], cell: str, becomes: str) -> None:
    body = body_of(f"{IMPORTS}import os\nx, f = 1, print", cell, platform="colab")
    assert body.removeprefix("x, f = 1, print").strip() == becomes


@pytest.mark.parametrize(
    ("cell", "name", "rest"),
    [
        ("u = files.upload_file()", "files.upload_file", "\nu = None"),
        ("a = b = files.upload_file()", "files.upload_file", "\na = b = None"),
        ("files.upload_file()", "files.upload_file", ""),
        (
            "list(files.upload_file().keys())[0]",
            "files.upload_file.keys",
            "\ndisplay(list(None)[0])",
        ),
        ("u = files.upload_file()['a']", "files.upload_file", "\nu = None"),
        (
            "u = [files.upload_file() for i in 'ab']",
            "files.upload_file",
            '\nu = [None for i in "ab"]',
        ),
        ("f = files.download", "files.download", "\nf = None"),
        ("print(drive)", "drive", "\nprint(None)"),
        ("print(f'{drive}')", "drive", '\nprint(f"{None}")'),
        ("output.eval_js('x')", "output.eval_js", ""),
        ("return_ = output.eval_js('x') or 1", "output.eval_js", "\nreturn_ = None or 1"),
        ("drive.x = 1", "drive.x", "\n_ = 1"),
        ("drive.x, y = 1, 2", "drive.x", "\n_, y = 1, 2"),
        ("assert files.upload_file(), 'none'", "files.upload_file", '\nassert None, "none"'),
        ("!cp {drive} x", "drive", '\nshell.run(f"cp {None} x")'),
    ],
)
def test_what_has_no_counterpart_stops(
    body_of: Callable[..., str], flat: Callable[[str], str], cell: str, name: str, rest: str
) -> None:
    body = flat(body_of(IMPORTS + f"# why\n{cell}", platform="colab"))
    reason = f"Colab's {name} has no counterpart outside the platform"
    assert body == f'# why\n# {cell}\nraise NotImplementedError("cell 1 line 4: {reason}"){rest}'


@pytest.mark.parametrize(
    ("cell", "rest"),
    [
        (
            "if a:\n    pass\nelif files.upload_file():\n    b = 1",
            "if a:\n    pass\nelif None:\n    b = 1",
        ),
        (
            "if a:\n    pass\nelif b:\n    pass\nelif c and files.upload_file():\n    pass\nelse:\n    x = 1",
            "if a:\n    pass\nelif b:\n    pass\nelif c and None:\n    pass\nelse:\n    x = 1",
        ),
        ("while files.upload_file():\n    pass", "while None:\n    pass"),
        ("for x in files.upload_file():\n    pass", "for x in None:\n    pass"),
        ("for files.x in 'ab':\n    pass", 'for _ in "ab":\n    pass'),
        ("with files.upload_file() as u:\n    pass", "with None as u:\n    pass"),
        ("try:\n    pass\nexcept files.Error:\n    pass", "try:\n    pass\nexcept None:\n    pass"),
        (
            "match files.upload_file():\n    case 1:\n        pass",
            "match None:\n    case 1:\n        pass",
        ),
    ],
)
def test_a_header_stops_before_its_block(
    body_of: Callable[..., str], flat: Callable[[str], str], cell: str, rest: str
) -> None:
    body = flat(body_of(f"{IMPORTS}a = b = c = 0", f"# why\n{cell}", platform="colab"))
    stop, below = body.removeprefix("a = b = c = 0\n\n").split("\n", 2)[1:]
    assert body.startswith("a = b = c = 0\n\n# why\nraise NotImplementedError(")
    assert stop.startswith('raise NotImplementedError("cell 2 line ')
    assert below == rest


def test_a_stop_is_inside_the_block_that_it_stands_in(
    body_of: Callable[..., str], flat: Callable[[str], str]
) -> None:
    cell = "x = 0\nif x:\n    # pick\n    u = files.upload_file()\nelse:\n    u = 1\n"
    assert flat(body_of(IMPORTS + cell, platform="colab")) == (
        "x = 0\nif x:\n    # pick\n    # u = files.upload_file()\n"
        "    raise NotImplementedError(\"cell 1 line 6: Colab's files.upload_file has no counterpart"
        ' outside the platform")\n    u = None\nelse:\n    u = 1'
    )


def test_a_decorator_without_counterpart_is_left_out(
    body_of: Callable[..., str], flat: Callable[[str], str]
) -> None:
    body = flat(body_of(f"{IMPORTS}@output.register\ndef f():\n    pass", platform="colab"))
    assert "@" not in body
    assert "Colab's output.register has no counterpart outside the platform" in body


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("files = ['a']\nprint(files)", 'files = ["a"]\nprint(files)'),
        ("for files in 'ab': print(files.upper())", 'for files in "ab":\n    print(files.upper())'),
        ("def f(files): return files.name", "def f(files):\n    return files.name"),
        ("def f():\n    global files\n    files = 1", None),
        (
            "files = []\nfiles.append(1)\nfiles.download('a')",
            'files = []\nfiles.append(1)\nshutil.copy("a", config.output_dir)',
        ),
    ],
)
def test_a_name_that_is_bound_again_is_the_notebook_s_own(
    module_of: Callable[..., str], body_of: Callable[..., str], cell: str, becomes: str | None
) -> None:
    if becomes is None:
        assert "global files\n    files = 1" in module_of(IMPORTS + cell, platform="colab")
    else:
        assert body_of(IMPORTS + cell, platform="colab") == becomes


@pytest.mark.parametrize(
    "cell",
    [
        "s = 'see google.colab for more'",
        "s = 'google.' 'colab'",
        "s = ('google.'\n     'colab')",
        "s = f'google.colab {1}'",
        "s = f'{1} get_ipython'",
        "s = b'google.colab'",
        "s = rb'google.colab'",
        "s = b'google\\x2ecolab'",
        "s = 'google\\x2ecolab'",
        "s = '''a\ngoogle.colab\n'''",
        "s = 'kaggle_secrets'",
        "s = ['get_ipython']",
        "def f(x='google.colab'): pass",
        "import sys\ns = sys.modules['google.colab']",
        "x = !ls google.colab | grep Version",
        "!python -c 'import kaggle_secrets'",
        "%cd google.colab",
        "%env A=get_ipython",
        "%%bash\ngrep google.colab a",
    ],
)
def test_no_text_names_the_platform_s_modules(
    module_of: Callable[..., str], ledger_of: Entries, cell: str
) -> None:
    tree = ast.parse(module_of(cell, platform="colab"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            assert "google.colab" not in str(node.value)
            assert "kaggle_secrets" not in str(node.value)
            assert "get_ipython" not in str(node.value)
    assert "attention" in {entry[3] for entry in ledger_of(cell, platform="colab")}


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("def f():\n    '''google.colab'''", 'def f():\n    """google.colab"""'),
        ("class A: 'google.colab'", 'class A:\n    "google.colab"'),
        ("# google.colab\nx = 1", "# google.colab\nx = 1"),
        (
            "'''see google.colab\nand /content'''\nx = 1",
            "# see google.colab\n# and /content\nx = 1",
        ),
    ],
)
def test_docstrings_and_comments_keep_their_words(
    body_of: Callable[..., str], cell: str, becomes: str
) -> None:
    assert body_of(cell) == becomes


@pytest.mark.parametrize(
    ("dotted", "name"),
    [
        ("google.colab", "Colab's module"),
        ("google.colab.files.upload_file", "Colab's files.upload_file"),
        ("google.colab.files.upload_file().keys", "Colab's files.upload_file.keys"),
        ("kaggle_secrets.UserSecretsClient().x", "Kaggle's secrets.UserSecretsClient.x"),
        ("other.module", "other.module"),
    ],
)
def test_short_name(dotted: str, name: str) -> None:
    assert short_name(dotted) == name
    assert without_module_names(no_counterpart(dotted)) == no_counterpart(dotted)


@pytest.mark.parametrize(
    "cells",
    [
        ["!streamlit run a.py &", "output.serve_kernel_port_as_window(8501)"],
        ["!./serve &", "output.serve_kernel_port_as_iframe(80, path='/')"],
        ["!./serve &", "if True:\n    output.serve_kernel_port_as_window(80)"],
        ["import google.colab", "google.colab.output.serve_kernel_port_as_window(80)"],
    ],
)
def test_showing_the_service_s_own_port_goes(ledger_of: Entries, cells: list[str]) -> None:
    first, last = cells
    (shown,) = [
        entry
        for entry in ledger_of(IMPORTS + first, last, platform="colab")
        if entry[0] == 2 and "the service's own" in entry[4]
    ]
    assert shown[3:] == ("dropped", "shows the service's own port in the notebook's page")


@pytest.mark.parametrize(
    "cell",
    [
        "output.serve_kernel_port_as_window(port)",
        "!streamlit run a.py &\noutput.serve_kernel_port_as_window(6006)",
        "!tensorboard --logdir logs &\noutput.serve_kernel_port_as_window(6006)",
    ],
)
def test_showing_any_other_port_is_left_to_a_person(ledger_of: Entries, cell: str) -> None:
    reasons = [entry[4] for entry in ledger_of(IMPORTS + cell, platform="colab")]
    assert "Colab's output.serve_kernel_port_as_window has no counterpart outside the platform" in (
        reasons
    )
