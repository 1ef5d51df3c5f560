"""Notebooks as people write them, for verifying: each runs in seconds and comes out equivalent.

A `Sample` has its cells, what a person gives to its verification, and what a verification has to
list of it beside the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.hygiene.build import Json, code, written

COLAB: Json = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
KAGGLE: Json = {"kaggle": {"accelerator": "none", "dataSources": []}}


@dataclass(frozen=True, slots=True)
class Sample:
    """A notebook, and what a verification of it lists.

    `data`, `files` and `inputs` are the files to be given, by their names. `undecided` is what is
    not deterministic: (kind, cell), for variables and files their name instead of the cell.
    `expected` are the (cell, line) of dropped lines that show something, `not_compared` the names
    of what has no value. `needs` are the modules without which it does not run.
    """

    name: str
    cells: tuple[Json | str, ...]
    metadata: Json | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    undecided: frozenset[tuple[str, int | str]] = frozenset()
    expected: frozenset[tuple[int, int]] = frozenset()
    not_compared: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()

    @property
    def lacks(self) -> list[str]:
        """The modules that are not here."""
        return [module for module in self.needs if find_spec(module) is None]

    def write(self, directory: Path) -> Path:
        """Write the notebook; its path."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{self.name}.ipynb"
        path.write_bytes(written(*self.cells, metadata=self.metadata))
        return path

    def given(self, directory: Path) -> dict[str, Any]:
        """What a person gives, as `verify` takes it; its files are written there."""
        found: dict[str, Any] = {"variables": dict(self.variables)}
        if self.data:
            found["data"] = directory / "data"
        for kind, files in (("data", self.data), ("files", self.files), ("inputs", self.inputs)):
            for name, text in files.items():
                path = directory / kind / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        for kind, files in (("files", self.files), ("inputs", self.inputs)):
            found[kind] = [directory / kind / name for name in files]
        return found


def failing(source: str) -> Json:
    """A cell that is meant to end with an exception."""
    return code(source, metadata={"tags": ["raises-exception"]})


_PLOTS = Sample(
    "plots",
    (
        "import numpy as np\nimport matplotlib.pyplot as plt",
        (
            "x = np.linspace(0, 2 * np.pi, 200)\n"
            "plt.plot(x, np.sin(x), label='sin')\n"
            "plt.title('A wave')\n"
            "plt.legend()\n"
            "plt.show()"
        ),
        "plt.hist(np.cos(x), bins=12)",
        (
            "for power in (1, 2, 3):\n"
            "    plt.figure(figsize=(3, 2))\n"
            "    plt.plot(x, x ** power)\n"
            "    plt.show()\n"
            "print('three pictures')"
        ),
        (
            "figure, axes = plt.subplots(1, 2, figsize=(6, 3))\n"
            "axes[0].bar(['a', 'b', 'c'], [3, 1, 2])\n"
            "axes[1].scatter(x[::20], np.cos(x[::20]), s=9)\n"
            "figure.suptitle('two at once')\n"
            "plt.tight_layout()"
        ),
        (
            "plt.figure()\nplt.imshow(np.arange(64).reshape(8, 8))\nplt.colorbar()\n"
            "plt.figure()\nplt.plot([3, 1, 2]);"
        ),
        (
            "small, axis = plt.subplots(figsize=(2, 2))\n"
            "axis.plot([1, 2, 3])\n"
            "plt.savefig('small.png')\n"
            "plt.close(small)\n"
            "small"
        ),
    ),
    not_compared=frozenset({"axis", "figure", "small"}),
    needs=("numpy", "matplotlib"),
)

