"""`python -m nb2prod`: the same as the `nb2prod` command."""

from __future__ import annotations

import sys

from nb2prod.cli import main

if __name__ == "__main__":
    sys.exit(main())
