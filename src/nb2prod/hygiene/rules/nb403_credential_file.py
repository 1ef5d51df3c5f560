"""NB403: cells that write files of credentials whose content stands in the notebook."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.names import called_name, dotted_text, literal_text
from nb2prod.analysis.shell import every_command
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location
from nb2prod.notebook.statements import FILE_MAGICS

RULE = rule("NB403")

# Files that hold nothing but credentials, by the documentation of what reads them.
_FILE = re.compile(
    r"(?:.*[/\\])?(?:kaggle\.json|\.netrc|_netrc|\.git-credentials|\.pypirc|\.pgpass|id_(?:rsa|ed25519)"
    r"|(?:\S*[-_])?service[-_]?account\S*\.json|\S*credentials\.json|client_secrets?\S*\.json"
    r"|\.aws[/\\]credentials|\.huggingface[/\\]token|secrets\.toml)"
)
_WORD = re.compile(
    r"kaggle\.json|netrc|git-credentials|pypirc|pgpass|id_rsa|id_ed25519|service.?account"
    r"|credentials|client_secret|huggingface.token|secrets\.toml"
)
_TO_FILE = re.compile(r"(?<![<>&\d-])>{1,2}\s*(['\"]?)(?P<file>[^\s'\"<>|;&]+)\1")
_WRITING_MODE = re.compile(r"[wax]|r\+")
# The words of the files themselves, with what belongs between the quotes.
_GIVEN = re.compile(
    r"['\"](?:key|private_key|client_secret|password|token)\\?['\"]\s*:\s*\\?['\"][\w+/=-]{24,}"
    r"|^\s*(?:password|aws_secret_access_key)\s*[ =:]\s*[\w+/=-]{16,}",
    re.MULTILINE,
)
_ACCOUNT = re.compile(r"['\"]type\\?['\"]\s*:\s*\\?['\"]service_account\\?['\"]")


def check(context: Context) -> Iterator[Finding]:
    """The writes of such files in cells that hold a secret, or beside a variable that does."""
    for cell in context.code_cells:
        if not _WORD.search(cell.source):
            continue
        writes = list(_writes(cell))
        if writes and (_holds_one(cell) or _variables(cell) & _holders(context)):
            file, place = writes[0]
            said = (
                f"the cell writes credentials to {file}, and they stand in the notebook; mount the"
                " file, or read a variable of the environment"
            )
            yield context.found(RULE, place, said)


def _holds_one(cell: CheckedCell) -> bool:
    if cell.tokens:
        return True
    return bool(_GIVEN.search(cell.source)) and bool(_ACCOUNT.search(cell.source))


def _writes(cell: CheckedCell) -> Iterator[tuple[str, Location]]:
    """The files of credentials that a cell writes, by their names, or by what they hold."""
    for found in cell.parsed.cell_magics:
        if found.magic in FILE_MAGICS:
            file = found.arguments.split()[-1].strip("'\"") if found.arguments.split() else ""
            if _FILE.fullmatch(file) or _ACCOUNT.search(found.body):
                yield _name(file), cell.shown(found.location)
    for line, place in cell.shell:
        if not _WORD.search(line):
            continue
        named = [match["file"] for match in _TO_FILE.finditer(line)]
        for command in every_command(line):
            named += command.words[1:] if command.program == "tee" else ()
        for file in filter(_FILE.fullmatch, named):
            yield _name(file), cell.shown(place)
    for node in cell.nodes:
        path = _written_path(node) if isinstance(node, ast.Call) else None
        if path is not None and _FILE.fullmatch(path) and isinstance(node, ast.Call):
            yield _name(path), cell.place(node)


def _written_path(node: ast.Call) -> str | None:
    """The path of `open(path, "w")`, `Path(path).write_text(…)`."""
    name = called_name(node)
    if name == "open":
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        arguments = [*node.args, *filter(None, [given.get("mode")])]
        modes = [literal_text(argument) or "" for argument in arguments[1:]]
        if any(_WRITING_MODE.match(mode) for mode in modes) and node.args:
            return _path(node.args[0])
    if name in ("write_text", "write_bytes") and isinstance(node.func, ast.Attribute):
        return _path(node.func.value)
    return None


def _path(node: ast.expr) -> str | None:
    """The end of a path that is written out, also below a directory that is not."""
    if isinstance(node, ast.Call) and node.args:
        return _path(node.args[-1])
    if isinstance(node, ast.BinOp):
        return _path(node.right)
    if isinstance(node, ast.JoinedStr) and node.values:
        return literal_text(node.values[-1])
    return literal_text(node)


def _holders(context: Context) -> set[str]:
    """The variables that are given a text with a secret in it."""
    names: set[str] = set()
    for cell in context.code_cells:
        lines = {cell.place_at(token.start).line for token in cell.tokens}
        for node in cell.tree.body if lines else ():
            if isinstance(node, ast.Assign) and lines & set(
                range(node.lineno, (node.end_lineno or node.lineno) + 1)
            ):
                names |= {dotted_text(target) for target in node.targets} - {""}
    return names


def _variables(cell: CheckedCell) -> set[str]:
    return {node.id for node in cell.nodes if isinstance(node, ast.Name)}


def _name(file: str) -> str:
    return re.split(r"[/\\]", file)[-1] or "a file"