_FRAMES = Sample(
    "frames",
    (
        "import io\nimport pandas as pd\nfrom IPython.display import HTML, display",
        (
            "TEXT = '''city,year,people\nBern,2019,133.9\nBasel,2019,177.8\nBern,2020,134.8\n"
            "Basel,2020,178.1\n'''\n"
            "frame = pd.read_csv(io.StringIO(TEXT))\nframe.head()"
        ),
        "frame.describe()",
        (
            "frame['share'] = frame['people'] / frame.groupby('year')['people'].transform('sum')\n"
            "display(frame)\nframe.dtypes"
        ),
        (
            "by_city = frame.groupby('city').agg({'people': ['mean', 'max'], 'share': 'mean'})\n"
            "by_city"
        ),
        "frame.info()",
        "table = frame.pivot(index='city', columns='year', values='people')\nHTML(table.to_html())",
        "long = pd.DataFrame({'n': range(500), 'square': [n * n for n in range(500)]})\nlong",
        "print(frame.to_string(index=False))\nframe.loc[0, 'people']",
        (
            "frame.to_csv('cities.csv', index=False)\n"
            "again = pd.read_csv('cities.csv')\n"
            "assert again.shape == frame.shape\n"
            "again['city'].value_counts()"
        ),
        "empty = frame[frame['people'] > 1000]\nempty",
    ),
    needs=("pandas",),
)

_MODEL = Sample(
    "model",
    (
        "import pickle\nimport numpy as np",
        (
            "rng = np.random.default_rng(7)\n"
            "X = rng.normal(size=(300, 4))\n"
            "true = np.array([1.5, -2.0, 0.5, 0.0])\n"
            "y = X @ true + rng.normal(scale=0.1, size=300)\n"
            "X.shape, y.shape"
        ),
        (
            "class Linear:\n"
            "    '''Fits by gradient descent.'''\n\n"
            "    def __init__(self, rate=0.1, epochs=50):\n"
            "        self.rate = rate\n"
            "        self.epochs = epochs\n"
            "        self.losses = []\n\n"
            "    def fit(self, X, y):\n"
            "        self.weights = np.zeros(X.shape[1])\n"
            "        for epoch in range(self.epochs):\n"
            "            error = X @ self.weights - y\n"
            "            self.losses.append(float((error ** 2).mean()))\n"
            "            self.weights -= self.rate * 2 * X.T @ error / len(y)\n"
            "            if epoch % 10 == 0:\n"
            "                print(f'epoch {epoch:3d}  loss {self.losses[-1]:.5f}')\n"
            "        return self\n\n"
            "    def predict(self, X):\n"
            "        return X @ self.weights"
        ),
        "train, test = slice(0, 240), slice(240, 300)\nmodel = Linear().fit(X[train], y[train])",
        (
            "score = 1 - ((model.predict(X[test]) - y[test]) ** 2).mean() / y[test].var()\n"
            "print('R2', round(score, 4))\n"
            "model.weights"
        ),
        (
            "with open('model.pkl', 'wb') as file:\n"
            "    pickle.dump({'weights': model.weights, 'losses': model.losses}, file)\n"
            "np.savez('arrays.npz', weights=model.weights, y=y)"
        ),
        (
            "with open('model.pkl', 'rb') as file:\n"
            "    loaded = pickle.load(file)\n"
            "np.allclose(loaded['weights'], model.weights), sorted(np.load('arrays.npz').files)"
        ),
    ),
    not_compared=frozenset({"file"}),
    needs=("numpy",),
)

_CHANCE = Sample(
    "chance",
    (
        "import datetime\nimport random\nimport time\nimport uuid\nimport numpy as np",
        (
            "random.seed(3)\nnp.random.seed(3)\n"
            "seeded = [random.randint(1, 6) for _ in range(5)]\n"
            "print(seeded, np.random.rand(2))"
        ),
        (
            "generator = np.random.default_rng(11)\n"
            "sample = generator.choice(100, size=8, replace=False)\n"
            "sample.sum()"
        ),
        (
            "drawn = np.random.default_rng().normal(size=3)\n"
            "print('drawn', drawn)\n"
            "print('that was chance')"
        ),
        (
            "started = time.time()\n"
            "total = sum(range(1000))\n"
            "print('now', started)\n"
            "print('total', total)"
        ),
        "name = uuid.uuid4().hex\ntoday = datetime.datetime.now()\nprint(name)\nlen(name)",
        "random.seed()\nticket = random.random()\nticket",
        (
            "np.save('noise.npy', np.random.default_rng().normal(size=4))\n"
            "with open('stamp.txt', 'w') as file:\n"
            "    file.write(f'{time.time_ns()}\\n')"
        ),
        "print(f'took {time.time() - started:.3f} s')",
    ),
    undecided=frozenset(
        {
            ("stdout", 4),
            ("stdout", 6),
            ("value", 7),
            ("file", "<work>/noise.npy"),
            ("file", "<work>/stamp.txt"),
            *(("variable", name) for name in ("drawn", "name", "ticket", "today")),
        }
    ),
    not_compared=frozenset({"file"}),
    needs=("numpy",),
)

