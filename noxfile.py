"""The one task runner: `nox` runs everything, `nox -s NAME` one session, by hand as in CI."""

from __future__ import annotations

import sys

import nox

PYPROJECT = nox.project.load_toml("pyproject.toml")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
# Interpreters that are not at hand are skipped. The one that runs nox always is at hand, so a run
# of `tests` can never pass by testing nothing.
PYTHONS = sorted({"3.11", "3.12", "3.13", "3.14", RUNNING}, key=lambda v: int(v.split(".")[1]))

# A converted example may lie in the checkout too; it is not ours to check.
SOURCES = ["benchmarks", "examples", "src", "tests", "tools", "noxfile.py"]

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "tests", "packaging"]

# What asks for more than Python has sessions of its own.
ELSEWHERE = "not packaging and not docker and not gradient and not skypilot and not torch"


def install_group(session: nox.Session, group: str, *others: str) -> None:
    """Install a dependency group, and `others` beside it, whatever pip the environment has."""
    session.install(*nox.project.dependency_groups(PYPROJECT, group), *others)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff's rules and layout, and the floors that imports must keep to."""
    install_group(session, "lint")
    session.run("ruff", "check", "--output-format", "concise", *SOURCES)
    session.run("ruff", "format", "--check", *SOURCES)
    # import-linter reads the sources; nothing needs to be installed for it.
    session.run("lint-imports", env={"PYTHONPATH": "src"})


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict, over the package, its tests and its tools."""
    install_group(session, "types", "--editable", ".")
    session.run("mypy", *session.posargs)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests on every Python at hand."""
    install_group(session, "test", "--editable", ".")
    # What takes minutes is for the Python that runs nox, the corpus for the newest as well; they
    # speak for those between, which run what shows a difference between grammars and libraries.
    marks, places = ELSEWHERE, ["tests"]
    ignored: list[str] = []
    if session.python != RUNNING:
        marks += " and not slow"
        # IPython and the programs are the same here and there, and so is what is plain data.
        # Of the targets, what all of them have to keep to is tested, and not each one's documents.
        ignored = ["--ignore", "tests/differential"]
        ignored += ["--ignore-glob", "tests/project/targets/*/*"]
    if session.python == "3.12":
        marks += " and not corpus"
        places = ["tests/cli", "tests/notebook", "tests/test_library.py", "tests/test_startup.py"]
    arguments = ["-m", marks, "--numprocesses", "auto", "--dist", "worksteal"]
    arguments += ["--durations", "10", *ignored]
    session.run("pytest", *arguments, *(session.posargs or places))


@nox.session
def coverage(session: nox.Session) -> None:
    """What the tests of the Python that runs nox cover; tracing makes them half as slow again."""
    install_group(session, "test", "--editable", ".")
    arguments = ["-m", ELSEWHERE, "--numprocesses", "auto", "--dist", "worksteal"]
    session.run("pytest", *arguments, "--cov", "--cov-report", "term", *session.posargs)


@nox.session
def packaging(session: nox.Session) -> None:
    """The built distributions, installed in a clean environment outside the checkout."""
    install_group(session, "test", "--editable", ".")
    session.run("pytest", "-m", "packaging", *session.posargs)


# pipreqs refuses Python 3.13 and newer.
@nox.session(python="3.12")
def pipreqs(session: nox.Session) -> None:
    """Names of distributions with the extra `pipreqs`, which answers after nb2prod's own table."""
    # pipreqs pins an IPython of its own, older than the one that other tests run notebooks with.
    session.install("hypothesis>=6.130", "pytest>=9.0", "--editable", ".[pipreqs]")
    tests = ["tests/data/test_pipreqs_mapping.py", "tests/environment/test_names.py"]
    session.run("pytest", *tests, *session.posargs)


@nox.session
def containers(session: nox.Session) -> None:
    """The images of the examples, built and run by a real Docker Engine."""
    install_group(session, "test", "--editable", ".")
    session.run("pytest", "-m", "docker", "--durations", "5", *session.posargs)


@nox.session
def gradient(session: nox.Session) -> None:
    """The job specs, sent by the real Gradient command to a server on this machine."""
    install_group(session, "test", "--editable", ".")
    arguments = ["--numprocesses", "auto", "--dist", "worksteal", "--durations", "5"]
    session.run("pytest", "-m", "gradient", *arguments, *(session.posargs or ["tests/gradient"]))


@nox.session
def skypilot(session: nox.Session) -> None:
    """The tasks for SkyPilot, read by the real library; nothing is launched."""
    # It asks for an older click than some of the other tests' tools do.
    tools = ["hypothesis>=6.130", "pytest>=9.0", "pytest-xdist>=3.7"]
    session.install(*tools, "--editable", ".", "skypilot==0.14.1")
    tests = session.posargs or ["tests/skypilot"]
    arguments = ["--numprocesses", "auto", "--dist", "worksteal", "--durations", "5"]
    session.run("pytest", "-m", "skypilot", *arguments, *tests)


@nox.session
def torch(session: nox.Session) -> None:
    """The example that trains with PyTorch, as a notebook and as its package."""
    install_group(session, "test", "--editable", ".")
    session.run("pytest", "-m", "torch", "--durations", "5", *session.posargs)
