"""The files that a notebook's calls read and write, as far as the text shows their paths."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nb2prod.analysis.facts import DataOrigin, Direction
from nb2prod.analysis.known_values import Known, texts
from nb2prod.analysis.names import called_name
from nb2prod.analysis.paths import PathRoots
from nb2prod.analysis.scopes import Scope

_READING = re.compile(
    r"read_(?!sql|html|clipboard|gbq)\w+|open|imread|load_model|load_workbook|load_img|loadtxt"
    r"|loadmat|genfromtxt|fromfile|listdir|scandir|walk|i?glob|open_dataset|open_dataarray"
)
# What reads a file only where its argument has a file's ending.
_MAY_READ = re.compile(r"read|load|parse|from_file|from_csv|File|Dataset|ZipFile|TarFile|SoundFile")
# Any other name that says that something is read, with an argument that is a file of data.
_SAYS_READ = re.compile(r"(?i).*(?:read|load|from|open|parse).*")
_DATA_ENDING = re.compile(
    r".*\.(?:avro|bmp|csv|db|feather|flac|geojson|gif|gz|h5|hdf5|jpe?g|jsonl?|mat|mp[34]|npy|npz|onnx"
    r"|parquet|pdf|pickle|pkl|png|pth?|safetensors|sqlite|tar|tfrecord|tiff?|tsv|txt|wav|xlsx?|xml"
    r"|ya?ml|zip)",
    re.IGNORECASE,
)
# What asks whether a path is there: that says something of data that was brought, not of files that
# the notebook may make itself.
_ASKING = frozenset({"exists", "isdir", "isfile", "is_dir", "is_file"})
_MAKING_DIRECTORIES = frozenset({"makedirs", "mkdir"})
_WRITING = re.compile(
    r"to_\w+|save\w*|dump|imwrite|imsave|savetxt|write_\w+|make_archive|VideoWriter|ExcelWriter"
)
_PATH_KEYWORDS = frozenset(
    {"path", "file", "filename", "fname", "filepath", "filepath_or_buffer", "io", "fp", "name"}
    | {"path_or_buf", "excel_writer", "root_dir", "save_path", "file_path", "fpath"}
)
_MODE = re.compile(r"[rwaxbt+U]{1,4}")
_WRITING_MODE = re.compile(r"[wax]|r\+")
_ENDING = re.compile(r"[^/]*[^/.]\.[A-Za-z]\w{0,9}")
_NO_PATH = re.compile(r"[\n\r\0<>|\"{}%]|://|\A\s|\s\Z|\A[a-z][a-z0-9+]*:|\A[/~\\]|\A-?\d+\Z")


@dataclass(frozen=True, slots=True)
class FileUsed:
    """A path that a call reads or writes, relative to where `origin` is."""

    path: str
    direction: Direction
    origin: DataOrigin
    cell: int


def files_used(groups: Iterable[Scope], roots: PathRoots) -> Iterator[FileUsed]:
    """The files of the calls in the notebook's scopes: those below the platform's directories, and
    those by relative paths.
    """
    for scope in groups:
        for node in scope.nodes:
            if not isinstance(node, ast.Call):
                continue
            for text, direction in _paths(node, scope.known):
                place = _placed(text, roots)
                if place is not None and (place[1] != "local" or called_name(node) not in _ASKING):
                    yield FileUsed(place[0], direction, place[1], scope.cell)


def _paths(call: ast.Call, known: Known) -> Iterator[tuple[str, Direction]]:
    name = called_name(call)
    named = [keyword.value for keyword in call.keywords if keyword.arg in _PATH_KEYWORDS]
    first = _of_first(call, named, known)
    if _READING.fullmatch(name) or _MAY_READ.fullmatch(name):
        certain = _READING.fullmatch(name) and (name != "open" or isinstance(call.func, ast.Name))
        direction: Direction = "write" if _writes(call, known) else "read"
        yield from ((text, direction) for text in first if certain or _is_file(text))
    elif name in _MAKING_DIRECTORIES:
        yield from ((text, "write") for text in first)
    elif name in _ASKING:
        yield from ((text, "read") for text in first)
    elif name == "from_pretrained":  # what is no path is a name on a hub
        yield from ((text, "read") for text in first if text[:1] in "./" or text[-1:] == "/")
    elif _WRITING.fullmatch(name):
        written = _all_texts([*call.args[:2], *named], known)
        yield from ((text, "write") for text in written if _is_file(text))
    elif _SAYS_READ.fullmatch(name):
        given = [*call.args[:2], *(keyword.value for keyword in call.keywords)]
        read = _all_texts(given, known)
        yield from ((text, "read") for text in read if _DATA_ENDING.fullmatch(text))


def _is_file(path: str) -> bool:
    return _ENDING.fullmatch(posixpath.basename(path)) is not None


def _all_texts(nodes: Iterable[ast.expr], known: Known) -> Iterator[str]:
    for node in nodes:
        yield from texts(node, known)


def _of_first(call: ast.Call, named: list[ast.expr], known: Known) -> Iterator[str]:
    """The texts of the argument that names a file: the first one, or one by keyword; for a method
    without any, what it is a method of (`Path("a").open()`).
    """
    arguments = [*call.args[:1], *named]
    if isinstance(call.func, ast.Attribute) and not _is_path(arguments, known):
        arguments = [call.func.value] if _is_method_of_path(call) else []
    yield from _all_texts(arguments, known)


def _is_path(arguments: list[ast.expr], known: Known) -> bool:
    found = [text for argument in arguments for text in texts(argument, known)]
    return any(not _MODE.fullmatch(text) for text in found)


def _is_method_of_path(call: ast.Call) -> bool:
    """`Path("a").open(…)`, `(Path("a") / "b").open(…)`."""
    return isinstance(call.func, ast.Attribute) and isinstance(
        call.func.value, ast.Call | ast.BinOp
    )


def _writes(call: ast.Call, known: Known) -> bool:
    """Whether the mode that a file is opened with writes."""
    position = 0 if _is_method_of_path(call) else 1
    modes = call.args[position : position + 1]
    modes += [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    return any(
        _MODE.fullmatch(text) and _WRITING_MODE.match(text)
        for mode in modes
        for text in texts(mode, known)
    )


def _placed(text: str, roots: PathRoots) -> tuple[str, DataOrigin] | None:
    """The path below the directory that it is in, and which one that is; None where it is in none
    that the project has.
    """
    found = roots.beginning(text)
    if found is not None:
        root = found.root
        relative = posixpath.normpath(f"{root.suffix}{text[found.end :]}".strip("/") or ".")
        if root.secret is not None or root.directory == "home" or "\n" in text:
            return None
        if root.directory == "work":
            return (relative, "local") if relative != "." else None
        return relative, root.origin
    if not text or len(text) > 200 or _NO_PATH.search(text):
        return None
    relative = posixpath.normpath(text)
    return None if relative == "." else (relative, "local")