_FILES = Sample(
    "files",
    (
        (
            "import csv\nimport json\nimport os\nimport pickle\nimport sqlite3\n"
            "from pathlib import Path\nimport numpy as np"
        ),
        (
            "os.makedirs('results/tables', exist_ok=True)\n"
            "rows = [(n, n ** 2, n ** 0.5) for n in range(10)]\n"
            "with open('results/tables/powers.csv', 'w', newline='') as file:\n"
            "    writer = csv.writer(file)\n"
            "    writer.writerow(['n', 'square', 'root'])\n"
            "    writer.writerows(rows)"
        ),
        (
            "settings = {'rows': len(rows), 'names': ['n', 'square', 'root'],"
            " 'nested': {'a': None}}\n"
            "Path('results/settings.json').write_text(json.dumps(settings, indent=2))"
        ),
        (
            "np.save('results/squares.npy', np.array([row[1] for row in rows]))\n"
            "pickle.dump({'rows': rows, 'set': {3, 1, 2}}, open('results/rows.pkl', 'wb'))"
        ),
        "with open('log.txt', 'w') as log:\n    log.write('begun\\n')",
        (
            "connection = sqlite3.connect('results/powers.db')\n"
            "connection.execute('create table powers (n integer, square integer)')\n"
            "connection.executemany('insert into powers values (?, ?)',"
            " [row[:2] for row in rows])\n"
            "connection.commit()\n"
            "print(connection.execute('select sum(square) from powers').fetchone())\n"
            "connection.close()"
        ),
        "with open('log.txt', 'a') as log:\n    log.write(f'{len(rows)} rows\\n')",
        "Path('passing.tmp').write_text('gone soon')\nprint(Path('passing.tmp').exists())",
        "os.remove('passing.tmp')\nsorted(os.listdir('results'))",
        "print(open('log.txt').read())\nPath('results').joinpath('tables').exists()",
    ),
    not_compared=frozenset({"connection", "file", "log", "writer"}),
    needs=("numpy",),
)

_PARQUET = Sample(
    "parquet",
    (
        "import pandas as pd",
        (
            "frame = pd.DataFrame({'n': range(20), 'half': [n / 2 for n in range(20)]})\n"
            "frame.to_parquet('halves.parquet')\n"
            "pd.read_parquet('halves.parquet').tail(3)"
        ),
        "frame.set_index('n').to_pickle('halves.pkl')",
    ),
    needs=("pandas", "pyarrow"),
)

_ASYNC = Sample(
    "asynchronous",
    (
        "import asyncio",
        "async def fetch(name, delay):\n    await asyncio.sleep(delay)\n    return name.upper()",
        "first = await fetch('one', 0.01)\nprint(first)",
        "answers = await asyncio.gather(*(fetch(name, 0.01) for name in ('a', 'b', 'c')))\nanswers",
        (
            "async def ticks(count):\n"
            "    for number in range(count):\n"
            "        await asyncio.sleep(0)\n"
            "        yield number\n\n"
            "async for tick in ticks(3):\n"
            "    print('tick', tick)"
        ),
        (
            "lock = asyncio.Lock()\n"
            "async with lock:\n"
            "    squares = [number ** 2 async for number in ticks(4)]\n"
            "squares"
        ),
        (
            "queue = asyncio.Queue()\n"
            "async def producer():\n"
            "    for number in range(3):\n"
            "        await queue.put(number)\n"
            "task = asyncio.create_task(producer())\n"
            "await task\n"
            "print(queue.qsize())"
        ),
        "await fetch('last', 0)",
    ),
    not_compared=frozenset({"lock", "queue", "task"}),
)

