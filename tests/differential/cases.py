"""Notebooks by hand: what each does in IPython, its program has to do as well.

A case that differs on purpose says why, and what the program does instead.
"""

# ruff: noqa: E501 - a cell is on one line of the table, however long
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Case:
    """Cells, the files that lie in their directory, and where the program is to differ.

    `differs` holds what the program does where that is not what the notebook does: "commands",
    "stdout", "error", and values by name (None: the program has no such variable).
    """

    name: str
    cells: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    differs: Mapping[str, object] = field(default_factory=dict)


def same(name: str, *cells: str, **files: str) -> Case:
    """A notebook whose program does the same; a file's `_py` and `_txt` are its dots."""
    return Case(name, cells, _files(files))


def other(
    name: str, *cells: str, why: str, files: Mapping[str, str] | None = None, **differs: object
) -> Case:
    """A notebook whose program differs on purpose."""
    return Case(name, cells, files or {}, why, differs)


def _files(files: Mapping[str, str]) -> dict[str, str]:
    return {
        name.replace("_py", ".py").replace("_txt", ".txt"): text for name, text in files.items()
    }


_STOPS = "a command that fetches or makes something and fails stops the job"
_INSTALLED = "installs are in the image"
_CHATTER = "tells a person at the notebook what the magic did"
_PAGE = "is for the notebook's page"
_PERSON = "needs a person: the program stops there and says so"

SHELL_LINES = [
    same("a command", "!echo a"),
    same("a pipeline", "!printf 'b\\na\\n' | sort"),
    same("quotes of both kinds", "!echo 'a  b' \"c  d\""),
    same("a backslash", r"!echo a\\b 'c\d'"),
    same("a continued line", "!echo a \\\n  b \\\n  c"),
    same("a comment of the shell", "!echo a # b"),
    same("a glob", "!ls *.txt", a_txt="1", b_txt="2"),
    same("redirected", "!echo a > x.txt\n!cat x.txt"),
    same("errors are printed", "!ls missing"),
    same("both outputs in order", "!echo a; echo b >&2; echo c"),
    same("an empty line of output", "!echo"),
    same("no line end", "!printf a"),
    same("several lines with one sign each", "!echo a\n!echo b\nx = 1\n!echo c"),
    same("prints between", "print('a')\n!echo b\nprint('c')"),
    same("in a branch", "x = 1\nif x:\n    !echo yes\nelse:\n    !echo no"),
    same("in a loop", "for i in range(3):\n    !echo $i"),
    same(
        "in a loop in a function", "def f(n):\n    for i in range(n):\n        !echo {i} {n}\nf(2)"
    ),
    same("a function's argument", "def f(a, *, b='z'):\n    !echo {a} $b\nf('q')\nf('r', b='s')"),
    same(
        "a local name before a global one",
        "x = 'g'\ndef f():\n    x = 'l'\n    !echo $x\nf()\n!echo $x",
    ),
    same(
        "in a try",
        "try:\n    !echo a\n    1 / 0\nexcept ZeroDivisionError:\n    !echo b\nfinally:\n    !echo c",
    ),
    same(
        "in a with",
        "import contextlib\nwith contextlib.suppress(ValueError):\n    !echo a\n    raise ValueError\n!echo b",
    ),
    same("in a while", "n = 0\nwhile n < 2:\n    !echo $n\n    n += 1"),
    same("in a class body", "class A:\n    !echo a\n    b = 1\nx = A.b"),
    same("a cd is lost", "!mkdir -p d\n!cd d && pwd\n!pwd"),
    same("a lone cd does nothing", "!mkdir d\n!cd d\nimport os\nx = os.path.basename(os.getcwd())"),
    same("a variable of the shell is lost", "!X=1; echo $X\n!echo [$X]"),
    same("a loop of the shell", '!for f in a b; do echo "<$f>"; done'),
    same("a test of the shell", "!if [ -f a.txt ]; then echo yes; else echo no; fi", a_txt=""),
    same("the environment is the process's", "import os\nos.environ['A_B'] = 'c d'\n!echo $A_B"),
    same("bash's own syntax", "![[ abc == a* ]] && echo match"),
    same("|| true", "!false || true\n!echo a"),
    same("an unimportant failure goes on", "!ls missing-file > /dev/null 2>&1\nx = 1"),
    same("|| of the notebook's own", "!cp missing b 2> /dev/null || echo copied nothing\nx = 1"),
    same("an essential one that another follows", "!cp missing b 2> /dev/null; echo a"),
    same("a semicolon behind it", "!echo a;"),
    same("spaces around it", "  !  echo   a  "),
    same("output that is not text", "!printf '\\377a\\n'"),
    other(
        "an essential command fails",
        "!cp missing b 2> /dev/null",
        "x = 1",
        why=_STOPS,
        error="CalledProcessError",
        x=None,
    ),
    other(
        "a script fails",
        "!python -c 'raise SystemExit(3)'",
        "x = 1",
        why=_STOPS,
        error="CalledProcessError",
        x=None,
    ),
    other(
        "in a group",
        "!( cd . && cp missing b ) 2> /dev/null",
        "x = 1",
        why=_STOPS,
        error="CalledProcessError",
        x=None,
    ),
    other(
        "in the background",
        "!sleep 0 &",
        "x = 1",
        why="Jupyter refuses what Colab does: it runs, and the job goes on",
        error=None,
        x="int 1",
        commands=(("run", "sleep 0 &"),),
    ),
    same("in the background, not last", "!sleep 0 & echo a"),
]

