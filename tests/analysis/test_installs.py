"""Install commands in the shapes that notebooks have them."""

from __future__ import annotations

import pytest

from nb2prod.analysis.facts import Install
from nb2prod.analysis.installs import install_of, install_of_words
from nb2prod.analysis.pip_requirements import read_requirement
from nb2prod.analysis.requirements import is_requirement, parse_requirement
from nb2prod.analysis.shell import ShellCommand, split_commands
from nb2prod.location import Location

PLACE = Location(3, 2)
SHA = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "git+https://example.invalid/owner/name.git"


def installs(line: str) -> list[Install]:
    found = [install_of(command, PLACE) for command in split_commands(line)]
    return [install for install in found if install is not None]


def install(line: str) -> Install:
    (found,) = installs(line)
    return found


@pytest.mark.parametrize(
    ("line", "requirements"),
    [
        ("pip install pandas", ["pandas"]),
        ("pip3 install pandas", ["pandas"]),
        ("pip3.10 install pandas", ["pandas"]),
        ("/usr/bin/pip install pandas", ["pandas"]),
        ("python -m pip install pandas", ["pandas"]),
        ("python3 -m pip install pandas", ["pandas"]),
        ("python3.11 -q -m pip install pandas", ["pandas"]),
        ("{sys.executable} -m pip install pandas", ["pandas"]),
        ('"{sys.executable}" -m pip install pandas', ["pandas"]),
        ("$sys.executable -m pip install pandas", ["pandas"]),
        ("uv pip install pandas", ["pandas"]),
        ("uv pip install --system pandas", ["pandas"]),
        ("uv -q pip install pandas", ["pandas"]),
        ("python -m uv pip install pandas", ["pandas"]),
        ("uv add pandas", ["pandas"]),
        ("sudo pip install pandas", ["pandas"]),
        ("PIP_QUIET=1 pip install pandas", ["pandas"]),
        ("pip -q install pandas", ["pandas"]),
        ("pip --disable-pip-version-check install pandas", ["pandas"]),
        # several, and how they are written
        ("pip install a b==1.0 'c>=1,<2' \"d~=3.0\"", ["a", "b==1.0", "c>=1,<2", "d~=3.0"]),
        ("pip install a[x,y]==1 'b[z]'", ["a[x,y]==1", "b[z]"]),
        ("pip install 'a; python_version < \"3.9\"'", ['a; python_version < "3.9"']),
        ("pip install a==1.* b!=2", ["a==1.*", "b!=2"]),
        ("pip install torch==2.0.0+cu118", ["torch==2.0.0+cu118"]),
        ("pip install a>=1", ["a>=1"]),
        # options
        ("pip install -q a", ["a"]),
        ("pip install a -q", ["a"]),
        ("pip install -qqq a --quiet --no-cache-dir --user -y", ["a"]),
        ("pip install --pre a", ["a"]),
        ("pip install --force-reinstall --ignore-installed -I a", ["a"]),
        ("pip install --no-build-isolation a", ["a"]),
        ("pip install --upgrade-strategy eager a", ["a"]),
        ("pip install --progress-bar off a", ["a"]),
        ("pip install --progress-bar=off a", ["a"]),
        ("pip install --root-user-action=ignore a", ["a"]),
        ("pip install --timeout 100 a --retries 5", ["a"]),
        ("pip install --trusted-host example.invalid a", ["a"]),
        ("pip install --no-binary :all: a", ["a"]),
        ("pip install --only-binary=:all: a", ["a"]),
        ("pip install --global-option build_ext a", ["a"]),
        ("pip install -t target a", ["a"]),
        ("pip install --target=target a", ["a"]),
        ("pip install --use-deprecated legacy-resolver a", ["a"]),
        ("uv pip install --prerelease allow --exclude-newer 2024-01-01 a", ["a"]),
        ("uv pip install --torch-backend auto -p 3.11 a", ["a"]),
        # where output goes
        ("pip install a > /dev/null", ["a"]),
        ("pip install a > /dev/null 2>&1", ["a"]),
        ("pip install a >/dev/null b", ["a", "b"]),
        ("pip install a &> /dev/null", ["a"]),
        ("pip install a &>/dev/null", ["a"]),
        ("pip install a 2>&1 | tail -n 1", ["a"]),
        ("pip install a | grep -v already", ["a"]),
        ("yes | pip install a", ["a"]),
        # around it
        ("pip install a # the newest", ["a"]),
        ("pip install a  # it's, and; more && so", ["a"]),
        ("cd x && pip install a", ["a"]),
        ("pip install a || true", ["a"]),
        ("pip install a; ls", ["a"]),
        ("pip install a \\\n  b", ["a", "b"]),
        ("pip install", []),
        (f"pip install {REPOSITORY}@{SHA}", [f"{REPOSITORY}@{SHA}"]),
        (f"pip install {REPOSITORY}@{SHA}#egg=name", [f"{REPOSITORY}@{SHA}#egg=name"]),
        (f"pip install 'name @ {REPOSITORY}@{SHA}'", [f"{REPOSITORY}@{SHA}#egg=name"]),
        (f"pip install name[x]@{REPOSITORY}@{SHA}", [f"{REPOSITORY}@{SHA}#egg=name"]),
    ],
)
def test_pip_installs(line: str, requirements: list[str]) -> None:
    found = install(line)
    assert (found.tool, list(found.requirements)) == ("pip", requirements)
    assert found.problem is None
    assert found.location == PLACE