_WARNINGS = Sample(
    "warned",
    (
        "import logging\nimport warnings\nimport numpy as np",
        "warnings.warn('this is only a remark')\nprint('after the remark')",
        (
            "def careful(value):\n"
            "    if value < 0:\n"
            "        warnings.warn('negative value', RuntimeWarning)\n"
            "    return abs(value)\n\n"
            "[careful(value) for value in (-1, 2, -3)]"
        ),
        "ratios = np.array([1.0, 0.0]) / np.array([0.0, 0.0])\nratios",
        "warnings.warn('this is going away', DeprecationWarning)",
        (
            "with warnings.catch_warnings():\n"
            "    warnings.simplefilter('ignore')\n"
            "    warnings.warn('nobody sees this')\n"
            "    np.log(0)"
        ),
        "logging.warning('the root logger says this')",
        "warnings.filterwarnings('ignore')\nwarnings.warn('nor this')\nnp.array([1.0]) / 0",
    ),
    needs=("numpy",),
)

_ERRORS = Sample(
    "errors",
    (
        "import traceback",
        failing("print('before')\nhalf = 1\nraise ValueError('on purpose')\nhalf = 2"),
        "print('half is', half)",
        failing("print('dividing')\n1 / 0"),
        (
            "try:\n    int('twelve')\nexcept ValueError as error:\n    print('no number:', error)\n"
            "finally:\n    print('tried')"
        ),
        failing("rest = [10 // n for n in (5, 2, 0)]"),
        "'rest' in globals()",
        (
            "class TooSmall(Exception):\n"
            "    def __init__(self, size):\n"
            "        super().__init__(f'{size} is too small')\n"
            "        self.size = size"
        ),
        failing("raise TooSmall(3)"),
        failing("assert half == 2, 'it is not'"),
        "try:\n    raise TooSmall(4)\nexcept TooSmall:\n    traceback.print_exc(limit=0)",
        failing("{'a': 1}['b']"),
        "print('the end')",
    ),
)

_LONG = Sample(
    "long",
    (
        "import subprocess\nimport sys",
        "for number in range(20_000):\n    print('line', number, number * 37 % 1001)",
        (
            "for number in range(5):\n"
            "    print('out', number)\n"
            "    print('err', number, file=sys.stderr)"
        ),
        (
            "sys.stdout.write('no newline')\nsys.stdout.flush()\nprint()\n"
            "sys.stderr.write('a word\\n')"
        ),
        (
            "done = subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True,"
            " text=True)\nprint(done.stdout, done.returncode)"
        ),
        "subprocess.run(['echo', 'said by a program'])",
        "text = 'wide ' * 2000\nprint(text)\nlen(text)",
        "list(range(1500))",
    ),
    not_compared=frozenset({"done"}),
)

_PROGRESS = Sample(
    "progress",
    (
        "import time\nfrom tqdm import tqdm",
        (
            "total = 0\nfor number in tqdm(range(50), desc='adding'):\n    total += number\n"
            "print(total)"
        ),
        "bar = tqdm(total=10)\nfor _ in range(5):\n    bar.update(2)\nbar.close()",
        "print('done')",
    ),
    not_compared=frozenset({"bar"}),
    needs=("tqdm",),
)