EXPANSION = [
    same("names", "x = 'a b'\ny = 3\n!echo $x {y} \"{x}\""),
    same("expressions", "x = [1, 2, 3]\n!echo {len(x)} {x[0]} {x[-1]} {x[:2]} {sum(x) * 2}"),
    same("methods and attributes", "x = 'abc'\n!echo {x.upper()} $x.upper {x.replace('a', 'b')}"),
    same(
        "a dollar's attribute",
        "import types\nn = types.SimpleNamespace(a=types.SimpleNamespace(b=5))\n!echo $n.a.b {n.a.b}",
    ),
    same("keys in one kind of quotes", "d = {'k': 'v'}\n!echo {d['k']}"),
    same("keys in the other", 'd = {"k": "v"}\n!echo {d["k"]}'),
    same("keys in both", "d = {'k': 'v'}\n!echo {d['k']} {d[\"k\"]}"),
    same("a missing name", "!echo $missing_name ok"),
    same("a missing name in braces", "x = 1\n!echo {missing_name} $x {x}"),
    same("one of two is missing", "x = 1\n!echo $x $missing_name"),
    same("a missing attribute's object", "!echo $missing_name.attribute"),
    same("the shell's own variable", "!echo $HOME ${HOME}"),
    same("shadowed by a name", "HOME = 'mine'\n!echo $HOME $$HOME"),
    same("two dollars", "x = 1\n!echo $$x '$$' $x"),
    same("double braces", "x = 1\n!echo {{x}} {x}"),
    same("the shell's braces", "!echo {a,b} {1..3}"),
    same("awk", "!echo 'a b' | awk '{print $2}'"),
    same("awk with a name", "x = 1\n!echo 'a b' | awk '{{print $2}}' ; echo {x}"),
    same("single quotes stop a dollar", "x = 1\n!echo '$x' \"$x\""),
    same("single quotes do not stop braces", "x = 1\n!echo '{x}' \"{x}\""),
    same("a format's specification", "x = 3\n!echo {x:03d}"),
    same("conversions", "x = 'a b'\n!echo {x!r} {x!s} {x!a}"),
    same("a slice", "x = 'abcdef'\n!echo {x[1:3]} {x[::2]}"),
    same("a conditional expression", "x = 0\n!echo {'yes' if x else 'no'}"),
    same("a comprehension", "!echo {[i * i for i in range(3)]}"),
    same("a tuple", "x = 1\n!echo {x, 2}"),
    same("a lambda", "!echo {(lambda a: a + 1)(2)}"),
    same("an f-string within", "x = 1\n!echo {f'{x}!'}"),
    same("empty braces", "!echo {} a"),
    same("an open brace", "!echo {a"),
    same("a name with blanks in its value", "x = 'a  b'\n!printf '<%s>' $x"),
    same("a name with quotes in its value", 'x = "it\'s"\n!echo "{x}"'),
    same("a name beside text", "x = 'n'\n!echo $x/y-$x {x}.csv"),
    other(
        "a dollar's attribute that is not there",
        "x = 'n'\n!echo $x.txt",
        why="IPython then expands nothing of the line; a program says what is wrong",
        error="AttributeError",
        commands=(),
        stdout="",
    ),
    same("a path object", "from pathlib import Path\np = Path('a') / 'b'\n!echo {p} {p.name}"),
    same("None and numbers", "a, b = None, 1.5\n!echo $a {b} {True}"),
    same("a list as it is", "x = ['a', 'b']\n!echo {x}"),
    same("joined", "x = ['a', 'b']\n!echo {' '.join(x)}"),
    same("a global of a function", "def f():\n    global g\n    g = 'x'\nf()\n!echo $g"),
    same("a comprehension's variable is not there", "x = [v for v in 'ab']\n!echo $v"),
    same("numbers of arguments", "!echo a | xargs sh -c 'echo $0 $1'"),
    same("a sign for percent", "x = 5\n!echo {x}% %s"),
    same("an assigned expression", "!echo {(y := 4)} {y}"),
    same("nested braces", "x = {'a': {'b': 1}}\n!echo {x['a']['b']} { {'q': 2}['q'] }"),
]

