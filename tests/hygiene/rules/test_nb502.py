"""NB502: paths of one platform or one machine."""

from __future__ import annotations

import json

import pytest

from tests.hygiene.build import Json, fixed, found, places, sources, written

KAGGLE: Json = {"kaggle": {"accelerator": "none"}}
COLAB: Json = {"colab": {"provenance": []}}


@pytest.mark.parametrize(
    ("source", "place", "named"),
    [
        ("x = open('/content/data.csv')\n", (1, 1, 10), "`/content` is a path of Colab"),
        ("p = '/content/drive/MyDrive/x y/z'\n", (1, 1, 5), "`/content/drive/MyDrive`"),
        ("p = '/content/gdrive/My Drive/x'\n", (1, 1, 5), "Google Drive"),
        ("x = 1\n%cd /content/repo\n", (1, 2, 1), "Colab"),
        ("!ls -la /content\n", (1, 1, 1), "Colab"),
        ("!unzip -q '/content/a.zip'\n", (1, 1, 1), "Colab"),
        ("%%bash\necho\ncp a /content/b\n", (1, 3, 1), "Colab"),
        ("%%writefile /content/a.py\nx = 1\n", (1, 1, 1), "Colab"),
        ("p = f'/content/{name}'\n", (1, 1, 5), "Colab"),
        ("é = 1; p = '/kaggle/input/a'\n", (1, 1, 12), "Kaggle"),
        ("p = '/kaggle/working/a'\n", (1, 1, 5), "Kaggle"),
        ("p = '/home/somebody/data/a.csv'\n", (1, 1, 5), "`/home/somebody/` is a path of one"),
        ("p = '/Users/somebody/a'\n", (1, 1, 5), "`/Users/somebody/`"),
        ("p = r'C:\\Users\\x'\n", (1, 1, 5), "one machine"),
        ("p = 'D:\\\\data\\\\x'\n", (1, 1, 5), "one machine"),
        ("!cp /home/somebody/a b\n", (1, 1, 1), "`/home/somebody/`"),
        ("p = '/home/jovyan/work/a'\n", (1, 1, 5), "`/home/jovyan/work`"),
        ("p = 'dbfs:/a'\n", (1, 1, 5), "Databricks"),
        ("p = ('/content/a', '/content/b')\n", (1, 1, 6), "Colab"),
    ],
)
def test_a_path_of_one_place(source: str, place: tuple[int, int, int], named: str) -> None:
    assert places(written(source), "NB502") == [place]
    assert named in found(written(source), "NB502")[0].message


def test_what_only_the_platform_says() -> None:
    assert places(written("p = '../input/a.csv'\n", metadata=KAGGLE), "NB502") == [(1, 1, 5)]
    assert places(written("p = '../input'\n"), "NB502") == []
    assert places(written("!ls /root/.cache\n", metadata=COLAB), "NB502") == [(1, 1, 1)]
    assert places(written("!ls /root/.cache\n"), "NB502") == []
    assert places(written("p = 'sample_data/a.csv'\n", metadata=COLAB), "NB502") == [(1, 1, 5)]
    assert places(written("p = 'sample_data/a.csv'\n"), "NB502") == []


def test_a_mount_point_of_one_s_own() -> None:
    mount = "from google.colab import drive\ndrive.mount('/gd')\n"
    assert places(written(mount, "p = '/gd/MyDrive/a'\n"), "NB502") == [(2, 1, 5)]
    assert places(written("p = '/gd/MyDrive/a'\n"), "NB502") == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 'https://example.invalid/content/a'\n",
        "p = 'data/content/a'\n",
        "@app.get('/content/{name}')\ndef show(name):\n    return name\n",
        "p = root + '/content/a'\n",
        "p = f'{root}/content/a'\n",
        "p = root + f'/content/{a}'\n",
        "print('saved to /content/a')\n",
        "print(f'{n} files in /content/a')\n",
        "raise ValueError('no /content/a')\n",
        "'''Put the data into /content/a.'''\n",
        "# /content/a\n",
        "import sys\nif 'google.colab' in sys.modules:\n    p = '/content/a'\nelse:\n    p = 'a'\n",
        "p = '/content/a' if IN_COLAB else 'a'\n",
        "import os\nif os.path.exists('/kaggle/input'):\n    p = '/kaggle/input/a'\n",
        "from google.colab import drive\ndrive.mount('/content/drive')\n",
        "p = '/home'\n",
        "p = '/tmp/a'\n",
        "s = 'a:b'\n",
        "p = '~/data'\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB502") == []


