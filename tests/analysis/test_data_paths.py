"""What a notebook reads and writes below Drive and Kaggle's input."""

from __future__ import annotations

import pytest

from nb2prod.analysis.cell_code import shell_scripts
from nb2prod.analysis.data_paths import find_data
from nb2prod.analysis.facts import DataPath
from nb2prod.analysis.notebook_roots import notebook_roots
from nb2prod.analysis.scopes import values_of
from nb2prod.notebook.ipython import parse_notebook
from nb2prod.notebook.model import Cell, Notebook, Origin, Platform
from nb2prod.notebook.trees import tree_of

DRIVE = "/content/drive/MyDrive"


def data(*sources: str, platform: Platform = "colab") -> list[DataPath]:
    cells = tuple(Cell(number, "code", source) for number, source in enumerate(sources, start=1))
    notebook = Notebook("n", "0" * 64, "4.5", cells, Origin(platform, ()), {}, {})
    parsed = parse_notebook(notebook)
    trees = [(cell, tree_of(cell.python)) for cell in parsed]
    scripts = [script for cell in parsed for script in shell_scripts(cell)]
    scopes = values_of((cell.cell.number, tree) for cell, tree in trees).scopes
    return list(find_data(trees, scripts, scopes, notebook_roots(notebook, parsed)))


def test_what_is_relative_to_another_directory_is_not_known() -> None:
    assert [path.path for path in data("pd.read_csv('a.csv')", "%cd x", "open('b.csv')")] == [
        "a.csv"
    ]
    assert data("import os\nos.chdir('x')", "open('b.csv')") == []


def told(*sources: str) -> list[tuple[str, str]]:
    return [(path.path, path.direction) for path in data(*sources)]


@pytest.mark.parametrize(
    ("source", "direction"),
    [
        ("pd.read_csv('{}')", "read"),
        ("open('{}')", "read"),
        ("open('{}', 'rb')", "read"),
        ("open('{}', mode='r')", "read"),
        ("np.load('{}')", "read"),
        ("path = '{}'", "read"),
        ("os.listdir('{}')", "read"),
        ("zipfile.ZipFile('{}')", "read"),
        ("zipfile.ZipFile('{}', 'r')", "read"),
        ("shutil.copy('{}', 'x')", "read"),
        ("Path('{}').read_text()", "read"),
        ("Path('{}').open()", "read"),
        ("print('{}')", "read"),
        # writing
        ("open('{}', 'w')", "write"),
        ("open('{}', 'ab')", "write"),
        ("open('{}', mode='x')", "write"),
        ("open('{}', 'r+')", "write"),
        ("gzip.open('{}', 'wt')", "write"),
        ("Path('{}').open('w')", "write"),
        ("Path('{}').write_text(x)", "write"),
        ("Path('{}').mkdir(parents=True)", "write"),
        ("os.makedirs('{}', exist_ok=True)", "write"),
        ("df.to_csv('{}')", "write"),
        ("df.to_parquet(path='{}')", "write"),
        ("model.save('{}')", "write"),
        ("model.save_pretrained('{}')", "write"),
        ("torch.save(model, '{}')", "write"),
        ("joblib.dump(model, '{}')", "write"),
        ("plt.savefig('{}')", "write"),
        ("np.savez_compressed('{}', x)", "write"),
        ("cv2.imwrite('{}', x)", "write"),
        ("zipfile.ZipFile('{}', 'w')", "write"),
        ("h5py.File('{}', 'a')", "write"),
        ("archive.extractall('{}')", "write"),
        ("urlretrieve(url, '{}')", "write"),
        ("shutil.copy('x', '{}')", "write"),
        ("shutil.copytree('x', dst='{}')", "write"),
        ("os.rename('x', '{}')", "write"),
        ("df.to_csv(os.path.join('{}'))", "write"),
        # shell
        ("!ls '{}'", "read"),
        ("!unzip '{}' -d x", "read"),
        ("!cp '{}' x", "read"),
        ("!python train.py --data '{}'", "read"),
        ("!cp x '{}'", "write"),
        ("!cp -r x '{}' && ls", "write"),
        ("!mv x '{}'", "write"),
        ("!mkdir -p '{}'", "write"),
        ("!cd x && mkdir '{}'", "write"),
        ("!if [ ! -d x ]; then mkdir '{}'; fi", "write"),
        ("!unzip x.zip -d '{}'", "write"),
        ("!tar xf x.tar -C '{}'", "write"),
        ("!wget -q x -O '{}'", "write"),
        ("!wget x --directory-prefix='{}'", "write"),
        ("!curl x -o '{}'", "write"),
        ("!echo x > '{}'", "write"),
        ("!echo x >> '{}'", "write"),
        ("x = !ls '{}'", "read"),
        ("%%bash\nls '{}'", "read"),
        ("%%bash\nmkdir \\\n  '{}'", "write"),
        ("%cd {}", "read"),
        ("%%writefile {}\nx = 1", "write"),
    ],
)
def test_the_direction_that_the_call_shows(source: str, direction: str) -> None:
    path = f"{DRIVE}/a/b.csv"
    assert told(source.replace("{}", path)) == [("a/b.csv", direction)]


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        (f"x = '{DRIVE}/Colab Notebooks/a b.csv'", ["Colab Notebooks/a b.csv"]),
        ("!ls '/content/drive/My Drive/Colab Notebooks'", ["Colab Notebooks"]),
        (r"!ls /content/drive/My\ Drive/Colab\ Notebooks/x", ["Colab Notebooks/x"]),
        (f"x = '{DRIVE}'", ["."]),
        (f"x = '{DRIVE}/'", ["."]),
        (f"x = f'{DRIVE}/a/{{name}}.csv'", ["a"]),
        (f"x = ['{DRIVE}/b', '{DRIVE}/a', '{DRIVE}/a']", ["a", "b"]),
        (f"a, b = '{DRIVE}/a', '/content/drive'", [".", "MyDrive/a"]),
        # the rest of a longer path, whatever it looks like
        (f"x = base + '{DRIVE}/a'", []),
        (f"x = f'{{base}}{DRIVE}/a'", []),
        (f"x = base / '{DRIVE}/a'", []),
        # the working directory is no data
        ("x = '/content/a.csv'", []),
        ("!ls /kaggle/working", []),
        ("x = 'https://example.invalid/content/drive/MyDrive/a'", []),
        (f"# {DRIVE}/a", []),
        (f"%%html\n{DRIVE}/a", []),
        ("x = ", []),
    ],
)
def test_the_paths(source: str, paths: list[str]) -> None:
    assert [path.path for path in data(source)] == paths


def test_both_directions_and_all_cells() -> None:
    found = data(
        f"df = pd.read_csv('{DRIVE}/a.csv')",
        f"df.to_csv('{DRIVE}/a.csv')\n!ls '{DRIVE}/b'",
        f"!ls '{DRIVE}/b'\nx = '{DRIVE}/b'",
    )
    assert found == [
        DataPath("a.csv", "both", "drive", (1, 2)),
        DataPath("b", "read", "drive", (2, 3)),
    ]


def test_kaggle_s_input() -> None:
    found = data("a = '../input/set/a.csv'\nb = '/kaggle/input/set/a.csv'", platform="kaggle")
    assert found == [DataPath("set/a.csv", "read", "kaggle", (1,))]
