"""What the dotted names in a notebook's code mean, through its imports and their aliases."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nb2prod.analysis.names import dotted_text
from nb2prod.notebook.trees import walk


class DottedImports:
    """The names that a notebook imports, as they are in the cell that is being read."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self._names: dict[str, str] = {}
        self._stars: tuple[str, ...] = ()
        # A function may stand before the import of what it uses; the first import counts then.
        for tree in trees:
            for name, meaning in self._imported(tree).items():
                self._names.setdefault(name, meaning)

    def read(self, tree: ast.Module) -> None:
        """Go on to a cell: what it imports counts from here on."""
        self._names |= self._imported(tree)

    def meanings(self, called: ast.expr) -> tuple[str, ...]:
        """The full dotted names that an expression can mean.

        `?.name` for an attribute of something that is no module or of nothing that is known.
        """
        written = dotted_text(called)
        if not written:
            return (f"?.{called.attr}",) if isinstance(called, ast.Attribute) else ()
        root, dot, rest = written.partition(".")
        if root in self._names:
            return (f"{self._names[root]}{dot}{rest}",)
        return (*(f"{module}.{written}" for module in self._stars), f"?.{written}")

    def _imported(self, tree: ast.Module) -> dict[str, str]:
        names: dict[str, str] = {}
        given: list[ast.Assign] = []
        for node in walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    root = alias.name.partition(".")[0]
                    names[alias.asname or root] = alias.name if alias.asname else root
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    if alias.name != "*":
                        names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                    elif node.module not in self._stars:
                        self._stars += (node.module,)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
                given.append(node)
        for node in given:  # mnist = tf.keras.datasets.mnist
            root, _, rest = dotted_text(node.value).partition(".")
            known = names.get(root) or self._names.get(root)
            if known and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                names[node.targets[0].id] = f"{known}.{rest}"
        return names
