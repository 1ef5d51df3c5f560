"""A small stand-in for `google.colab`, for tests that execute notebooks outside Colab.

Put the directory that holds `google` on PYTHONPATH. `google` itself has no `__init__.py`, so
that other `google.*` packages stay importable. Names and messages follow googlecolab/colabtools;
whatever needs a browser raises instead of waiting for one.
"""

from __future__ import annotations

from importlib import import_module

# As in Colab, `import google.colab` alone gives `google.colab.drive` and its neighbours.
for _name in ("drive", "files", "output", "userdata"):
    import_module(f"{__name__}.{_name}")
