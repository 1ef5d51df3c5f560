"""What `nb2prod convert` leaves to a person, and which rule of `check` finds it before.

The conversion decides more than a check looks at: versions, images and machines are matters of its
own, and what a file beside the notebook says is not the notebook's. Those reasons have no rule.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Row(NamedTuple):
    """A pattern of reasons and the rules of which one finds the same; without any, `why` not."""

    pattern: str
    codes: tuple[str, ...]
    why: str = ""


_IMAGE = "the image and its machine are the conversion's own choice"
_VERSIONS = "versions are chosen by the conversion"
_INDEX = "where a package comes from is no fault of the notebook"
_LOCAL = "the file may be there where the notebook lies"
_NAMES = "what can be named for a module is for the conversion to know"
_SESSION = "a magic that IPython has, and a program has not"
_SECRETS = "names of secrets matter to the job alone"
_ASKS_FIRST = "but where the code asks first whether the platform is there"
_OWN = "a limit of the conversion, not of the notebook"

# A reason may hold several problems: all rows that match count. A more exact row stands first and
# hides the words it matches from those below.
TABLE: tuple[Row, ...] = (
    # Code
    Row(r"^the cell does not run: it is Python 2$", ("NB108", "NB107")),
    Row(r"^the cell does not run: ", ("NB107",)),
    Row(r"^the code behind the magic does not run: ", (), "only whole cells are parsed by a check"),
    # A cell that does not parse may be meant to define the name; then that is what is found.
    Row(r" (?:is|are) defined nowhere in the notebook", ("NB208", "NB207", "NB107", "NB108")),
    Row(r"^a kernel of Python 2 ran the notebook", (), "what its metadata say runs in Python 3"),
    Row(r"^its grammar is newer than this version", (), _OWN),
    Row(r"^its code is nested too deeply", (), _OWN),
    Row(r"^the cell's source is no text|^the cell is of no known kind", ("NB101",)),
    Row(
        r"^the notebook's own run failed here", ("NB204",), "but where a tag says that it is meant"
    ),
    # Installs
    Row(r"@[0-9a-f]{7,39}(?:#\S*)? names no commit", (), "an abbreviated hash is enough for pip"),
    Row(r" names no commit; pin one", ("NB302",)),
    Row(r"(?:#\S*(?:sha\d+|md5)=|[/-][0-9a-f]{40})\S* is a direct download", (), _OWN),
    Row(r" is a direct download, which is not pinned", ("NB302",)),
    Row(r"\bdpkg\b.* installs the local file ", ("NB304",)),
    Row(r" has a password in its address", (), "nothing tells such a password from a user's name"),
    Row(r"takes packages from another index", (), _INDEX),
    Row(r" is asked for over SSH, and an image has no key", (), _INDEX),
    Row(r"installs the local (?:file|project) ", (), _LOCAL),
    Row(r"leaves out the dependencies of what it installs", (), "what is installed is pinned"),
    Row(r"reads requirements from .+ not part of the notebook", (), _LOCAL),
    Row(r" is only known when the notebook runs", (), "a variable may hold a pinned requirement"),
    Row(r" is not a requirement that pip understands", (), "pip itself says so"),
    Row(r" is not in a repository of git", (), "a commit can be named in other repositories too"),
    Row(r" which no archive has by that name", ("NB304",)),
    Row(r"adds a package archive, which the image does not have", ("NB304",)),
    Row(r"makes a conda environment of its own", ("NB304",)),
    Row(r"installs Python itself ", ("NB304",)),
    Row(r" is not the name of a system package$", ("NB304",)),
    Row(r", which the image starts from, has no package ", (), _IMAGE),
    Row(r" asks apt to take a package away", (), _IMAGE),
    Row(r" is a GPU driver, which belongs to the host$", ("NB304",)),
    Row(r": what it prints is used, and the image has no tool for packages", (), _IMAGE),
    Row(r", which may be other code tomorrow: add `git checkout`", (), "a clone installs nothing"),
    # Where packages come from, and their versions
    Row(r"^no distribution can be named for the module ", (), _NAMES),
    Row(r"^the module .+ comes from no distribution that is known", (), _NAMES),
    Row(r"^the module .+ may come from a repository", (), _NAMES),
    Row(r"^the distribution .+ is in no table", (), _NAMES),
    Row(r" hold the same module ", (), "pip lets either be installed"),
    Row(r"^no version of .+ is known without an index; pin one$", (), _VERSIONS),
    Row(r"^the notebook ran .*, and no image of before ", (), _VERSIONS),
    Row(r"; say when with --as-of$", (), _VERSIONS),
    Row(r", after the end of Python .+ pin one of that Python's time$", (), _VERSIONS),
    Row(r" and may not run with torch ", (), _VERSIONS),
    Row(r" has no wheel for Python | may have no wheel for Python ", (), _VERSIONS),
    Row(r" cannot be installed(?: together: |: | with the rest$)", (), _VERSIONS),
    Row(r"^the lock is not complete: ", (), _VERSIONS),
    Row(r"^no package index answered for ", (), _VERSIONS),
    Row(r"^the package index does not say when its files came", (), _INDEX),
    Row(r"^uv could not write uv.lock", (), _VERSIONS),
    Row(r"^no image can get Python |^the notebook ran on Python ", (), _IMAGE),
    Row(r"^the base image is not pinned to a digest", (), _IMAGE),
    # Machines and CUDA
    Row(r"^the notebook ran on a TPU", (), _IMAGE),
    Row(r"^the notebook uses a GPU |^the notebook had a |^no machine is known to have", (), _IMAGE),
    Row(r" brings JAX along, which stays on the CPU| computes on the CPU: ", (), _IMAGE),
    Row(r"^no table knows which CUDA there is in| is no build that is known of;", (), _IMAGE),
    Row(r"CUDA|cuDNN| has no code for | does not know |driver| Choose (?:--|\S+==)", (), _IMAGE),
    # Places and people
    Row(r"^a path of another machine, which the job does not have$", ("NB502",)),
    Row(r"^counts on how long the platform's path is", ("NB502",)),
    Row(r" is outside of the directory that the program runs in", (), _LOCAL),
    Row(r"^asks a server on its own machine", (), "it may run where the notebook does"),
    Row(r"^cuts a path where Windows would", (), "a path of Windows is found where one is written"),
    Row(r"^waits for a person to use a widget", ("NB503",)),
    Row(r"^waits for somebody to debug", ("NB503",)),
    Row(r"^a person signed in to Google here", ("NB503",)),
    Row(r"^serves until somebody stops it", (), "a notebook may well be a demonstration"),
    # Secrets
    Row(r" was pasted here and is read from ", ("NB401", "NB403")),
    Row(r" was pasted in this cell's text or output and was taken out", ("NB401", "NB402")),
    Row(r"^the name of the secret is known only when the program runs$", (), _SECRETS),
    Row(r"^no environment variable can have the name of the secret", (), _SECRETS),
    Row(r"^the image itself sets a variable of the secret's name", (), _SECRETS),
    Row(r"^no secret on Gradient can be called ", (), _SECRETS),
    # What a platform or a session alone has
    Row(r" has no counterpart outside the platform$", ("NB501",), _ASKS_FIRST),
    Row(r" is used as a value, which does not exist here$", ("NB501",), _ASKS_FIRST),
    Row(r"^a text names the platform's module", (), "what a text is used for is not known"),
    Row(r"^IPython's own interface has no counterpart", (), _SESSION),
    Row(r"^%{1,2}\S+ is a magic that has no counterpart outside the notebook$", (), _SESSION),
    Row(r" goes to a directory that only a session's history knows$", (), _SESSION),
    Row(r"^%store ", (), _SESSION),
    Row(r"^%env .* names no variable$", (), _SESSION),
    Row(r"^%{1,2}\S+ measures, and what| runs code that changes things, ", (), _SESSION),
    Row(r" keeps the running script for later cells$", (), _SESSION),
    Row(r" names no (?:program|file)$", (), _SESSION),
    Row(r" runs (?:a file that|another file|another notebook)", (), _SESSION),
    # Files beside the notebook
    Row(r" lies beside the notebook and ", (), _LOCAL),
    Row(r"^\S.*, copied from beside the notebook: ", (), _LOCAL),
    Row(r"^\S.* beside the notebook: ", (), _LOCAL),
)
_PATTERNS = tuple((re.compile(row.pattern, re.DOTALL), row) for row in TABLE)


def rows_of(reason: str) -> tuple[Row, ...]:
    """The rows that say which rules a reason has; none for one that the table does not know."""
    found: list[Row] = []
    rest = reason
    for pattern, row in _PATTERNS:
        if pattern.search(rest):
            found.append(row)
            rest = pattern.sub(" ", rest)
    return tuple(found)
