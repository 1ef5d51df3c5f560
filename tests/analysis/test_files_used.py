"""The files that calls read and write, as far as the text shows their paths."""

from __future__ import annotations

import ast

import pytest

from nb2prod.analysis.files_used import files_used
from nb2prod.analysis.paths import find_roots
from nb2prod.analysis.scopes import once_known, scopes


def used(code: str) -> list[tuple[str, str, str]]:
    tree = ast.parse(code)
    found = files_used(scopes([(1, tree)], once_known([tree])), find_roots("kaggle", [], []))
    return [(one.path, one.direction, one.origin) for one in found]


@pytest.mark.parametrize(
    ("code", "path", "direction"),
    [
        ("pd.read_csv('a.csv')", "a.csv", "read"),
        ("pd.read_csv(filepath_or_buffer='./data/a')", "data/a", "read"),
        ("pd.read_excel(io='a.xlsx')", "a.xlsx", "read"),
        ("open('a')", "a", "read"),
        ("open('a', 'w')", "a", "write"),
        ("open('a', mode='ab')", "a", "write"),
        ("Image.open('a.png')", "a.png", "read"),
        ("Path('a.txt').read_text()", "a.txt", "read"),
        ("Path('a.txt').open('w')", "a.txt", "write"),
        ("(Path('d') / 'a.txt').open()", "d/a.txt", "read"),
        ("zipfile.ZipFile('a.zip')", "a.zip", "read"),
        ("zipfile.ZipFile('a.zip', 'w')", "a.zip", "write"),
        ("np.load('a.npy')", "a.npy", "read"),
        ("torch.load('m.pt')", "m.pt", "read"),
        ("os.listdir('d')", "d", "read"),
        ("glob.glob('d/*.png')", "d/*.png", "read"),
        ("df.to_csv('a.csv')", "a.csv", "write"),
        ("torch.save(model, 'm.pt')", "m.pt", "write"),
        ("plt.savefig(fname='a.png')", "a.png", "write"),
        ("os.makedirs('d', exist_ok=True)", "d", "write"),
        ("tfdv.generate_statistics_from_csv(data_location='a.csv')", "a.csv", "read"),
        ("beam.io.ReadFromText('a.csv', 1)", "a.csv", "read"),
        ("Model.from_pretrained('./m/')", "m", "read"),
        # through names
        ("name = 'a.csv'\npd.read_csv(name)", "a.csv", "read"),
        ("d = 'data'\npd.read_csv(os.path.join(d, 'a.csv'))", "data/a.csv", "read"),
        ("d = 'data'\npd.read_csv(f'{d}/a.csv')", "data/a.csv", "read"),
        ("for n in ['a.csv']:\n    pd.read_csv('d/' + n)", "d/a.csv", "read"),
        ("def f(p):\n    return pd.read_csv(p)\nf('a.csv')", "a.csv", "read"),
        # the platform's working directory
        ("pd.read_csv('/content/a.csv')", "a.csv", "read"),
        ("df.to_csv('/kaggle/working/a.csv')", "a.csv", "write"),
    ],
)
def test_local_files(code: str, path: str, direction: str) -> None:
    assert used(code) == [(path, direction, "local")]


@pytest.mark.parametrize(
    "code",
    [
        "pd.read_csv('https://example.invalid/a.csv')",
        "pd.read_csv('s3://bucket/a.csv')",
        "pd.read_csv(name)",
        "pd.read_csv('/etc/a.csv')",
        "pd.read_csv('~/a.csv')",
        "pd.read_sql('select 1', c)",
        "pd.read_csv(io.StringIO('a,b'))",
        "open(0)",
        "webbrowser.open('page')",
        "sns.load_dataset('iris')",
        "nlp = spacy.load('en_core_web_sm')",
        "Model.from_pretrained('org/model')",
        "print('a.csv')",
        "name.removeprefix('a.csv')",
        "os.path.exists('a.csv')",
        "x.to_device('cuda')",
        "df.to_dict('records')",
        "x.read()",
        "f.read('utf')",
        "model.load(weights)",
        "open('/root/.netrc')",
    ],
)
def test_what_is_no_file_of_the_project(code: str) -> None:
    assert used(code) == []


@pytest.mark.parametrize(
    ("code", "path", "direction"),
    [
        ("pd.read_csv('/kaggle/input/set/a.csv')", "set/a.csv", "read"),
        ("os.path.isdir('/kaggle/input/set')", "set", "read"),
        ("Model.from_pretrained('/kaggle/input/set/m')", "set/m", "read"),
        ("d = '../input/set'\npd.read_csv(d + '/a.csv')", "set/a.csv", "read"),
    ],
)
def test_files_below_the_platform_s_data(code: str, path: str, direction: str) -> None:
    assert used(code) == [(path, direction, "kaggle")]
