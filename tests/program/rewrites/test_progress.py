"""tqdm's bars for a notebook's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("from tqdm.notebook import tqdm", "from tqdm.auto import tqdm"),
        ("from tqdm.notebook import tqdm as bar, trange", "from tqdm.auto import tqdm as bar, trange"),
        ("from tqdm import tqdm_notebook", "from tqdm.auto import tqdm as tqdm_notebook"),
        ("from tqdm import tqdm_notebook as tqdm, tnrange", "from tqdm.auto import tqdm, trange as tnrange"),
        ("import tqdm.notebook as tq", "import tqdm.auto as tq"),
        ("from tqdm import tqdm", "from tqdm import tqdm"),
        ("from tqdm import tqdm, tqdm_notebook", "from tqdm import tqdm, tqdm_notebook"),
        ("from tqdm.notebook import *", "from tqdm.notebook import *"),
        ("import tqdm.notebook", "import tqdm.notebook"),
        ("from tqdm.auto import tqdm", "from tqdm.auto import tqdm"),
    ],
)  # fmt: skip
def test_imports(module_of: Callable[..., str], cell: str, line: str) -> None:
    assert line in [part.strip() for part in module_of(cell).splitlines()]
