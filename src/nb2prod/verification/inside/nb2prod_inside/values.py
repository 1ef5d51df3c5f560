"""Values described as plain JSON, so that those of two processes can be compared.

A description is a dict with the kind of value under `is`. The limits keep it finite: what lies
beyond them is told by its length, its hash or a sample.
"""

from __future__ import annotations

import base64
import hashlib
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Description = dict[str, Any]

_NODES = 200_000
_DEPTH = 40
_ITEMS = 10_000
_TEXT = 20_000
_ARRAY_BYTES = 16_000_000
_SAMPLE = 100_000

# Values of these modules are the machinery of a process, not what a notebook computes.
_MACHINERY = frozenset(
    "IPython _asyncio _io _socket _ssl _thread asyncio concurrent google http ipykernel ipywidgets"
    " kaggle_secrets logging matplotlib matplotlib_inline mpl_toolkits multiprocessing notebook"
    " queue select selectors seaborn socket sqlite3 subprocess tempfile threading tqdm urllib"
    " urllib3 weakref zipfile".split()
)
_CODE = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
)
_OPAQUE = (
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    types.FrameType,
    types.TracebackType,
    types.CodeType,
)


class Describer:
    """Describes values for one side. `own` is the package whose classes are the notebook's."""

    def __init__(self, own: str = "__main__") -> None:
        self._own = own
        self._left = _NODES
        self._path: dict[int, int] = {}

    def describe(self, value: Any) -> Description:
        """The description of a value; whatever goes wrong, the value's type."""
        self._left = _NODES
        self._path = {}
        return self._guarded(value)

    def _guarded(self, value: Any) -> Description:
        self._left -= 1
        if self._left < 0 or len(self._path) > _DEPTH:
            return {"is": "beyond", "type": self.type_name(type(value))}
        if id(value) in self._path:
            return {"is": "again", "level": self._path[id(value)]}
        self._path[id(value)] = len(self._path)
        try:
            return self._described(value)
        except Exception:  # noqa: BLE001 - a value may do anything when it is looked at
            return {"is": "opaque", "type": self.type_name(type(value))}
        finally:
            self._path.pop(id(value), None)

    def type_name(self, kind: type) -> str:
        """A class's full name; the package's own are those of a notebook's `__main__`."""
        module = str(getattr(kind, "__module__", "") or "")
        name = str(getattr(kind, "__qualname__", kind)).rpartition("<locals>.")[2]
        if self._is_own(module):
            module = "__main__"
        return name if module == "builtins" else f"{module}.{name}"

    def _is_own(self, module: str) -> bool:
        return module in ("__main__", self._own) or module.startswith(f"{self._own}.")

    def _described(self, value: Any) -> Description:
        kind = type(value)
        if value is None or value is Ellipsis or value is NotImplemented:
            return {"is": "plain", "type": str(value), "value": None}
        if kind in (bool, int, float, complex):
            return {"is": "plain", "type": kind.__name__, "value": repr(value)}
        if kind is str:
            return _text(value)
        if kind in (bytes, bytearray):
            return _bytes(kind.__name__, bytes(value))
        if kind in (list, tuple):
            return self._sequence(kind.__name__, value)
        if kind in (set, frozenset):
            items = [self._guarded(item) for item in list(value)[:_ITEMS]]
            return {
                "is": "set",
                "type": kind.__name__,
                "length": len(value),
                "items": sorted(items, key=repr),
            }
        if kind is dict:
            return self._mapping("dict", value)
        code = self._code(value)
        if code is not None:
            return code
        root = str(kind.__module__).partition(".")[0]
        known = self._of_notebooks(value)
        if known is not None:
            return known
        if isinstance(value, _OPAQUE) or root in _MACHINERY:
            return {"is": "opaque", "type": self.type_name(kind)}
        known = self._of_library(value, root)
        return known if known is not None else self._object(value)

    def _code(self, value: Any) -> Description | None:
        """A module, class or function: by its name, and a function's defaults."""
        if isinstance(value, types.ModuleType):
            return {"is": "code", "type": "module", "name": value.__name__}
        if isinstance(value, type):
            return {"is": "code", "type": "class", "name": self.type_name(value)}
        if isinstance(value, _CODE):
            described: Description = {"is": "code", "type": "function", "name": value.__name__}
            module = str(value.__module__)
            if isinstance(value, types.FunctionType) and self._is_own(module):
                defaults = [value.__defaults__, value.__kwdefaults__]
                described["defaults"] = [self._guarded(part) for part in defaults]
            return described
        return None

    def _of_notebooks(self, value: Any) -> Description | None:
        """What IPython has classes of its own for, and the package others."""
        name = self.type_name(type(value))
        if name in ("IPython.utils.text.SList", "__main__.Lines") and isinstance(value, list):
            return self._sequence("list", list(value))
        if name in ("IPython.utils.capture.CapturedIO", "__main__.Captured"):
            texts = [["stdout", _text(value.stdout)], ["stderr", _text(value.stderr)]]
            return {"is": "object", "type": "captured output", "state": texts}
        if name.endswith(".DisplayHandle") or name == "__main__.Handle":
            return {"is": "opaque", "type": "a handle of a display"}
        return None

    # -- containers -------------------------------------------------------------------------------

    def _sequence(self, name: str, value: Any) -> Description:
        numpy = sys.modules.get("numpy")
        kinds = {type(item) for item in value} if len(value) > _ITEMS else set()
        if float in kinds and kinds <= {float, int, bool} and numpy is not None:
            return self._array(numpy.array(value, dtype="float64"), numpy, name)
        items = [self._guarded(item) for item in value[:_ITEMS]]
        described: Description = {"is": "sequence", "type": name, "length": len(value)}
        return {**described, "items": items, **_rest(value, kinds)}

    def _mapping(self, name: str, value: Mapping[Any, Any]) -> Description:
        items: list[list[Any]] = []
        for number, (key, item) in enumerate(value.items()):
            if number >= _ITEMS:
                break
            items.append([self._guarded(key), self._guarded(item)])
        described: Description = {"is": "mapping", "type": name, "length": len(value)}
        kinds: set[type] = set()
        if len(value) > _ITEMS:
            kinds = {type(part) for pair in value.items() for part in pair}
        return {**described, "items": items, **_rest(value, kinds)}

    def _object(self, value: Any) -> Description:
        """An object by its state: its own attributes, or what pickle would keep of it."""
        kind = type(value)
        name = self.type_name(kind)
        if isinstance(value, BaseException):
            return {"is": "object", "type": name, "state": [["args", self._guarded(value.args)]]}
        if callable(value) and not hasattr(value, "__dict__"):
            return {"is": "code", "type": "function", "name": name}
        if kind.__module__ == "__main__" or name.startswith("__main__."):
            return {"is": "object", "type": name, "state": self._state(_attributes(value))}
        reduced = value.__reduce_ex__(2)
        if isinstance(reduced, str):
            named = reduced.rpartition("<locals>.")[2]
            return {"is": "code", "type": name, "name": named}
        state: list[list[Any]] = [["made of", self._guarded(reduced[1])]]
        if len(reduced) > 2 and reduced[2] is not None:
            kept = reduced[2]
            state += (
                self._state(kept) if isinstance(kept, dict) else [["state", self._guarded(kept)]]
            )
        for label, more in zip(("items", "pairs"), reduced[3:5]):
            if more is not None:
                state.append([label, self._guarded(list(_first(more)))])
        return {"is": "object", "type": name, "state": state}

    def _state(self, attributes: Mapping[Any, Any]) -> list[list[Any]]:
        return [[str(name), self._guarded(item)] for name, item in attributes.items()]

    # -- numbers and tables -----------------------------------------------------------------------

    def _of_library(self, value: Any, root: str) -> Description | None:
        numpy = sys.modules.get("numpy")
        name = self.type_name(type(value))
        if numpy is not None and isinstance(value, numpy.generic):
            described = self._array(numpy.asarray(value), numpy, name)
            described["is"] = "scalar"
            return described
        if numpy is not None and isinstance(value, numpy.ma.MaskedArray):
            parts = {"data": value.filled(0), "mask": numpy.ma.getmaskarray(value)}
            return self._columns(name, parts, len(value))
        if numpy is not None and isinstance(value, numpy.ndarray):
            return self._array(value, numpy, name)
        if root == "pandas":
            return self._of_pandas(value, name)
        if root == "polars" and hasattr(value, "to_dict") and hasattr(value, "columns"):
            return self._columns(
                name, {column: value[column].to_list() for column in value.columns}, len(value)
            )
        if root in ("torch", "tensorflow", "jax", "jaxlib", "cupy") and hasattr(value, "shape"):
            return self._array(_as_numpy(value), numpy, name)
        if root == "scipy" and hasattr(value, "tocoo"):
            parts = value.tocoo()
            return self._columns(
                name, {"row": parts.row, "column": parts.col, "data": parts.data}, value.shape[0]
            )
        if root == "PIL" and hasattr(value, "tobytes") and numpy is not None:
            return self._array(numpy.asarray(value), numpy, name)
        return None

    def _of_pandas(self, value: Any, name: str) -> Description | None:
        pandas = sys.modules["pandas"]
        if isinstance(value, pandas.DataFrame):
            columns = {
                f"{number}: {column}": value.iloc[:, number]
                for number, column in enumerate(value.columns)
            }
            described = self._columns(
                name, {k: v.to_numpy() for k, v in columns.items()}, len(value)
            )
            described["index"] = self._of_index(value.index)
            described["names"] = [str(name) for name in value.columns.names]
            return described
        if isinstance(value, pandas.Series):
            described = self._columns(name, {str(value.name): value.to_numpy()}, len(value))
            described["index"] = self._of_index(value.index)
            return described
        if isinstance(value, pandas.Index):
            return self._of_index(value)
        return None

    def _of_index(self, index: Any) -> Description:
        described = self._columns("pandas.Index", {"": index.to_numpy()}, len(index))
        described["names"] = [str(name) for name in index.names]
        return described

    def _columns(self, name: str, columns: Mapping[str, Any], length: int) -> Description:
        return {
            "is": "table",
            "type": name,
            "length": length,
            "columns": [[label, self._guarded(column)] for label, column in columns.items()],
        }

    def _array(self, array: Any, numpy: Any, name: str) -> Description:
        described: Description = {
            "is": "array",
            "type": name,
            "dtype": str(array.dtype),
            "shape": list(array.shape),
        }
        if array.dtype.names:
            described["items"] = [self._guarded(array[field]) for field in array.dtype.names]
            return described
        if array.dtype.kind == "O":
            values = array.ravel().tolist()
            described["items"] = [self._guarded(item) for item in values[:_ITEMS]]
            kinds = {type(item) for item in values} if len(values) > _ITEMS else set()
            return {**described, **_rest(values, kinds)}
        if array.dtype.kind not in "biufcMmSU":
            described["items"] = [self._guarded(array.tolist())]
            return described
        flat = numpy.ascontiguousarray(array).ravel()
        if flat.nbytes > _ARRAY_BYTES:
            described["sha256"] = hashlib.sha256(flat.view(numpy.uint8)).hexdigest()
            flat = flat[:: max(1, flat.size // _SAMPLE)]
            described["sample"] = int(flat.size)
        if flat.dtype.kind in "Mm":
            described["unit"], flat = flat.dtype.str[3:], flat.view("i8")
        little = flat.astype(flat.dtype.newbyteorder("<"), copy=False)
        described["code"] = little.dtype.str
        described["data"] = base64.b64encode(little.tobytes()).decode("ascii")
        return described


def _rest(value: Any, kinds: set[type]) -> Description:
    """What speaks for the elements beyond those that are described: a hash, where what is printed
    of them says it all; nothing where there are none. `kinds` are their types.
    """
    if not kinds:
        return {}
    if not kinds <= {str, int, bool, type(None)}:
        return {"cut": True}
    return {"sha256": hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()}


def _text(value: str) -> Description:
    described: Description = {"is": "plain", "type": "str", "value": value}
    if len(value) > _TEXT:
        described["value"] = value[:_TEXT]
        encoded = value.encode("utf-8", "surrogatepass")
        described.update(length=len(value), sha256=hashlib.sha256(encoded).hexdigest())
    return described


def _bytes(name: str, value: bytes) -> Description:
    return {
        "is": "plain",
        "type": name,
        "value": repr(value[:200]),
        "length": len(value),
        "sha256": hashlib.sha256(value).hexdigest(),
    }


def _attributes(value: Any) -> dict[str, Any]:
    """An object's own attributes: those of its dict and of its slots."""
    found: dict[str, Any] = {}
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    found.update(getattr(value, "__dict__", {}))
    if isinstance(value, (list, tuple, set, frozenset, dict, str, int, float)):
        base = next(k for k in type(value).__mro__ if k.__module__ == "builtins")
        found["value"] = base(value)
    return found


def _first(items: Iterable[Any]) -> Iterable[Any]:
    for number, item in enumerate(items):
        if number >= _ITEMS:
            return
        yield item


def _as_numpy(value: Any) -> Any:
    for step in ("detach", "cpu"):
        method: Callable[[], Any] | None = getattr(value, step, None)
        if callable(method):
            value = method()
    import numpy

    if str(getattr(value, "dtype", "")).endswith("bfloat16") and hasattr(value, "float"):
        value = value.float()
    return numpy.asarray(value.numpy() if hasattr(value, "numpy") else value)
