"""A stand-in for `google.colab`, for notebooks that run outside Colab.

`google` itself has no `__init__.py`, so that other `google.*` packages stay importable. Names and
messages follow googlecolab/colabtools; whatever needs a browser raises instead of waiting for one.
"""

from __future__ import annotations

from importlib import import_module

# As in Colab, `import google.colab` alone gives `google.colab.drive` and its neighbours.
for _name in ("auth", "data_table", "drive", "files", "output", "runtime", "userdata"):
    import_module(f"{__name__}.{_name}")
