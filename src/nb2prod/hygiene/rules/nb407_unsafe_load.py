"""NB407: loading a file in a way that runs the code that the file holds.

Sources: the warnings in the documentation of `pickle`, `joblib.load`, `numpy.load`
(`allow_pickle=False`), `pandas.read_pickle`, `torch.load` (`weights_only` is true by default since
PyTorch 2.6), of transformers' and datasets' `trust_remote_code`; PyYAML's `yaml.load`, whose
`FullLoader` makes no objects of other people's classes any more since 5.4.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from nb2prod.analysis.known_values import Value, texts
from nb2prod.analysis.names import called_name, dotted_text
from nb2prod.hygiene.catalogue import rule
from nb2prod.hygiene.cells import CheckedCell
from nb2prod.hygiene.context import Context
from nb2prod.hygiene.meanings import Meanings, argument, cells_with, once_given, says
from nb2prod.hygiene.model import Finding

RULE = rule("NB407")

# In a cell without any nothing is loaded; the module may be named in another.
_WORDS = frozenset(
    "decode load load_all loads read_pickle trust_remote_code unsafe_load unsafe_load_all".split()
)
_PICKLES = frozenset({"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "jsonpickle"})
_JOBLIB = frozenset({"joblib.load", "sklearn.externals.joblib.load"})
_YAML = frozenset({"yaml.load", "yaml.load_all"})
_YAML_UNSAFE = frozenset({"yaml.unsafe_load", "yaml.unsafe_load_all"})
_LOADERS = frozenset({"SafeLoader", "CSafeLoader", "BaseLoader", "CBaseLoader", "FullLoader"})
# Calls that write, by their last names → where the file stands among the arguments.
_WRITES = {
    "dump": 1,
    "save": 0,
    "savez": 0,
    "savez_compressed": 0,
    "to_pickle": 0,
    "to_yaml": 0,
}
# Texts, which `re` compiles when they are first needed.
_TAIL = r"[^/\\{}]+\.\w+"
_OLD_TORCH = r"(==|<=|<|~=)\s*(\d+)\.(\d+)(\.\d+)?"
_COMMIT = r"[0-9a-f]{40}"


def check(context: Context) -> Iterator[Finding]:
    """The calls that load so what the notebook has not written itself, one finding for each."""
    cells = cells_with(context, _WORDS)
    if not cells:
        return
    meanings = context.meanings
    old_torch = "torch" in context.words and _has_old_torch(context)
    found = [
        (cell, call, said, file)
        for cell in cells
        for call, meaning in meanings.calls(cell)
        for said, file in _loads(call, meaning, old_torch=old_torch)
    ]
    if not found:
        return
    written: frozenset[str] | None = None
    known: Mapping[str, tuple[Value, ...]] = {}
    for cell, call, said, file in found:
        if file is not None:
            if written is None:
                known = once_given(context.code_cells)
                written = _written(context, meanings, known)
            if not written.isdisjoint(_marks(file, cell, known)):
                continue
        yield context.found(RULE, cell.place(call), said)


def _loads(
    call: ast.Call, meaning: str, *, old_torch: bool
) -> Iterator[tuple[str, ast.expr | None]]:
    """What is wrong with a call, and the file that it reads where that makes a difference."""
    module, _, name = meaning.removeprefix("?.").rpartition(".")
    shown = dotted_text(call.func) or called_name(call)
    runs = f"`{shown}` runs whatever code the file holds"
    file = call.args[0] if call.args else argument(call, 0, "file", "filename", "f")
    if module in _PICKLES and name in ("load", "loads", "decode") and file is not None:
        yield f"{runs}; load data from a format without code, such as JSON or Parquet", file
    elif f"{module}.{name}" in _JOBLIB and file is not None:
        yield f"{runs}; load only what this project has written, or use a format without code", file
    elif meaning == "torch.load":
        if says(call, "weights_only", False) or (
            old_torch and not any(k.arg in (None, "weights_only") for k in call.keywords)
        ):
            yield f"{runs}; add `weights_only=True`, or load safetensors", file
    elif meaning == "numpy.load" and says(call, "allow_pickle", True):
        yield f"{runs} with `allow_pickle=True`; save arrays without objects", file
    elif meaning == "pandas.read_pickle":
        yield f"{runs}; use Parquet or Feather", argument(call, 0, "filepath_or_buffer", "path")
    elif f"{module}.{name}" in _YAML_UNSAFE or (
        f"{module}.{name}" in _YAML and not _is_safe(argument(call, 1, "Loader"))
    ):
        yield f"{runs}; use `yaml.safe_load`", file
    if says(call, "trust_remote_code", True) and not _is_pinned(call):
        what = "runs whatever code the repository holds on that day"
        how = "leave it out, or add `revision=` with a commit whose code somebody has read"
        yield f"`trust_remote_code=True` {what}; {how}", None


def _is_safe(loader: ast.expr | None) -> bool:
    return loader is not None and dotted_text(loader).rpartition(".")[2] in _LOADERS


def _is_pinned(call: ast.Call) -> bool:
    revision = argument(call, -1, "code_revision", "revision")
    if not isinstance(revision, ast.Constant):
        return revision is not None
    return isinstance(revision.value, str) and re.fullmatch(_COMMIT, revision.value) is not None


def _has_old_torch(context: Context) -> bool:
    """Whether the notebook installs a PyTorch below 2.6."""
    from nb2prod.hygiene.installs import installs

    for cell in context.code_cells:
        if "torch" not in cell.source or "install" not in cell.source:
            continue
        for install in installs(cell):
            for asked in install.asked:
                if asked.name.lower() == "torch" and _is_old(asked.specifier):
                    return True
    return False


def _is_old(specifier: str) -> bool:
    for sign, major, minor, patch in re.findall(_OLD_TORCH, specifier):
        release = (int(major), int(minor))
        if sign == "<":
            if release <= (2, 6) and not patch.strip(".0"):
                return True
        elif release < (2, 6) and (sign != "~=" or patch):
            return True
    return False


def _written(
    context: Context, meanings: Meanings, known: Mapping[str, tuple[Value, ...]]
) -> frozenset[str]:
    """The marks of the files that the notebook writes."""
    found: set[str] = set()
    for cell in context.code_cells:
        if not any(name in cell.source for name in ("dump", "save", "to_pickle")):
            continue
        for call, meaning in meanings.calls(cell):
            name = called_name(call).rpartition(".")[2]
            if name == "dumps":
                found.add("dumps")
                continue
            if name not in _WRITES:
                continue
            position = 1 if meaning == "torch.save" else _WRITES[name]
            file = argument(call, position, "file", "filename", "f", "path", "fp", "stream")
            if file is not None:
                found |= _marks(file, cell, known)
    return frozenset(found)


def _marks(
    file: ast.expr, cell: CheckedCell, known: Mapping[str, tuple[Value, ...]]
) -> frozenset[str]:
    """What a file is known by: its path, as the code writes it and as text, and its own name."""
    if isinstance(file, ast.Name):
        file = _opened(file, cell) or file
    if isinstance(file, ast.Call):
        name = called_name(file).rpartition(".")[2]
        if name == "dumps":
            return frozenset({"dumps"})
        if name == "open" or name in ("GFile", "BytesIO", "Path"):
            of_path = isinstance(file.func, ast.Attribute) and not file.args
            path = file.func.value if of_path and isinstance(file.func, ast.Attribute) else None
            path = path or (file.args[0] if file.args else None)
            return _marks(path, cell, known) if path is not None else frozenset()
    marks = {f"code {ast.unparse(file)}"}
    named = [text.removeprefix("./") for text in texts(file, known)]
    last = _last_text(file)
    if last is not None:
        named.append(last)
    for text in named:
        tail = re.split(r"[/\\]", text)[-1]
        marks |= {f"path {text}"} | ({f"name {tail}"} if re.fullmatch(_TAIL, tail) else set())
    return frozenset(marks)


def _last_text(node: ast.expr) -> str | None:
    """The text that a path ends with: `"/x.pkl"` of `folder + "/x.pkl"`."""
    while True:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.BinOp):
            node = node.right
        elif isinstance(node, ast.JoinedStr) and node.values:
            node = node.values[-1]
        elif isinstance(node, ast.Call) and node.args and called_name(node).endswith("join"):
            node = node.args[-1]
        else:
            return None


def _opened(handle: ast.Name, cell: CheckedCell) -> ast.expr | None:
    """What the handle was opened with: the nearest `with` or assignment above in the cell, or what
    the name was given there.
    """
    best: tuple[int, ast.expr] | None = None
    for node in cell.nodes:
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.With | ast.AsyncWith):
            pairs = [(item.optional_vars, item.context_expr) for item in node.items]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            pairs = [(target, node.value) for target in node.targets]
        for target, value in pairs:
            if not isinstance(target, ast.Name) or target.id != handle.id:
                continue
            if not isinstance(value, ast.Call) or value.lineno > handle.lineno:
                continue
            if called_name(value).rpartition(".")[2] not in ("open", "GFile", "dumps", "join"):
                continue
            if best is None or value.lineno >= best[0]:
                best = (value.lineno, value)
    return best[1] if best else None