CAPTURES = [
    same("lines", "x = !printf 'a\\nb\\n'\nprint(x)"),
    same("their parts", "x = !printf 'b 2\\na 10\\n'\nl, n, s = x.l, x.n, x.s"),
    same("paths", "x = !echo a.txt; echo missing\np = [str(q) for q in x.p]", a_txt=""),
    same(
        "grep",
        "x = !printf 'Alpha\\nbeta\\n'\na = x.grep('ALP')\nb = x.grep('alp', prune=True)\nc = x.grep(lambda line: line[0] == 'b')",
    ),
    same(
        "grep in a field",
        "x = !printf 'a b\\nb a\\nc\\n'\na = x.grep('b', field=1)\nb = x.grep('b', prune=1, field=0)",
    ),
    same(
        "fields",
        "x = !printf 'a b c\\nd e\\n\\n'\na = x.fields(0)\nb = x.fields(2, 0)\nc = x.fields()\nd = x.fields(-1).n",
    ),
    same(
        "sort",
        "x = !printf 'b 2\\na 10\\nc 2\\n'\na = x.sort()\nb = x.sort(1)\nc = x.sort(1, nums=True)\nd = x.sort(nums=True)\ne = x",
    ),
    same(
        "a slice and a sum",
        "x = !printf 'a\\nb\\nc\\n'\na = x[1:]\nb = x + ['d']\nc = len(x)\nd = 'b' in x",
    ),
    same("one line", "x = !echo a\ny = x[0]"),
    same("nothing", "x = !true\ny = len(x)"),
    same("a failure", "x = !ls missing 2> /dev/null\ny = 1"),
    same("both outputs", "x = !echo a; echo b >&2"),
    same("with names", "n = 'a'\nx = !echo $n {n * 2}"),
    same("two names", "a, b = !printf '1\\n2\\n'"),
    same("a starred name", "a, *b = !printf '1\\n2\\n3\\n'"),
    same("in brackets", "(a, b) = !printf '1\\n2\\n'"),
    same("an attribute", "class A: pass\nA.x = !echo a\ny = list(A.x)"),
    same("an item", "d = {}\nd['k'] = !echo a\ny = list(d['k'])"),
    same("in a function", "def f(n):\n    x = !echo $n\n    return x[0]\ny = f('q')"),
    same("in a loop", "out = []\nfor i in range(2):\n    x = !echo $i\n    out += x"),
    same("assigned twice", "x = !echo a\nx = !echo b"),
    same("%sx", "x = %sx echo a"),
    same("%sx at the end", "%sx echo a"),
    same("%sx in the middle", "%sx echo a\nx = 1"),
    same("%system", "x = %system printf 'a\\nb'"),
    same("%sx expands twice", "n = 'q'\nx = %sx echo {{n}} {n} $$n {{missing_name}}"),
    same("%sx expands what is bound twice", "n = 'q'\nx = %sx echo {{n}} {n} $$n"),
    same("%%sx", "%%sx\necho a\necho b"),
    same("%%system", "%%system\necho a"),
    same("%%!", "%%!\necho a"),
    other(
        "!!",
        "!!echo a",
        why="the lines are printed, not shown as a list",
        stdout="a\n",
        commands=(("run", "echo a"),),
    ),
]