_PROCESSES = Sample(
    "processes",
    (
        (
            "from concurrent.futures import ThreadPoolExecutor\n"
            "from multiprocessing import Pool\nimport threading"
        ),
        "FACTOR = 3\n\ndef scaled(number):\n    return number * FACTOR",
        "with Pool(2) as pool:\n    results = pool.map(scaled, range(10))\nresults",
        (
            "with ThreadPoolExecutor(4) as executor:\n"
            "    lengths = list(executor.map(len, ['a', 'bb', 'ccc']))\n"
            "print(sum(lengths))"
        ),
        (
            "found = []\n"
            "def work(name):\n    found.append(name)\n"
            "threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]\n"
            "for thread in threads:\n    thread.start()\n    thread.join()\n"
            "print(found)"
        ),
        "FACTOR = 5\nwith Pool(2) as pool:\n    print(pool.map(scaled, [1, 2]))",
    ),
    not_compared=frozenset({"executor", "pool", "thread"}),
)

_COLAB = Sample(
    "on_colab",
    (
        "!pip install -q numpy\n!nvidia-smi",
        "from google.colab import drive, files, userdata\nimport csv\nimport os",
        "drive.mount('/content/drive')",
        (
            '#@title Settings { display-mode: "form" }\n'
            'limit = 3  #@param {type:"integer"}\n'
            'label = \'red\'  #@param ["red", "green"]\n'
            'ratio = 0.5  #@param {type:"slider", min:0, max:1, step:0.1}\n'
            'loud = True  #@param {type:"boolean"}\n'
            "print(limit, label, ratio, loud)"
        ),
        (
            "ROOT = '/content/drive/MyDrive/shop'\n"
            "with open(f'{ROOT}/sales.csv') as file:\n"
            "    rows = list(csv.DictReader(file))\n"
            "chosen = [row for row in rows if row['colour'] == label][:limit]\n"
            "chosen"
        ),
        "key = userdata.get('SHOP_KEY')\nprint('the key has', len(key), 'characters')",
        (
            "os.makedirs(f'{ROOT}/out', exist_ok=True)\n"
            "with open(f'{ROOT}/out/sum.txt', 'w') as file:\n"
            "    file.write(str(sum(int(row['count']) for row in chosen) * ratio))\n"
            "print(open('/content/drive/MyDrive/shop/out/sum.txt').read())"
        ),
        "uploaded = files.upload()\nfor name in uploaded:\n    print(name, len(uploaded[name]))",
        (
            "with open('/content/report.txt', 'w') as file:\n    file.write('all is well\\n')\n"
            "files.download('/content/report.txt')"
        ),
        "if loud:\n    print('THE END')",
    ),
    metadata=COLAB,
    data={
        "shop/sales.csv": "colour,count\nred,1\ngreen,20\nred,300\nred,4000\nred,50000\n",
    },
    inputs={"names.txt": "Ada\nGrace\n"},
    variables={"SHOP_KEY": "not-a-real-key"},
    expected=frozenset({(1, 2), (3, 1)}),
    not_compared=frozenset({"file"}),
)

_KAGGLE = Sample(
    "on_kaggle",
    (
        (
            "import csv\nimport os\n"
            "for directory, _, names in os.walk('/kaggle/input'):\n"
            "    for name in names:\n"
            "        print(os.path.join(directory, name))"
        ),
        (
            "with open('/kaggle/input/houses/train.csv') as file:\n"
            "    houses = list(csv.DictReader(file))\n"
            "print(len(houses), 'houses')\nhouses[0]"
        ),
        (
            "prices = [float(house['price']) for house in houses]\n"
            "mean = sum(prices) / len(prices)\nmean"
        ),
        (
            "with open('../input/houses/test.csv') as file:\n"
            "    wanted = [row['id'] for row in csv.DictReader(file)]"
        ),
        (
            "with open('/kaggle/working/submission.csv', 'w') as file:\n"
            "    file.write('id,price\\n')\n"
            "    for name in wanted:\n"
            "        file.write(f'{name},{mean:.2f}\\n')\n"
            "print(open('submission.csv').read())"
        ),
        "os.getcwd()",
    ),
    metadata=KAGGLE,
    data={
        "houses/train.csv": "id,price\n1,100\n2,250\n3,400\n",
        "houses/test.csv": "id\n4\n5\n",
    },
    not_compared=frozenset({"file"}),
)

