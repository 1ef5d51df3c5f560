"""NB507: files from the network that nothing compares with a checksum.

Source of the arguments: the documentation of Keras, torchvision, torch.hub and gdown; the options
of the programs are those of `nb2prod.analysis.fetching_commands`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

from nb2prod.analysis.addresses import last_part
from nb2prod.analysis.fetching_commands import words_that_fetch
from nb2prod.analysis.known_values import Value
from nb2prod.analysis.names import called_name, dotted_text, literal_text
from nb2prod.analysis.shell import every_command
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.meanings import Meanings, argument, cells_with, has_keyword, once_given
from nb2prod.hygiene.model import Finding
from nb2prod.location import Location

RULE = rule("NB507")

_WORDS = frozenset(RULE.words.split())
_PROGRAMS = frozenset({"wget", "curl", "aria2c", "gdown"})
# What is called last → the position of its address and of its checksum, and the checksum's names.
_CALLS: Mapping[str, tuple[int, int, tuple[str, ...]]] = {
    "urllib.request.urlretrieve": (0, -1, ()),
    "urllib.urlretrieve": (0, -1, ()),
    "wget.download": (0, -1, ()),
    "gdown.download": (0, -1, ("hash", "md5")),
    "gdown.cached_download": (0, -1, ("hash", "md5")),
    "torchvision.datasets.utils.download_url": (0, 3, ("md5",)),
    "torchvision.datasets.utils.download_and_extract_archive": (0, 4, ("md5",)),
    "torch.hub.download_url_to_file": (0, 2, ("hash_prefix",)),
}
_GET_FILE = (1, 5, ("file_hash", "md5_hash"))
_NO_ARGUMENT: tuple[int, int, tuple[str, ...]] = (0, -1, ())
_LONGEST = 60  # longer names are no names
_READING = frozenset(
    {"requests.get", "httpx.get", "urllib.request.urlopen", "requests.Session.get"}
)
_WRITING = frozenset({"write", "write_bytes", "write_text", "writelines", "copyfileobj"})


def check(context: Context) -> Iterator[Finding]:
    """The downloads that no cell from there on compares: one finding for each call, and one for all
    commands of a cell. What an address
    names by its commit is the same every time.
    """
    cells = cells_with(context, _WORDS)
    checked = [cell.number for cell in context.code_cells if _checks().search(cell.source)]
    cells = [cell for cell in cells if not checked or cell.number > checked[-1]]
    if not cells:
        return
    known = once_given(context.code_cells)
    meanings = context.meanings
    for cell in cells:
        by_commands = list(_by_commands(cell, known))
        if by_commands:
            program, name, place = by_commands[0]
            more = len({name for _, name, _ in by_commands}) - 1
            yield context.found(RULE, place, _message(program, name, more))
        yield from _by_calls(context, cell, meanings, known)


@cache
def _checks() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:sha\d+sum|md5sum|shasum|b2sum|cksum|hashlib|known_hash|file_digest)\b"
        r"|\bopenssl\s+(?:dgst|sha\d+|md5)\b"
    )


def _message(how: str, name: str, more: int = 0) -> str:
    what = f"`{name}`" if name else "a file"
    what += f" and {more} more" if more else ""
    return (
        f"`{how}` fetches {what}, and nothing compares its checksum; another file under the same"
        " address would pass"
    )


def _by_commands(
    cell: CheckedCell, known: Mapping[str, tuple[Value, ...]]
) -> Iterator[tuple[str, str, Location]]:
    if not any(program in cell.source for program in _PROGRAMS):
        return
    lines = [(line, cell.shown(place)) for line, place in cell.shell]
    listed = []
    for call in cell.python_commands:
        if call.line is not None:
            lines.append((call.line, cell.place(call.node)))
        else:
            listed.append((call.words, cell.place(call.node)))
    listed += [(one.words, place) for line, place in lines for one in every_command(line)]
    for words, place in listed:
        program = words[0].rpartition("/")[2] if words else ""
        if program not in _PROGRAMS:
            continue
        for found in words_that_fetch(words, cell.number, known):
            # What has no file goes to the screen, or on to another program.
            if found.checksum or (found.path is None and program in ("curl", "wget")):
                continue
            if not _is_pinned(found.source):
                yield program, _name(found.source), place


def _by_calls(
    context: Context, cell: CheckedCell, meanings: Meanings, known: Mapping[str, tuple[Value, ...]]
) -> Iterator[Finding]:
    blocks = _blocks_that_write(cell)
    for call, meaning in meanings.calls(cell):
        name = dotted_text(call.func) or called_name(call)
        if meaning in _READING:
            if not any(call in block for block in blocks):
                continue
            position, checksum, names = _NO_ARGUMENT
        elif meaning.endswith(".get_file") and "keras" in meaning:
            position, checksum, names = _GET_FILE
        elif meaning in _CALLS:
            position, checksum, names = _CALLS[meaning]
        else:
            continue
        if _is_given(call, checksum, names):
            continue
        address = _address(argument(call, position, "url", "origin", "id"), known)
        if address is None or not _is_pinned(address):
            yield context.found(RULE, cell.place(call), _message(name, _name(address or "")))


def _is_given(call: ast.Call, position: int, names: tuple[str, ...]) -> bool:
    """Whether a call is given a checksum, or something that may hold one."""
    given = argument(call, position, *names)
    if given is None:
        return bool(names) and has_keyword(call, *names)
    return not (isinstance(given, ast.Constant) and given.value is None)


def _blocks_that_write(cell: CheckedCell) -> list[frozenset[ast.AST]]:
    """The functions that write something to a file, and the cell without its functions."""
    functions = [
        node for node in cell.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    inner = {id(part) for function in functions for part in ast.walk(function)}
    blocks = [frozenset(ast.walk(function)) for function in functions]
    blocks.append(frozenset(node for node in cell.nodes if id(node) not in inner))
    return [
        block
        for block in blocks
        if any(isinstance(node, ast.Call) and called_name(node) in _WRITING for node in block)
    ]


def _address(node: ast.expr | None, known: Mapping[str, tuple[Value, ...]]) -> str | None:
    text = literal_text(node)
    if text is None and isinstance(node, ast.Name):
        values = known.get(node.id, ())
        text = values[0] if len(values) == 1 and isinstance(values[0], str) else None
    return text


def _name(address: str) -> str:
    """What is fetched, by the end of its address; nothing of what may be a key."""
    try:
        name = last_part(address) if "://" in address else ""
    except ValueError:  # half an IPv6 address
        return ""
    return name if "." in name and len(name) <= _LONGEST else ""


def _is_pinned(address: str) -> bool:
    return re.search(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])", address) is not None
