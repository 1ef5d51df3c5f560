"""A notebook as a script: one file with the notebook's code, and a directory of what it uses.

The script can be run and imported like any other. What it uses besides the notebook's dependencies
lies in a package beside it, or, where one file is wanted, as text at its top.
"""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nb2prod.data.standard_library import is_standard
from nb2prod.errors import LayoutError
from nb2prod.migration import Migration
from nb2prod.program.build import build
from nb2prod.program.formatting import format_modules
from nb2prod.program.model import Ledger, Program
from nb2prod.project.names import project_name
from nb2prod.project.parts import dependencies
from nb2prod.project.parts.configuration import configuration_source
from nb2prod.project.parts.package import start_facts, support
from nb2prod.project.quoting import Quoted, rendered


@dataclass(frozen=True, slots=True)
class Script:
    """The script's text, the directory beside it ("churn_files"), and that directory's files by
    their names; none when the script is one file.
    """

    source: str
    directory: str
    files: Mapping[str, str]


def script(migration: Migration, name: str, *, one_file: bool = False) -> Script:
    """The migration's notebook as a script called `name`, without the ending.

    The same migration and name give the same text anywhere. Raises `InternalError` on a bug.
    """
    package = directory_name(name, migration)
    minor = migration.environment.python.minor
    program, ledger = _in_one_module(migration, package)
    migration = replace(migration, package=package, program=program, ledger=ledger)
    made = {
        "__init__.py": '"""What the script of the same name uses."""\n',
        "config.py": configuration_source(migration, called=f"{name}.py", in_project=False),
        "start.py": rendered("script/start.py.j2", **start_facts(migration)),
    }
    modules = format_modules(made, minor)
    modules |= {f"{module}.py": support(module) for module in sorted(program.support)}
    [pipeline] = program.modules
    source = _with_start(pipeline.source, migration, modules if one_file else {})
    formatted = format_modules({"script.py": source}, minor)["script.py"]
    if one_file:
        return Script(formatted, package, {})
    if migration.environment.pins or migration.environment.vcs:
        lines = dependencies.requirements(migration)
        modules["requirements.txt"] = "".join(f"{line}\n" for line in lines)
    return Script(formatted, package, modules)


def _in_one_module(migration: Migration, package: str) -> tuple[Program, Ledger]:
    """The notebook's program without sections, which one file cannot hold."""
    notebook, facts, minor = migration.notebook, migration.facts, migration.environment.python.minor
    if migration.program.layout.rung != "script":
        try:
            return build(notebook, facts, package, minor, layout="main")
        except LayoutError:  # sections alone were safe
            pass
    return build(notebook, facts, package, minor, layout="script")


def directory_name(name: str, migration: Migration) -> str:
    """The name of the directory beside the script `name`, which is a package's too: `churn_files`.

    Scripts of different names have different directories. No word of the notebook's code is its
    name.
    """
    base = name
    if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        slug = re.sub(r"\W", "_", project_name(name))
        slug = f"nb_{slug}" if slug[0].isdigit() else slug
        # Names that differ in a blank or a dash alone must not share a directory.
        base = f"{slug}_{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:6]}"
    words = {
        word.lower()
        for cell in migration.notebook.cells
        for word in re.findall(r"\w+", cell.source)
    }
    found = f"{base}_files"
    while found.lower() in words:
        found += "_"
    return found


def hides_a_module(name: str, migration: Migration) -> bool:
    """Whether a script of this name would be imported in the place of a module that is needed."""
    needed = {found.root for found in migration.facts.imports}
    needed |= {re.sub(r"[-.]", "_", pin.name) for pin in migration.environment.pins}
    return name in needed or is_standard(name)


def _with_start(source: str, migration: Migration, modules: Mapping[str, str]) -> str:
    """The notebook's code with what sets it up before its first import and runs it at its end."""
    package, program = migration.package, migration.program
    named = [
        (package if name == "__init__.py" else f"{package}.{name.removesuffix('.py')}", text)
        for name, text in modules.items()
    ]
    head = rendered(
        "script/head.py.j2",
        package=package,
        modules=[(name, _quoted(text)) for name, text in named],
    )
    tail = ""
    if program.layout.rung != "script":
        tail = rendered("script/tail.py.j2", package=package, entry_point=program.entry_point)
    lines = source.splitlines(keepends=True)
    top = _lines_at_the_top(source)
    return "\n".join(["".join(lines[:top]), head, "".join(lines[top:]).lstrip("\n"), tail])


def _lines_at_the_top(source: str) -> int:
    """How many lines the docstring and the imports from `__future__` take, which must come first.

    Only the first tokens are read: what follows may be in a newer Python than this one.
    """
    end = 0
    statement: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.COMMENT, tokenize.NL):
            continue
        if token.type != tokenize.NEWLINE:
            statement.append(token.string)
            if statement[0] != "from" and token.type != tokenize.STRING:
                break
            if statement[0] == "from" and statement[1:2] not in ([], ["__future__"]):
                break
            continue
        end, statement = token.end[0], []
    return end


def _quoted(text: str) -> Quoted:
    """A module's text as a string whose lines stand as they are."""
    escaped = text.replace("\\", "\\\\").replace("'''", "\\'\\'\\'")
    return Quoted(f"'''{escaped}'''")