@pytest.mark.parametrize(
    ("cells", "after"),
    [
        (
            ["import os\n", "p = open('/content/drive/MyDrive/a.csv')\n"],
            [
                "import os\n",
                "p = open(os.environ.get('DATA_DIR', '/content/drive/MyDrive') + '/a.csv')\n",
            ],
        ),
        (
            ['import pandas as pd\np = "/content/a"\n'],
            ['import os\nimport pandas as pd\np = os.environ.get("WORK_DIR", "/content") + "/a"\n'],
        ),
        (
            ["import os\np = '/kaggle/input'\nq = '/kaggle/input/'\n"],
            [
                (
                    "import os\np = os.environ.get('DATA_DIR', '/kaggle/input')\n"
                    "q = os.environ.get('DATA_DIR', '/kaggle/input') + '/'\n"
                )
            ],
        ),
        # What is done to the text is done to the whole of it.
        (
            ["import os\np = '/content/%s' % x\nq = '/content/{}'.format(x)\n"],
            [
                (
                    "import os\np = (os.environ.get('WORK_DIR', '/content') + '/%s') % x\n"
                    "q = (os.environ.get('WORK_DIR', '/content') + '/{}').format(x)\n"
                )
            ],
        ),
        (
            ["'/content/a'.split('/')\n"],
            ["import os\n(os.environ.get('WORK_DIR', '/content') + '/a').split('/')\n"],
        ),
        (
            ["import os\np = '/content/drive/MyDrive' + x\n"],
            ["import os\np = os.environ.get('DATA_DIR', '/content/drive/MyDrive') + x\n"],
        ),
        (
            ["import os\np = ('/content/a', '/content/b')\n"],
            [
                (
                    "import os\np = (os.environ.get('WORK_DIR', '/content') + '/a', "
                    "os.environ.get('WORK_DIR', '/content') + '/b')\n"
                )
            ],
        ),
        # Another directory, another variable; a name that is taken stays what it is.
        (
            ["import os\np = '/home/one/a'\nq = '/home/two/a'\n"],
            [
                (
                    "import os\np = os.environ.get('DATA_DIR', '/home/one') + '/a'\n"
                    "q = os.environ.get('DATA_DIR_2', '/home/two') + '/a'\n"
                )
            ],
        ),
        (
            ["import os\nd = os.environ.get('DATA_DIR', 'data')\np = '/home/one/a'\n"],
            [
                (
                    "import os\nd = os.environ.get('DATA_DIR', 'data')\n"
                    "p = os.environ.get('DATA_DIR_2', '/home/one') + '/a'\n"
                )
            ],
        ),
        (
            ["import os\np = r'C:\\Users\\a\\b'\nq = '/mnt/disk/a'\n"],
            [
                (
                    "import os\np = os.environ.get('DATA_DIR', r'C:\\Users') + r'\\a\\b'\n"
                    "q = os.environ.get('DATA_DIR_2', '/mnt/disk') + '/a'\n"
                )
            ],
        ),
        (
            ["%%time\n@f('/content/a')\ndef g(): ...\n"],
            [
                (
                    "%%time\nimport os\n@f(os.environ.get('WORK_DIR', '/content') + '/a')\n"
                    "def g(): ...\n"
                )
            ],
        ),
    ],
)
def test_a_setting_instead(cells: list[str], after: list[str]) -> None:
    content = written(*cells)
    assert sources(fixed(content, "NB502")) == cells
    done = fixed(content, "NB502", unsafe=True)
    assert sources(done) == after
    assert found(json.dumps(done).encode(), "NB502") == []


@pytest.mark.parametrize(
    "source",
    [
        "p = f'/content/{name}'\n",
        "p = '/content/a'  #@param {type: 'string'}\n",
        "p = 'x /content/a'\n",
        "p = 'D:\\\\data\\\\x'\n",
        "p = '/content' '/a'\n",
        "p = b'' or '''/content/\na'''\n",
        "match x:\n    case '/content/a':\n        pass\n",
        "!ls /content\n",
        "%cd /content\n",
    ],
)
def test_what_is_left_to_a_person(source: str) -> None:
    content = written(source)
    assert len(found(content, "NB502")) == 1
    assert sources(fixed(content, "NB502", unsafe=True)) == [source]


@pytest.mark.parametrize(
    "source",
    [
        "p = os.environ.get('DATA_DIR', '/content/drive/MyDrive')\n",
        "p = os.getenv('WORK_DIR', '/content')\n",
        "from os import environ\nenviron.setdefault('WORK_DIR', '/content')\n",
    ],
)
def test_the_default_of_a_setting(source: str) -> None:
    assert places(written(source), "NB502") == []