EXIT_CODES = [
    same("the exit code of a command", "!false\nx = _exit_code"),
    same("checked", "!exit 3\nif _exit_code != 0:\n    print('failed', _exit_code)"),
    same("of an essential one, checked", "!cp missing b 2> /dev/null\nok = _exit_code == 0"),
    same("of success", "!true\nx = _exit_code"),
    same("of a signal", "!kill -9 $$\nx = _exit_code"),
    other(
        "of an install", "!pip --version > /dev/null\nx = _exit_code", why=_INSTALLED, commands=()
    ),
]

SCRIPTS = [
    same("%%bash", "%%bash\necho a\necho b"),
    same("%%sh", "%%sh\necho $HOME"),
    same("%%script bash", "%%script bash\necho a"),
    same("%%script sh -e", "%%script sh -e\necho a"),
    same("no names are expanded", "x = 1", "%%bash\necho $x {x}"),
    same("state within", "%%bash\nX=1\ncd ..\necho $X"),
    same("state is lost", "%%bash\nX=1\ncd /", "%%bash\necho [$X]; pwd"),
    same("functions and loops", '%%bash\nf() {\n  echo "$1"\n}\nfor i in 1 2; do\n  f $i\ndone'),
    same("a here-document", '%%bash\ncat <<EOF\na {b} "c"\nEOF'),
    same("errors go elsewhere", "%%bash\necho a >&2\necho b"),
    same("raises", "%%bash\necho a\nexit 3", "x = 1"),
    same("the last command decides", "%%bash\nfalse\necho a", "x = 1"),
    same("raises under -e", "%%bash -e\nfalse\necho a", "x = 1"),
    same("--no-raise-error", "%%bash --no-raise-error\nexit 3", "x = 1"),
    same("--out", "%%bash --out o\necho a\necho b", "n = len(o.splitlines())\nprint(o)"),
    same("--err", "%%bash --err e\necho a\necho b >&2", "print(e)"),
    same("--out and --err", "%%bash --out o --err=e\necho a\necho b >&2"),
    same("--out of a failure", "%%bash --out o --no-raise-error\necho a\nexit 1", "print(o)"),
    same("--out that is not read", "%%bash --out o\necho a"),
    same("arguments", '%%bash -s a \'b c\'\necho "$1" "$2" $#'),
    same("arguments with names", "x = 'q r'\ny = 3", '%%bash -s "$x" {y}\necho "$1" $2'),
    same("%%script with arguments", "%%script bash -s a\necho $1"),
    same("%%script with another program", "%%script cat\na\nb"),
    same("--out of %%sh", "%%sh --out lines\necho a", "first = lines.strip()"),
    same("%%python3", "%%python3\nprint(1 + 1)"),
    same("%%perl", '%%perl\nprint "a\\n";'),
    other(
        "%%script false",
        "%%script false\nrm -rf /",
        "x = 1",
        why="switches the cell off, and raises in a newer IPython",
        commands=(),
        error=None,
        x="int 1",
    ),
    other(
        "%%script echo",
        "%%script echo skipped\nrm -rf /",
        "x = 1",
        why="switches the cell off: only the word is printed",
        commands=(),
    ),
    same("--bg", "%%bash --bg\nsleep 0", "import time\ntime.sleep(0.2)\nx = 1"),
    other(
        "no such program",
        "%%script no-such-program\na",
        "x = 1",
        why="a program that is not there stops the job",
        error="FileNotFoundError",
        x=None,
        commands=(("script", "no-such-program", "a"),),
        stdout="",
    ),
]