@pytest.mark.parametrize(
    ("line", "upgrade"),
    [
        ("pip install a", False),
        ("pip install -U a", True),
        ("pip install --upgrade a", True),
        ("pip install -qU a", True),
        ("pip install -Uqq a", True),
        ("pip install a -U", True),
        ("pip install --upgrade-strategy eager a", False),
        ("uv pip install --upgrade-package b a", False),
        ("conda update a", True),
        ("conda install a", False),
    ],
)
def test_upgrades(line: str, upgrade: bool) -> None:
    assert install(line).upgrade is upgrade


@pytest.mark.parametrize(
    ("line", "requirements", "problem"),
    [
        ("pip install -r requirements.txt", [], "reads requirements from requirements.txt"),
        ("pip install -rrequirements.txt a", ["a"], "reads requirements from requirements.txt"),
        ("pip install -qr requirements.txt", [], "reads requirements from requirements.txt"),
        ("pip install --requirement=r.txt", [], "reads requirements from r.txt"),
        ("pip install -c constraints.txt a", ["a"], "reads requirements from constraints.txt"),
        ("pip install -r", [], "reads requirements from a file"),
        ("uv pip sync requirements.lock", [], "reads requirements from requirements.lock"),
        ("pip install -e .", [], "installs the local project ."),
        ("pip install -e ./x[dev]", [], "installs the local project ./x[dev]"),
        ("pip install --editable=x", [], "installs the local project x"),
        (f"pip install -e {REPOSITORY}", [], f"installs the local project {REPOSITORY}"),
        ("pip install .", [], "installs the local file ."),
        ("pip install .[dev]", [], "installs the local file .[dev]"),
        ("pip install ./x ~/y /z", [], "the local file ./x; installs the local file ~/y;"),
        ("pip install x/y", [], "installs the local file x/y"),
        ("pip install x-1-py3-none-any.whl", [], "installs the local file x-1"),
        ("pip install x.tar.gz a", ["a"], "installs the local file x.tar.gz"),
        ("pip install --index-url https://example.invalid/s a", ["a"], "another index"),
        ("pip install -i https://example.invalid/s a", ["a"], "another index"),
        ("pip install --extra-index-url=https://example.invalid/s a", ["a"], "another index"),
        ("pip install a -f https://example.invalid/w", ["a"], "another index"),
        ("pip install --find-links wheels a", ["a"], "another index (wheels)"),
        ("uv pip install --index https://example.invalid/s a", ["a"], "another index"),
        ("pip install --no-deps a", ["a"], "leaves out the dependencies"),
        (f"pip install {REPOSITORY}", [REPOSITORY], "names no commit"),
        (f"pip install {REPOSITORY}@main", [f"{REPOSITORY}@main"], "names no commit"),
        (f"pip install {REPOSITORY}@{SHA[:7]}", [f"{REPOSITORY}@{SHA[:7]}"], "names no commit"),
        (f"pip install 'x @ {REPOSITORY}'", [f"{REPOSITORY}#egg=x"], "names no commit"),
        ("pip install hg+https://example.invalid/x", [], "not in a repository of git"),
        ("pip install https://example.invalid/x.whl", [], "is a direct download"),
        ("pip install 'x @ https://example.invalid/x.whl'", [], "is a direct download"),
        ("pip install {name}", [], "{name} is only known when the notebook runs"),
        ("pip install $NAME a", ["a"], "$NAME is only known when the notebook runs"),
        ("pip install a==$VERSION", [], "a==$VERSION is only known"),
        ("pip install a, b", ["b"], "a, is not a requirement that pip understands"),
        ("pip install a = 1", ["a", "1"], "= is not a requirement"),
        ("conda env update -f environment.yml", [], "conda environment of its own"),
        ("conda create -n x python=3.8", [], "conda environment of its own"),
        ("conda install --file list.txt a", ["a"], "reads requirements from list.txt"),
        ("conda install python=3.8 a", ["a"], "installs Python itself (python=3.8)"),
        ("conda install {name}", [], "{name} is only known"),
        ("apt-get install ./x.deb a", ["a"], "installs ./x.deb"),
        ("apt install $NAME", [], "installs $NAME"),
        ("dpkg -i x.deb", [], "installs the local file x.deb"),
        ("add-apt-repository -y ppa:x/y", [], "adds a package archive"),
        ("sudo apt-key add x", [], "adds a package archive"),
    ],
)
def test_what_a_person_has_to_decide(line: str, requirements: list[str], problem: str) -> None:
    found = install(line)
    assert list(found.requirements) == requirements
    assert found.problem is not None
    assert problem in found.problem


