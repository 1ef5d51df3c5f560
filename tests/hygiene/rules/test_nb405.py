"""NB405: shell commands that may do far more than is meant."""

from __future__ import annotations

import pytest

from tests.hygiene.build import places, text, written


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("!rm -rf /\n", (1, 1, 1)),
        ("!rm -rf /*\n", (1, 1, 1)),
        ("!rm -fr ~\n", (1, 1, 1)),
        ("!rm -r -f $HOME/\n", (1, 1, 1)),
        ("!sudo rm --recursive --force /usr\n", (1, 1, 1)),
        ("!cd x && rm -R /etc/*\n", (1, 1, 1)),
        ("!rm -rf $OUT\n", (1, 1, 1)),
        ("!rm -rf ${OUT}/*\n", (1, 1, 1)),
        ("!rm -rf {out}/*\n", (1, 1, 1)),
        ("!rm -rf {config.out}\n", (1, 1, 1)),
        ("out = find()\n!rm -rf {out}\n", (1, 2, 1)),
        ('out = "/"\n!rm -rf {out}\n', (1, 2, 1)),
        ('out = ""\n!rm -rf {out}/*\n', (1, 2, 1)),
        ("%env OUT=/\n!rm -rf $OUT\n", (1, 2, 1)),
        ("%%bash\nls\nrm -rf $OUT/*\n", (1, 3, 1)),
        ("import os\nos.system('rm -rf /')\n", (1, 2, 1)),
        ("subprocess.run(['rm', '-rf', out])\n", (1, 1, 1)),
        ("!chmod -R 777 /\n", (1, 1, 1)),
        ("!chmod -R a+rwx $OUT\n", (1, 1, 1)),
        ("!mkfs.ext4 /dev/sdb\n", (1, 1, 1)),
        ("!dd if=/dev/zero of=/dev/sda bs=1M\n", (1, 1, 1)),
    ],
)
def test_destructive(source: str, place: tuple[int, int, int]) -> None:
    assert places(written(source), "NB405") == [place]


@pytest.mark.parametrize(
    "source",
    [
        "!rm -rf some_dir\n",
        "!rm -rf /content/sample_data\n",
        "!rm -rf ./out/* /tmp/x\n",
        "!rm $OUT\n",
        "!rm -f $OUT/x\n",
        "!rm -rf $OUT/cache\n",
        'out = "build"\n!rm -rf {out}\n',
        'root = "build"\nout = f"{root}/x"\n!rm -rf {out}/*\n',
        'for out in ["a", "b"]:\n    !rm -rf {out}\n',
        "%env OUT=/content/out\n!rm -rf ${OUT}\n",
        'os.environ["OUT"] = "/content/out"\n!rm -rf $OUT\n',
        "%%bash\nOUT=/tmp/x\nrm -rf $OUT\n",
        "!for d in a b; do rm -rf $d; done\n",
        "!chmod -R 777 data\n",
        "!chmod -R 755 /usr\n",
        "!chmod 777 /tmp\n",
        "!echo rm -rf /\n",
        "!dd if=/dev/zero of=swapfile bs=1M\n",
        "# !rm -rf /\n",
        "alarm = 'rm -rf /'\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source, text(source)), "NB405") == []