DIRECTORIES = [
    same("%cd", "!mkdir d", "%cd d\n!pwd", "!pwd"),
    same("%cd before imports", "!mkdir d\n%cd d", "import json, os\nprint(os.getcwd()[-1], json)"),
    same(
        "%cd before imports that wait",
        "%cd .\nimport os as o\no.environ['A'] = '1'",
        "import string, os, wave as w\nprint(string.digits, os.environ['A'], w.__name__)",
    ),
    same(
        "%env before imports", "%env A=1", "import os, json  # both\nprint(os.environ['A'], json)"
    ),
    same("%cd with a blank", "!mkdir 'a b'\n%cd a b\n!pwd"),
    same("%cd in quotes", "!mkdir 'a b'\n%cd 'a b'\n!pwd"),
    same("%cd in double quotes", "!mkdir 'a b'\n%cd \"a b\"\n!pwd"),
    same("%cd -q", "!mkdir d\n%cd -q d\n!pwd"),
    same("%cd ~", "%cd ~\n!pwd"),
    same("%cd alone", "%cd\n!pwd"),
    same("%cd ~/", "!mkdir ~/d\n%cd ~/d\n!pwd"),
    same("%cd with a name", "d = 'x'\n!mkdir $d\n%cd {d}\n!pwd"),
    same("%cd with a dollar", "d = 'x'\n!mkdir -p $d/y\n%cd $d/y\n!pwd"),
    same("%cd and back", "!mkdir d\n%cd d\n%cd ..\n!pwd"),
    same("cd without a sign", "!mkdir d", "%cd d", "import os\nx = os.path.basename(os.getcwd())"),
    same("%cd in a branch", "!mkdir d\nif True:\n    %cd d\n!pwd"),
    same("%pwd", "x = %pwd\nprint(x)"),
    same("%pwd at the end", "%pwd"),
    same("%pwd in the middle", "%pwd\nx = 1"),
    other(
        "%cd -",
        "!mkdir d\n%cd d\n%cd -\n!pwd",
        why=_PERSON,
        error="NotImplementedError",
        commands=(("run", "mkdir d"),),
        stdout="",
    ),
    other(
        "%pushd",
        "!mkdir d\n%pushd d\n!pwd\n%popd",
        why=_PERSON,
        error="NotImplementedError",
        commands=(("run", "mkdir d"),),
        stdout="",
    ),
    other(
        "%cd to nowhere",
        "%cd missing\nx = 1",
        why="a directory that is not there stops the job",
        error="FileNotFoundError",
        stdout="",
        x=None,
    ),
    other(
        "%ls",
        "%ls",
        files={"a.txt": ""},
        why="IPython's alias lists with colours for a terminal",
        commands=(("run", "ls"),),
    ),
    same("%mkdir", "%mkdir d\nimport os\nx = os.path.isdir('d')"),
]

ENVIRONMENT = [
    same("%env A=b", "%env A_B=c\n!echo $A_B\nimport os\nx = os.environ['A_B']"),
    same("%env A b", "%env A_B c d\nimport os\nx = os.environ['A_B']"),
    same("%env with blanks", "%env A_B = c d\nimport os\nx = os.environ['A_B']"),
    same("%env with a sign in it", "%env A_B=c=d\nimport os\nx = os.environ['A_B']"),
    same("%env with quotes", "%env A_B='c'\nimport os\nx = os.environ['A_B']"),
    same("%env with a name", "v = 'w'\n%env A_B=$v/{v}\nimport os\nx = os.environ['A_B']"),
    same("%env with a missing name", "%env A_B=$missing_name\nimport os\nx = os.environ['A_B']"),
    same("%env read", "%env A_B=c\nx = %env A_B"),
    same("%env shown", "%env A_B=c", "%env A_B"),
    same("%env of nothing", "%env A_B=\nimport os\nx = os.environ['A_B']"),
    same("%set_env", "%set_env A_B=c\nimport os\nx = os.environ['A_B']"),
    same("%set_env with blanks", "%set_env A_B c d\nimport os\nx = os.environ['A_B']"),
    same("%env in a function", "def f(v):\n    %env A_B={v}\nf('q')\n!echo $A_B"),
]

TIMING = [
    same("%time", "%time x = sum(range(4))"),
    same("%time shows its value", "%time sum(range(4))"),
    same("%time silenced", "%time sum(range(4));"),
    same("x = %time", "x = %time sum(range(4))\nprint(x)"),
    same("%time of a shell line", "%time !echo a"),
    same("%time in a loop", "for i in range(2):\n    %time print(i)"),
    same("%%time", "%%time\nx = 1\nprint(x)"),
    same("%%time shows its value", "%%time\nx = 2\nx * 3"),
    same("%%time silenced", "%%time\nx = 2\nx * 3;"),
    same("%%time with shell lines", "%%time\n!echo a\nx = !echo b"),
    other(
        "%timeit",
        "%timeit -n1 -r1 pass\nx = 1",
        why="a measurement is for a person to see",
        stdout="",
    ),
    other(
        "%%timeit",
        "%%timeit -n1 -r1\npass",
        "x = 1",
        why="a measurement is for a person to see",
        stdout="",
    ),
    same("%%capture", "%%capture\nprint('a')\n!echo b\nx = 1", "print(x)"),
    same("%%capture with a name", "%%capture out\nprint('a')\nx = 1", "y = 2"),
    same(
        "%%capture whose name is read",
        "%%capture out\nimport sys\nprint('a')\nprint('b', file=sys.stderr)\n!echo c",
        "x, y, z = out.stdout, out.stderr, str(out)\nout.show()\nout()",
    ),
    same(
        "%%capture of one output",
        "%%capture --no-stdout out\nimport sys\nprint('a')\nprint('b', file=sys.stderr)",
        "x, y = out.stdout, out.stderr",
    ),
    same("%%capture of nothing", "%%capture out\n# nothing", "x = out.stdout"),
]