@pytest.mark.parametrize(
    "line",
    [
        "pip install git+https://user:passphrase@example.invalid/x.git",
        f"pip install git+https://passphrase@example.invalid/x.git@{SHA}",
        "pip install https://user:passphrase@example.invalid/x.whl",
        "pip install -r https://user:passphrase@example.invalid/r.txt",
        "pip install --extra-index-url https://user:passphrase@example.invalid/s x",
        "pip install -e git+https://user:passphrase@example.invalid/x.git",
        "pip install 'x @ git+https://user:passphrase@example.invalid/x.git'",
    ],
)
def test_a_password_in_an_address_goes_nowhere(line: str) -> None:
    found = install(line)
    assert found.problem is not None
    assert "passphrase" not in repr(found)


def test_a_user_of_ssh_is_no_password() -> None:
    address = f"git+ssh://git@example.invalid/x.git@{SHA}"
    assert install(f"pip install {address}").requirements == (address,)


@pytest.mark.parametrize(
    ("line", "tool"),
    [
        ("pip uninstall -y tensorflow", "pip"),
        ("pip list", "pip"),
        ("pip freeze > requirements.txt", "pip"),
        ("pip show pandas", "pip"),
        ("pip --version", "pip"),
        ("pip", "pip"),
        ("uv pip uninstall x", "pip"),
        ("conda list", "conda"),
        ("conda clean -a", "conda"),
        ("mamba info", "conda"),
        ("apt-get update", "apt"),
        ("apt update -qq", "apt"),
        ("apt-get -qq update", "apt"),
        ("apt-get remove x", "apt"),
        ("apt-get autoremove", "apt"),
    ],
)
def test_what_only_prepares_is_an_install_of_nothing(line: str, tool: str) -> None:
    found = install(line)
    assert (found.tool, found.requirements, found.problem) == (tool, (), None)


@pytest.mark.parametrize(
    ("line", "requirements"),
    [
        ("conda install pandas", ["pandas"]),
        ("conda install -y -c conda-forge pandas=1.5 numpy", ["pandas==1.5", "numpy"]),
        ("mamba install -q 'pandas>=1,<2' --yes", ["pandas>=1,<2"]),
        ("conda install pandas=1.5=py37_0", ["pandas==1.5"]),
        ("conda install pandas==1.5.3", ["pandas==1.5.3"]),
        ("conda install pandas=1.5.*", ["pandas==1.5.*"]),
        ("conda install conda-forge::pandas", ["pandas"]),
        ("micromamba install -n base --channel=conda-forge pandas", ["pandas"]),
        ("conda update -n base pandas", ["pandas"]),
        ("conda install python-dateutil", ["python-dateutil"]),
    ],
)
def test_conda_installs(line: str, requirements: list[str]) -> None:
    found = install(line)
    assert (found.tool, list(found.requirements), found.problem) == ("conda", requirements, None)


@pytest.mark.parametrize(
    ("line", "requirements"),
    [
        ("apt-get install ffmpeg", ["ffmpeg"]),
        ("apt install -y ffmpeg git", ["ffmpeg", "git"]),
        ("apt-get -qq install -y ffmpeg", ["ffmpeg"]),
        ("apt -y -qq install ffmpeg > /dev/null", ["ffmpeg"]),
        ("sudo apt-get install -yqq --no-install-recommends ffmpeg", ["ffmpeg"]),
        ("apt-get -o Dpkg::Use-Pty=0 install ffmpeg", ["ffmpeg"]),
        ("apt-get install -t stable ffmpeg", ["ffmpeg"]),
        ("DEBIAN_FRONTEND=noninteractive apt-get install ffmpeg 2>&1", ["ffmpeg"]),
        ("apt-get install libgl1-mesa-glx=22.* g++", ["libgl1-mesa-glx=22.*", "g++"]),
        ("aptitude install ffmpeg", ["ffmpeg"]),
    ],
)
def test_apt_installs(line: str, requirements: list[str]) -> None:
    found = install(line)
    assert (found.tool, list(found.requirements), found.problem) == ("apt", requirements, None)


