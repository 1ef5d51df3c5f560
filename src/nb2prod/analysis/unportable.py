"""What in a file of Python works on a notebook's platform alone, and what asks for a look."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.names import bound_names, dotted_text
from nb2prod.analysis.paths import PathRoots
from nb2prod.analysis.platform_api import PLATFORM_MODULES

_PLATFORM = (*PLATFORM_MODULES, "get_ipython")
# A path below somebody's home, as texts begin with; Colab's root and Jupyter's own users are not
# somebody's.
FOREIGN_PATH = re.compile(
    r"/Users/[^/\s]+/|/home/(?!jovyan/|jupyter/|ec2-user/|app/|user/|sagemaker)[^/\s{}]+/"
    r"|[A-Za-z]:[\\/](?:Users|Documents)[\\/]|[A-Za-z]:\\\w"
    # what is mounted into other machines, and SageMaker's own containers
    r"|/(?:mnt|opt/ml|workspace)/\w"
    # Colab's own sample data
    r"|(?:/content/|\./)?sample_data/"
)


def platform_uses(tree: ast.Module, roots: PathRoots) -> Iterator[tuple[int, str]]:
    """The lines that use a platform's API or paths, or what a notebook alone has, and what each
    uses, in words; a line once.
    """
    documentation = _docstrings(tree)
    shows = "display" not in set(bound_names(tree)) and not _imports_all_of_display(tree)
    found: dict[int, str] = {}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 1)
        if id(node) in documentation:
            continue
        for text in _written(node):
            module = next((module for module in _PLATFORM if module in text), None)
            if module is not None:
                found.setdefault(line, f"{module}, which exists on the platform alone")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            path = next(roots.find(node.value), None)
            if path is not None:
                found.setdefault(line, f"{path.root.prefix}, a place of the platform")
        elif shows and isinstance(node, ast.Call) and dotted_text(node.func) == "display":
            reason = (
                "display, which a notebook alone has without `from IPython.display import display`"
            )
            found.setdefault(line, reason)
    yield from sorted(found.items())


def looks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The lines of a file that may not find what they look for elsewhere, with the reason."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if FOREIGN_PATH.match(node.value):
                yield line, "names a path of another machine, which the job does not have"
        elif isinstance(node, ast.Name) and node.id == "__file__":
            yield line, "looks for files where it lies itself; only Python files are copied there"


def _written(node: ast.AST) -> Iterator[str]:
    """The names, modules and texts that a node itself writes."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(attr=name):
            yield dotted_text(node) or name
        case ast.Import(names=aliases):
            yield from (alias.name for alias in aliases)
        case ast.ImportFrom(module=module, names=aliases):
            yield from (f"{module or ''}.{alias.name}" for alias in aliases)
        case ast.Constant(value=str(text)):
            yield text
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name) | ast.keyword(arg=str(name)):
            yield name


def _imports_all_of_display(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").rpartition(".")[2] == "display"
        and any(alias.name == "*" for alias in node.names)
        for node in ast.walk(tree)
    )


def _docstrings(tree: ast.Module) -> set[int]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, owners)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