FILES = [
    same("%%writefile", "%%writefile a.txt\na\n  b\n", "x = open('a.txt').read()"),
    same("%%file", "%%file a.txt\na", "x = open('a.txt').read()"),
    same("-a", "%%writefile a.txt\na", "%%writefile -a a.txt\nb", "x = open('a.txt').read()"),
    same("--append", "%%writefile --append a.txt\nb", "x = open('a.txt').read()", a_txt="q\n"),
    same(
        "~", "%%writefile ~/a.txt\na", "import os\nx = open(os.path.expanduser('~/a.txt')).read()"
    ),
    same("a name in quotes", '%%writefile "a b.txt"\na', "x = open('a b.txt').read()"),
    same("a name from a variable", "n = 'q'", "%%writefile {n}.txt\na", "x = open('q.txt').read()"),
    same(
        "a name with a dollar", "n = 'q'", "%%writefile $n-1.txt\na", "x = open('q-1.txt').read()"
    ),
    same(
        "braces and quotes in it",
        "%%writefile a.txt\n{x} '''a''' \"\"\"b\"\"\" \\n \\\\",
        "x = open('a.txt').read()",
    ),
    same(
        "then imported",
        "%%writefile helper_one.py\nVALUE = 3\ndef double(n):\n    return 2 * n",
        "import helper_one\nx = helper_one.double(helper_one.VALUE)",
    ),
    same(
        "from it",
        "%%writefile helper_two.py\ndef double(n):\n    return 2 * n",
        "from helper_two import double\nx = double(4)",
    ),
    same(
        "then run by the shell",
        "%%writefile s.py\nimport sys\nprint(sys.argv[1:])",
        "!python s.py a 'b c'",
    ),
    same("a shell script", "%%writefile s.sh\necho $1", "!bash s.sh a"),
    same(
        "%run",
        "%%writefile s.py\nVALUE = 3\nprint('ran', __name__)\ndef double(n):\n    return n * 2",
        "%run s.py",
        "x = double(VALUE)",
    ),
    same("%run with one name", "%%writefile s.py\nVALUE = 3", "%run s.py", "x = VALUE"),
    same(
        "%run with arguments",
        "%%writefile s.py\nimport sys\nARGS = sys.argv[1:]",
        "n = 'q'",
        "%run s.py --a {n} 'b c'",
        "x = ARGS",
    ),
    same(
        "%run of what may be bound",
        "%%writefile s.py\nif 1 > 2:\n    A = 1\nelse:\n    B = 2",
        "%run s.py",
        "x = B",
    ),
    same("%run without an ending", "%%writefile s.py\nVALUE = 3", "%run s", "x = VALUE"),
    same("%run of a file from elsewhere", "%run s.py", "x = VALUE + 1", s_py="VALUE = 3\n"),
    same("%run that prints alone", "%run s.py a", s_py="import sys\nprint(sys.argv[1])\n"),
    same("%run -i", "BASE = 5", "%run -i s.py", "x = RESULT", s_py="RESULT = BASE * 2\n"),
    same("%run that exits", "%run s.py", "x = 1", s_py="import sys\nprint('a')\nsys.exit(0)\n"),
    same(
        "%run of an appended file",
        "%%writefile s.py\nA = 1",
        "%%writefile -a s.py\nB = A + 1",
        "%run s.py",
        "x = A + B",
    ),
    same(
        "%run twice",
        "%%writefile s.py\nimport sys\nV = sys.argv[1]",
        "%run s.py a",
        "x = V",
        "%run s.py b",
        "y = V",
    ),
    other(
        "%run that fails",
        "%run s.py",
        "x = 1",
        files={"s.py": "1 / 0\n"},
        why="IPython prints the error and goes on; a job stops",
        error="ZeroDivisionError",
        x=None,
    ),
    other(
        "%run of a notebook",
        "%run other.ipynb",
        "x = 1",
        files={"other.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'},
        why=_PERSON,
        error="NotImplementedError",
        x=None,
    ),
]

INTERACTIVE = [
    same("%load_ext and %autoreload", "%load_ext autoreload\n%autoreload 2\nx = 1"),
    same("%config", "%config InteractiveShell.ast_node_interactivity = 'last_expr'\nx = 1"),
    other(
        "%who", "x = 1\n%who", why="tells a person at the notebook which names there are", stdout=""
    ),
    other("%pdb", "%pdb off\nx = 1", why=_CHATTER, stdout=""),
    other("%xmode", "%xmode Plain\nx = 1", why=_CHATTER, stdout=""),
    same("%precision", "%precision 3\nx = 1"),
    other("%store", "a = 1\n%store a\nb = 2", why=_CHATTER, stdout=""),
    other("%store and back", "a = 1\n%store a", "%store -r a\nb = a", why=_CHATTER, stdout=""),
    other(
        "%store -r from elsewhere",
        "%store -r q\nx = 1",
        why=_PERSON,
        error="NotImplementedError",
        x=None,
        stdout="",
    ),
    other("an unknown magic", "%no_such_magic\nx = 1", why=_PERSON, error="NotImplementedError"),
    other("%%html", "%%html\n<b>a</b>", "x = 1", why=_PAGE, stdout=""),
    other("%%javascript", "%%javascript\nalert(1)", "x = 1", why=_PAGE, stdout=""),
    same("%reset_selective", "x = 1\n%reset_selective -f q\ny = 2"),
]

IPYTHON_CALLS = [
    same("system", "get_ipython().system('echo a')"),
    same("system with a name", "x = 1\nget_ipython().system('echo {x} $x')"),
    same("getoutput", "x = get_ipython().getoutput('echo a')\ny = x.n"),
    same("run_line_magic", "!mkdir d\nget_ipython().run_line_magic('cd', 'd')\n!pwd"),
    same(
        "run_line_magic with a value",
        "get_ipython().run_line_magic('env', 'A_B=c')\nx = get_ipython().run_line_magic('env', 'A_B')",
    ),
    same("run_cell_magic", "get_ipython().run_cell_magic('bash', '', 'echo a\\necho b\\n')"),
    same(
        "run_cell_magic with a file",
        "get_ipython().run_cell_magic('writefile', 'a.txt', 'q\\n')\nx = open('a.txt').read()",
    ),
    same(
        "run_cell_magic in a function",
        "def f():\n    get_ipython().run_cell_magic('bash', '', 'echo a\\n')\nf()",
    ),
    same("run_line_magic of time", "get_ipython().run_line_magic('time', 'x = 1')"),
    same("imported", "from IPython import get_ipython\nget_ipython().system('echo a')"),
    same("as IPython's", "import IPython\nIPython.get_ipython().system('echo a')"),
    same("in a function", "def f(n):\n    get_ipython().system('echo ' '{n}')\nf(3)"),
]

INSTALLS = [
    other("alone", "!pip --version > /dev/null", "x = 1", why=_INSTALLED, commands=()),
    other(
        "behind &&",
        "!pip --version > /dev/null && echo a",
        why=_INSTALLED,
        commands=(("run", "echo a"),),
    ),
    other(
        "before ;",
        "!echo a; pip --version > /dev/null",
        why=_INSTALLED,
        commands=(("run", "echo a"),),
    ),
    other(
        "between",
        "!echo a && pip --version > /dev/null && echo b",
        why=_INSTALLED,
        commands=(("run", "echo a && echo b"),),
    ),
    other("a fallback", "!pip --version > /dev/null || echo b", why=_INSTALLED, commands=()),
    other(
        "as a fallback",
        "!test -d missing || pip --version > /dev/null; echo a",
        why=_INSTALLED,
        commands=(("run", "test -d missing || true; echo a"),),
    ),
    other(
        "behind what fails",
        "!false && pip --version || echo b",
        why=_INSTALLED,
        commands=(("run", "false || echo b"),),
    ),
    other(
        "behind a semicolon and &&",
        "!false; pip --version > /dev/null && echo b",
        why=_INSTALLED,
        commands=(("run", "false; echo b"),),
    ),
    other(
        "in brackets",
        "!( pip --version > /dev/null && echo y )",
        why=_INSTALLED,
        commands=(("run", "(echo y)"),),
    ),
    other(
        "in brackets, redirected",
        "!(pip --version; echo y) > a.txt",
        "x = open('a.txt').read()[-2:]",
        why=_INSTALLED,
        commands=(("run", "(echo y) > a.txt"),),
    ),
    other(
        "in braces",
        "!{ pip --version > /dev/null; echo y; }",
        why=_INSTALLED,
        commands=(("run", "{ echo y; }"),),
    ),
    other(
        "behind then",
        "!if true; then pip --version > /dev/null; echo t; fi",
        why=_INSTALLED,
        commands=(("run", "if true; then :; echo t; fi"),),
    ),
    other(
        "behind else",
        "!if false; then echo f; else pip --version > /dev/null; fi; echo g",
        why=_INSTALLED,
        commands=(("run", "if false; then echo f; else :; fi; echo g"),),
    ),
    other(
        "all of a branch",
        "!if true; then pip --version > /dev/null; fi",
        why=_INSTALLED,
        commands=(),
    ),
    other(
        "as a condition",
        "!if pip --version > /dev/null; then echo y; fi",
        why=_INSTALLED,
        commands=(("run", "if :; then echo y; fi"),),
    ),
    other(
        "in a loop",
        "!for p in a b; do pip --version > /dev/null; echo $p; done",
        why=_INSTALLED,
        commands=(("run", "for p in a b; do :; echo $p; done"),),
    ),
    other(
        "in a pipeline",
        "!pip --version | tail -1 > /dev/null; echo a",
        why=_INSTALLED,
        commands=(("run", "echo a"),),
    ),
    other(
        "before a background command",
        "!pip --version > /dev/null; sleep 0 & echo a",
        why=_INSTALLED,
        commands=(("run", "sleep 0 & echo a"),),
    ),
    other(
        "in a loop of Python",
        "for p in ['a', 'b']:\n    !pip --version > /dev/null\n    print(p)",
        why=_INSTALLED,
        commands=(),
    ),
    other(
        "in a script",
        "%%bash\npip --version > /dev/null\necho a",
        why=_INSTALLED,
        commands=(("script", "bash", "echo a"),),
    ),
    other(
        "in a script's branch",
        "%%bash\nif true; then\n  pip --version > /dev/null\nfi\necho a",
        why=_INSTALLED,
        commands=(("script", "bash", "if true; then\n  :\nfi\necho a"),),
    ),
    other("captured", "x = !pip --version > /dev/null", why=_INSTALLED, commands=()),
    other("%pip", "%pip --version > /dev/null\nx = 1", why=_INSTALLED, commands=(), stdout=""),
    other(
        "a read-out",
        "!nproc > /dev/null; echo a",
        why="what the machine is, is another one in production",
        commands=(("run", "echo a"),),
    ),
]

NOTEBOOKS_OWN = [
    same("the value shown last", "x = 20\nx + 1", "y = _ * 2\nprint(y)"),
    same("of several cells", "3", "print('between')", "a = _ + 1\na", "b = _ * 10"),
    same("in a loop's variable", "for _ in range(2):\n    pass\nx = _"),
    same("builtins", "x = sorted(n for n in vars(__builtins__) if n.startswith('pri'))"),
    same("builtins by another name", "builtins = 1\nx = hasattr(__builtins__, 'print')"),
]

TABLES: Mapping[str, list[Case]] = {
    "shell": SHELL_LINES,
    "expansion": EXPANSION,
    "captures": CAPTURES,
    "exit codes": EXIT_CODES,
    "scripts": SCRIPTS,
    "directories": DIRECTORIES,
    "environment": ENVIRONMENT,
    "timing": TIMING,
    "files": FILES,
    "interactive": INTERACTIVE,
    "ipython": IPYTHON_CALLS,
    "installs": INSTALLS,
    "a notebook's own names": NOTEBOOKS_OWN,
}
