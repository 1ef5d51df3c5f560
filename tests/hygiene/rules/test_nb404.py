"""NB404: values from outside in shell commands."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, text, written

ASKED = 'name = input("archive: ")\n'


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (f"{ASKED}!tar xf {{name}}\n", (1, 2, 1)),
        (f"{ASKED}!tar xf $name\n", (1, 2, 1)),
        (f"{ASKED}!tar xf {{name.strip()}} && ls\n", (1, 2, 1)),
        (f"{ASKED}out = !tar xf {{name}}\n", (1, 2, 1)),
        (f"{ASKED}path = f'/data/{{name}}'\n!ls {{path}}\n", (1, 3, 1)),
        (f"{ASKED}import os\nos.system('ls ' + name)\n", (1, 3, 1)),
        (f"{ASKED}import subprocess\nsubprocess.run(f'ls {{name}}', shell=True)\n", (1, 3, 1)),
        (f"{ASKED}subprocess.run('ls {{}}'.format(name), shell=True)\n", (1, 2, 1)),
        (f"{ASKED}subprocess.check_output('ls %s' % name, shell=True)\n", (1, 2, 1)),
        ("os.system(f'ls {input()}')\n", (1, 1, 1)),
        ("import sys\nos.system('ls ' + sys.argv[1])\n", (1, 2, 1)),
        ("import sys\nfile = sys.argv[1]\n!ls {file}\n", (1, 3, 1)),
        ("r = requests.get('https://example.invalid').json()\n!wget {r['url']}\n", (1, 2, 1)),
        ("for line in urlopen('https://example.invalid'):\n    !echo {line}\n", (1, 2, 5)),
        ('url = "" #@param {type:"string"}\n!git clone {url}\n', (1, 2, 1)),
    ],
)
def test_values_from_outside(source: str, place: tuple[int, int, int]) -> None:
    assert places(written(source), "NB404") == [place]


def test_over_cells() -> None:
    [finding] = found(written(ASKED, "!tar xf {name} -C {name}\n", "!ls $name\n")[:], "NB404")[:1]
    assert finding.message.startswith("what `input()` gives reaches a shell by `{name}`, and")


@pytest.mark.parametrize(
    "source",
    [
        'name = "a.tar"\n!tar xf {name}\n',
        f'{ASKED}!tar xf "{{name}}"\n',
        f"{ASKED}!tar xf '$name'\n",
        f"{ASKED}!tar xf {{shlex.quote(name)}}\n",
        f"{ASKED}!head -n {{int(name)}} x\n",
        f"{ASKED}name = 'a.tar'\n!tar xf {{name}}\n",
        f"{ASKED}!echo {{{{name}}}} $$name $other\n",
        f"{ASKED}!for f in *; do echo ${{f}}; done\n",
        f"{ASKED}!awk '{{print $1}}' x\n",
        f"{ASKED}subprocess.run(['tar', 'xf', name])\n",
        f"{ASKED}subprocess.run(f'ls {{name}}', shell=False)\n",
        f"{ASKED}os.system(f'ls \"{{name}}\"')\n",
        f"{ASKED}model = load(name)\n!ls {{model}}\n",
        f"{ASKED}print(name)\n",
        "def input():\n    return 'x'\nname = input()\n!ls {name}\n",
        'n = 3 #@param {type:"integer"}\n!head -n {n} x\n',
        'kind = "a" #@param ["a", "b"]\n!ls {kind}\n',
        "name = os.environ['NAME']\n!ls {name}\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source, text(source)), "NB404") == []