@pytest.mark.parametrize(
    "line",
    [
        "ls",
        "python train.py",
        "python -m train pip install x",
        "python setup.py install",
        "git clone https://example.invalid/pip",
        "pip download x",
        "echo pip install x",
        "npm install x",
        "uv run x",
        "uv sync",
        "conda run x",
        "apt-get source x",
        "dpkg -l",
        "pipx install x",
        "",
        "A=1",
    ],
)
def test_other_commands_are_no_installs(line: str) -> None:
    assert installs(line) == []


def test_each_command_of_a_line_is_an_install_of_its_own() -> None:
    found = installs(
        "apt-get update && apt-get install -y x && pip install a; pip install -U b | tail"
    )
    assert [(one.tool, one.requirements, one.upgrade) for one in found] == [
        ("apt", (), False),
        ("apt", ("x",), False),
        ("pip", ("a",), False),
        ("pip", ("b",), True),
    ]


def test_words_that_are_already_apart() -> None:
    found = install_of_words(["pip", "install", "a b", "c"], PLACE)
    assert found is not None
    assert found.requirements == ("c",)
    assert install_of_words([], PLACE) is None
    assert install_of(ShellCommand("", ""), PLACE) is None


@pytest.mark.parametrize(
    ("text", "name", "extras", "specifier"),
    [
        ("pandas", "pandas", (), ""),
        ("Pillow", "pillow", (), ""),
        ("scikit_learn==1.2", "scikit-learn", (), "==1.2"),
        (" ruamel.yaml >= 0.17 ", "ruamel-yaml", (), ">=0.17"),
        ("a[Z,b]<2,>=1", "a", ("Z", "b"), "<2,>=1"),
        ('a==1; python_version<"3"', "a", (), "==1"),
        ("a===weird", "a", (), "===weird"),
    ],
)
def test_requirements(text: str, name: str, extras: tuple[str, ...], specifier: str) -> None:
    found = parse_requirement(text)
    assert found is not None
    assert (found.name, found.extras, found.specifier) == (name, extras, specifier)


@pytest.mark.parametrize(
    "text",
    ["", "a b", "a=1", "a==", "./a", "a @ https://example.invalid/a.whl", "git+https://x", "-e ."],
)
def test_what_is_no_requirement(text: str) -> None:
    assert parse_requirement(text) is None
    assert not is_requirement(text)


@pytest.mark.parametrize(
    ("text", "exact", "named"),
    [
        ("a", None, None),
        ("a==1.2", "1.2", "1.2"),
        ("a===1.2", "1.2", None),
        ("a==1.*", None, None),
        ("a==2.0.0+cu118", "2.0.0+cu118", "2.0.0+cu118"),
        ("a>=1,<2", None, "1"),
        ("a<=1.23.5", None, "1.23.5"),
        ("a~=2.16.0", None, "2.16.0"),
        ("a>=1.9,>=1.10", None, "1.10"),
        ("a>1", None, None),
        ("a!=1", None, None),
        ("a>=1,!=1", None, None),
    ],
)
def test_versions_that_a_requirement_names(text: str, exact: str | None, named: str | None) -> None:
    found = parse_requirement(text)
    assert found is not None
    assert (found.exact, found.named) == (exact, named)


@pytest.mark.parametrize(
    ("text", "version", "allowed"),
    [
        ("a", "1", True),
        ("a>=1,<2", "1.5", True),
        ("a>=1,<2", "2.0", False),
        ("a>=1", "2.0rc1", True),
        ("a==1.2", "1.2.0", True),
        ("a==2.0.0", "2.0.0+cu118", True),
    ],
)
def test_versions_that_a_requirement_allows(text: str, version: str, allowed: bool) -> None:
    found = parse_requirement(text)
    assert found is not None
    assert found.allows(version) is allowed


def test_a_requirement_and_its_problem() -> None:
    assert read_requirement(" pandas ") == ("pandas", None)
    requirement, problem = read_requirement("pandas pandas")
    assert requirement is None
    assert problem == "pandas pandas is not a requirement that pip understands"