_SHELL = Sample(
    "shell",
    (
        "!pip install -q requests\nimport os",
        "!echo hello from the shell\n!mkdir -p made/here\n!printf 'b\\na\\n' > made/lines.txt",
        "!ls made\nwhere = 'made'\n!ls {where} | wc -l",
        "%%time\ntotal = sum(range(100_000))\nprint(total)",
        "%%capture\nprint('nobody sees this')",
        "%%writefile helper.py\nFACTOR = 4\n\ndef times(number):\n    return number * FACTOR",
        "import helper\nhelper.times(5)",
        '%%bash\nfor n in 1 2 3; do echo "n is $n"; done\nwc -l < helper.py',
        "%env MODE=quick\nos.environ['MODE']",
        "!nvidia-smi",
        "%timeit -n 1 -r 1 total + 1",
        "!echo $where",
        "%matplotlib inline\n%load_ext autoreload\n%autoreload 2",
        "os.path.exists('made/here')",
    ),
    expected=frozenset({(6, 1), (9, 1), (10, 1), (11, 1)}),
)

_CAPTURED = Sample(
    "captured",
    (
        "!printf 'b\\na\\n' > lines.txt\nlines = !sort lines.txt\nlines",
        "%%capture caught\nprint('nobody sees this at once')",
        "caught.stdout",
        "lines[0] + lines[-1]",
    ),
)

_DIRECTORIES = Sample(
    "directories",
    (
        "import os\nos.makedirs('made/here')",
        "%cd made\nprint(os.path.basename(os.getcwd()))",
        "!ls",
        "open('list.txt', 'w').write('of many things')",
        "%cd ..\nprint(os.listdir('made'))",
    ),
)

_LINES = Sample(
    "overprinted",
    ("for step in range(20):\n    print(f'\\rstep {step}', end='')\nprint()\nprint('done')",),
)

_AUTO = Sample(
    "auto_progress",
    ("from tqdm.auto import trange\nvalues = [n * n for n in trange(10, leave=False)]\nvalues",),
    needs=("tqdm",),
)

_SCREENS = Sample(
    "screens",
    (
        "from IPython.display import clear_output, display, update_display",
        "for step in range(3):\n    clear_output(wait=True)\n    print('step', step)",
        "handle = display('waiting', display_id=True)\nhandle.update('ready')",
        "display('begun', display_id='state')",
        "update_display('done', display_id='state')",
        "print('the end')",
    ),
    not_compared=frozenset({"handle"}),
)

_DISPLAYS = Sample(
    "displays",
    (
        "from IPython.display import HTML, JSON, SVG, Latex, Markdown, display",
        "for number in range(3):\n    print('number', number)\n    display({'number': number})",
        "display(Markdown('# A *title*'), HTML('<b>bold</b>'))",
        (
            'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
            '<circle r="4"/></svg>\')'
        ),
        "Latex(r'$x^2$')",
        (
            "class Card:\n"
            "    def __init__(self, name):\n        self.name = name\n"
            "    def _repr_html_(self):\n        return f'<i>{self.name}</i>'\n"
            "    def __repr__(self):\n        return f'Card({self.name!r})'\n\n"
            "Card('ace')"
        ),
        (
            "cards = [Card(name) for name in ('king', 'queen')]\n"
            "for card in cards:\n    display(card)\ncards"
        ),
        "None",
        "'a text'",
        "print('a'); 'b'",
        "'hidden';",
        "if cards:\n    len(cards)",
    ),
)

