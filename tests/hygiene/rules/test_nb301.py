"""NB301: installs without an exact version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nb2prod.data.runtimes import Runtime, named_runtime, newest_runtime, runtimes
from nb2prod.hygiene.fixing import fix_content
from tests.hygiene.build import Json, code, fixed, found, only, places, sources, written


@pytest.mark.parametrize(
    ("source", "place", "named"),
    [
        ("!pip install a\n", (1, 1, 1), "`a` is installed"),
        ("%pip install -qU a b==1\n", (1, 1, 1), "`a` is installed"),
        ("pip install a\n", (1, 1, 1), "`a`"),
        ('%pip install "a>=1,<2" b[extra]\n', (1, 1, 1), "`a>=1,<2`, `b[extra]` are installed"),
        ("%pip install 'a==1.*'\n", (1, 1, 1), "`a==1.*` is installed"),
        ("%pip install a~=1.0 b!=2\n", (1, 1, 1), "`a~=1.0`, `b!=2`"),
        ("x = 1\nif x:\n    !python -m pip install a\n", (1, 3, 5), "`a`"),
        ("  !pip install a\n", (1, 1, 3), "`a`"),
        ("!{sys.executable} -m pip install a\n", (1, 1, 1), "`a`"),
        ("!uv pip install --system a\n", (1, 1, 1), "`a`"),
        ("!conda install -y -c conda-forge a b=1.2\n", (1, 1, 1), "`a` is installed"),
        ("%%bash\ncd x\npip install a\n", (1, 3, 1), "`a`"),
        ("import os\nos.system('pip install a')\n", (1, 2, 1), "`a`"),
        ("subprocess.run([sys.executable, '-m', 'pip', 'install', 'a'])\n", (1, 1, 1), "`a`"),
        ("!pip install -r r.txt a\n", (1, 1, 1), "`a`"),
        ("!pip install a && pip install b==1\n", (1, 1, 1), "`a`"),
        ("!pip install a b c d e f g\n", (1, 1, 1), "`e` and 2 more"),
    ],
)
def test_an_open_version(source: str, place: tuple[int, int, int], named: str) -> None:
    assert places(written(source), "NB301") == [place]
    assert named in found(written(source), "NB301")[0].message


@pytest.mark.parametrize(
    "source",
    [
        "%pip install a==1 b[c]==2.0 d===3\n",
        "%pip install \"a==1; python_version>'3'\"\n",
        "!pip install -r requirements.txt\n",
        "!pip install a -c constraints.txt\n",
        "!pip install --no-index --find-links wheels a\n",
        "!uv pip install --exclude-newer 2024-01-01 a\n",
        "%pip install --upgrade pip setuptools wheel\n",
        "!pip install {name} $other\n",
        "!pip install . ./a a/b.whl x.tar.gz\n",
        "!pip install -e .\n",
        "!pip install git+https://example.invalid/a.git\n",
        "!pip uninstall -y a\n",
        "!pip list\n",
        "!conda install a=1 b==2\n",
        "!apt-get install a\n",
        "# !pip install a\n",
        "x = 'pip install a'\n",
        "!echo pip install a\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB301") == []


SAID = (
    "Requirement already satisfied: e in /x (from f) (5.0)\n"
    "Successfully installed a-1.2 b-2.0 d-3.0.dev0\n"
)


def ran(source: str, printed: str = SAID) -> Json:
    return code(source, outputs=[{"name": "stdout", "output_type": "stream", "text": [printed]}])


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("!pip install a\n", "!pip install a==1.2\n"),
        ("%pip install -qU a 'b>=1,<3'  # a\n", "%pip install -qU a==1.2 'b==2.0'  # a\n"),
        ('!pip install "a[x]~=1.0"\n', '!pip install "a[x]==1.2"\n'),
        (
            "!pip install 'a; python_version>\"3\"'\n",
            "!pip install 'a==1.2; python_version>\"3\"'\n",
        ),
        ("%pip install A e==4 e_x\n", "%pip install A==1.2 e==4 e_x\n"),
        (
            "!pip install a && pip install a b\n",
            "!pip install a==1.2 && pip install a==1.2 b==2.0\n",
        ),
        (
            "%%bash\ncd a\npip install a \\\n  b\n",
            "%%bash\ncd a\npip install a==1.2 \\\n  b==2.0\n",
        ),
        ("x = !pip install a\n", "x = !pip install a==1.2\n"),
        ("pip install e\n", "pip install e==5.0\n"),
        ("!uv pip install --system a\n", "!uv pip install --system a==1.2\n"),
        # Nothing is known of it, or not what the line allows.
        ("!pip install c 'a>=2' 'a!=1.*'\n", None),
        ("!pip install 'a<1.2' 'b>2'\n", None),
        ("!pip install d\n", None),
        ("!pip install -t a a\n", None),
        ("!conda install a\n", None),
        ("import os\nos.system('pip install a')\n", None),
        ("subprocess.run(['pip', 'install', 'a'])\n", None),
    ],
)
def test_what_pip_said(source: str, after: str | None) -> None:
    content = written(ran(source))
    assert found(content, "NB301")
    done = fixed(content, "NB301")
    assert sources(done) == [after or source]
    assert sources(fixed(json.dumps(done).encode(), "NB301")) == [after or source]
    left = [finding.fix for finding in found(json.dumps(done).encode(), "NB301")]
    assert left == ([None] * len(left) if after is None or "e_x" in source else [])


def test_the_cell_s_own_output_counts_first() -> None:
    content = written(
        ran("!pip install a\n", "Successfully installed a-1\n"),
        ran("!pip install a\n", "Successfully installed a-2+cu118\n"),
        "!pip install a\n",
    )
    after = ["!pip install a==1\n", "!pip install a==2\n", "!pip install a\n"]
    assert sources(fixed(content, "NB301")) == after


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("requirements.txt", "A==1.5 --hash=sha256:0\nb>=1\n", "1.5"),
        ("requirements-dev.txt", "a[x]==1.5  # why\n", "1.5"),
        ("uv.lock", '[[package]]\nname = "a"\nversion = "1.5"\n', "1.5"),
        ("poetry.lock", '[[package]]\nname = "a"\nversion = "1.5+cpu"\n', "1.5"),
        ("pylock.toml", '[[packages]]\nname = "a"\nversion = "1.5"\n', "1.5"),
        ("requirements.txt", "a>=1.5\n", None),
        ("requirements.txt", "a==1.*\n", None),
        ("requirements.txt", "a==1.5\na==1.6\n", None),
        ("uv.lock", "[[package", None),
        ("notes.txt", "a==1.5\n", None),
    ],
)
def test_a_lock_beside_the_notebook(
    tmp_path: Path, name: str, text: str, version: str | None
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    content = written("%pip install a\n")
    done = fix_content(content, "nb.ipynb", only("NB301"), tmp_path, unsafe=False)
    after = f"%pip install a=={version}\n" if version else "%pip install a\n"
    assert sources(json.loads(done.content)) == [after]


@pytest.mark.parametrize(
    ("metadata", "source", "version", "where"),
    [
        ({"colab": {}}, "%pip install numpy\n", newest_runtime(gpu=False), "newest runtime"),
        (
            {"colab": {"runtime_attributes": {"runtime_version": "2025.07"}}},
            "%pip install numpy\n",
            named_runtime("2025.07", gpu=False),
            "Colab's runtime 2025.07",
        ),
        (
            {"colab": {}, "accelerator": "GPU"},
            "%pip install torch\n",
            newest_runtime(gpu=True),
            "newest runtime",
        ),
        (
            {"kaggle": {"accelerator": "none"}},
            "%pip install pandas\n",
            named_runtime(runtimes()[-1].name, gpu=False),
            "newest image of Kaggle",
        ),
    ],
)
def test_the_runtime_of_the_platform(
    metadata: Json, source: str, version: Runtime, where: str
) -> None:
    content = written(source, metadata=metadata)
    [finding] = found(content, "NB301")
    assert finding.fix is not None
    assert finding.fix.applicability == "unsafe"
    assert where in finding.fix.description
    name = source.rsplit(maxsplit=1)[-1]
    assert sources(fixed(content, "NB301")) == [source]
    pinned = f"%pip install {name}=={version.packages[name]}\n"
    assert sources(fixed(content, "NB301", unsafe=True)) == [pinned]


@pytest.mark.parametrize(
    ("metadata", "source"),
    [
        ({}, "%pip install numpy\n"),
        ({"colab": {}}, "%pip install -U numpy\n"),
        ({"colab": {}}, "%pip install 'numpy>=999'\n"),
        ({"colab": {}}, "%pip install no-such-distribution-at-all\n"),
    ],
)
def test_what_no_runtime_tells(metadata: Json, source: str) -> None:
    content = written(source, metadata=metadata)
    assert [finding.fix for finding in found(content, "NB301")] == [None]
    assert sources(fixed(content, "NB301", unsafe=True)) == [source]
