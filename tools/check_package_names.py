"""Check `system_package_names.tsv` against what a release really has, by asking apt.

    python tools/check_package_names.py RELEASE [APT_CONF]

apt answers for the machine that this runs on, or for another release by a configuration
(`APT_CONFIG`) with its own `Dir` and sources, after `apt-get update`. Each line that is printed is
a name to look at: one that the release cannot install, or, with a question mark, one that it has
although the table says that it does not. Exit code 1 where there is one that cannot be installed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import get_args

from nb2prod.data.package_names import Release, name_in, names


def installable(wanted: Iterable[str], environment: Mapping[str, str] | None = None) -> set[str]:
    """Those of the names that apt-get installs: packages, and what one package alone provides.

    Raises CalledProcessError where apt-cache cannot answer.
    """
    asked = sorted(set(wanted))
    answer = subprocess.run(
        ["apt-cache", "showpkg", *asked],
        capture_output=True,
        text=True,
        check=True,
        env=dict(environment if environment is not None else os.environ),
    )
    found = set()
    for paragraph in re.split(r"^Package: ", answer.stdout, flags=re.M)[1:]:
        name = paragraph.partition("\n")[0].strip()
        versions = paragraph.partition("Versions: \n")[2].partition("Reverse Depends:")[0].strip()
        reverse = paragraph.partition("Reverse Provides: \n")[2]
        providers = {line.split(" ")[0] for line in reverse.splitlines() if line.strip()}
        if versions or len(providers) == 1:
            found.add(name)
    return found


def main(release: Release, configuration: str | None) -> int:
    """Print what does not agree; the exit code says whether something cannot be installed."""
    environment = dict(os.environ)
    if configuration is not None:
        environment["APT_CONFIG"] = configuration
    called = {name: name_in(release, name) for name in names()}
    there = installable({*called, *filter(None, called.values())}, environment)
    wrong = [f"{name}: no {now}" for name, now in called.items() if now and now not in there]
    doubts = [f"{name}?" for name, now in called.items() if now is None and name in there]
    for line in (*wrong, *doubts):
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in get_args(Release):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else None))  # type: ignore[arg-type]