_NAMES = Sample(
    "names",
    (
        (
            "from collections import Counter, defaultdict, namedtuple\n"
            "from dataclasses import dataclass, field\nfrom functools import lru_cache\n"
            "import itertools"
        ),
        "rate = 2\n\ndef price(amount):\n    return amount * rate\n\nprint(price(10))",
        "rate = 3\nprint(price(10))",
        (
            "values = [1, 2]\nvalues = values + [3]\nvalues += [4]\ntotal = 0\n"
            "for value in values:\n    total += value\ntotal"
        ),
        (
            "counter = 0\n\ndef count():\n    global counter\n    counter += 1\n"
            "    return counter\n\n"
            "count(), count()"
        ),
        "counter",
        (
            "@dataclass\nclass Item:\n    name: str\n"
            "    tags: list = field(default_factory=list)\n\n"
            "    def tagged(self, tag):\n        self.tags.append(tag)\n        return self\n\n"
            "item = Item('box').tagged('new')\nitem"
        ),
        "scale = lambda number: number * rate\nrate = 7\nscale(2)",
        (
            "def numbers():\n    n = 0\n    while True:\n        yield n\n        n += rate\n\n"
            "list(itertools.islice(numbers(), 4))"
        ),
        (
            "@lru_cache(maxsize=None)\ndef fib(n):\n"
            "    return n if n < 2 else fib(n - 1) + fib(n - 2)"
            "\n\n[fib(n) for n in range(15)]"
        ),
        (
            "words = 'the cat and the dog and the bird'.split()\n"
            "unique = set(words)\nprint(unique)\nCounter(words).most_common(2)"
        ),
        (
            "groups = defaultdict(list)\nfor word in words:\n    groups[len(word)].append(word)\n"
            "dict(groups)"
        ),
        "Point = namedtuple('Point', 'x y')\norigin = Point(0, 0)\norigin._replace(x=rate)",
        (
            "def outer():\n    calls = []\n    def inner(value):\n        calls.append(value)\n"
            "        return len(calls)\n    return inner\n\nremember = outer()\n"
            "remember('a')\nremember('b')"
        ),
        "del values\n'values' in globals()",
        "first, *rest = words\n(a, b), c = (1, 2), 3\nprint(first, rest[-1], a, b, c)",
        (
            "if (size := len(words)) > 5:\n    verdict = 'long'\nelse:\n    verdict = 'short'\n"
            "print(verdict, size)"
        ),
        "price = price(rate)\nprint(price)",
    ),
)

_TEXTS = Sample(
    "texts",
    (
        (
            "import decimal\nimport fractions\nimport pprint\nimport re\nimport string\n"
            "import textwrap"
        ),
        "print('Grüße', '你好', '🎉', sep=' | ', end='!\\n')\nname = 'Zoë'\nf'{name!r:>10}'",
        "'tab\\tand \"quotes\" and \\\\'",
        "print(textwrap.fill('a long line of many words ' * 8, 40))",
        (
            "nested = {'numbers': list(range(30)), 'words': ['one', 'two'],"
            " 'deep': {'er': {'x': 1}}}\n"
            "pprint.pprint(nested, width=40)"
        ),
        "fractions.Fraction(1, 3) + fractions.Fraction(1, 6), decimal.Decimal('0.1') * 3",
        "re.findall(r'[a-z]+', 'some Words in here')",
        (
            "template = string.Template('$who likes $what')\n"
            "print(template.substitute(who='tim', what='tea'))\n"
            "print('%5.2f|%-6s|%03d' % (3.14159, 'ab', 7))"
        ),
        "'''a text\nof two lines'''",
        "b'bytes\\x00', complex(1, 2), 10 ** 20, float('nan'), 1e-12",
        (
            "for row in ['ab', 'cd']:\n    for letter in row:\n        print(letter, end=' ')\n"
            "    print()"
        ),
        "help(len)",
    ),
)

SAMPLES: tuple[Sample, ...] = (
    _PLOTS,
    _FRAMES,
    _MODEL,
    _CHANCE,
    _FILES,
    _PARQUET,
    _ASYNC,
    _WARNINGS,
    _ERRORS,
    _LONG,
    _PROGRESS,
    _PROCESSES,
    _COLAB,
    _KAGGLE,
    _SHELL,
    _DISPLAYS,
    _NAMES,
    _TEXTS,
    _CAPTURED,
    _DIRECTORIES,
    _LINES,
    _AUTO,
    _SCREENS,
)
