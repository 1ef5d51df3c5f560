"""What shell commands fetch: wget, curl, aria2c, gdown, and the tools of Kaggle and Hugging Face.

Source of the options: the manual of each program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nb2prod.analysis.addresses import is_address, is_google_drive, last_part
from nb2prod.analysis.arguments import arguments
from nb2prod.analysis.facts import Clone, Fetched, FetchKind
from nb2prod.analysis.known_values import Known
from nb2prod.analysis.shell import ShellCommand, without_redirections
from nb2prod.location import Location


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of a program that take a value, and which of them say what matters here."""

    long: frozenset[str]
    short: str
    file: tuple[str, ...] = ()
    directory: tuple[str, ...] = ()


def _options(
    long: str, short: str, file: tuple[str, ...] = (), directory: tuple[str, ...] = ()
) -> _Options:
    return _Options(frozenset(f"--{name}" for name in long.split()), short, file, directory)


_PROGRAMS = {
    "wget": _options(
        "output-document directory-prefix header user-agent tries timeout wait limit-rate quota"
        " user password http-user http-password input-file output-file append-output accept reject"
        " level load-cookies save-cookies post-data post-file referer cut-dirs progress waitretry"
        " read-timeout dns-timeout connect-timeout domains include-directories base method",
        "OPitTweaoUQlARDIXB",
        ("-O", "--output-document"),
        ("-P", "--directory-prefix"),
    ),
    "curl": _options(
        "output output-dir header data data-raw data-binary request user user-agent cookie"
        " cookie-jar form max-time retry retry-delay range continue-at proxy referer upload-file"
        " connect-timeout url cacert cert key write-out config",
        "oHdXuAebcFmwTrxKEC",
        ("-o", "--output"),
        ("--output-dir",),
    ),
    "aria2c": _options(
        "dir out split max-connection-per-server min-split-size max-concurrent-downloads"
        " input-file log header user-agent checksum max-tries timeout console-log-level"
        " summary-interval file-allocation load-cookies referer",
        "xskdojlimtU",
        ("-o", "--out"),
        ("-d", "--dir"),
    ),
    "gdown": _options("output id format proxy speed", "O", ("-O", "--output")),
    "kaggle": _options("dataset competition file path file-name", "dcfp", (), ("-p", "--path")),
    "hf": _options(
        "repo-type revision include exclude cache-dir local-dir local-dir-use-symlinks token"
        " max-workers",
        "",
        (),
        ("--local-dir",),
    ),
}
_NAMES = {"huggingface-cli": "hf"}
# What is sent with these is a question to a service, and its answer no file that lies somewhere.
_SENDING = {
    "curl": frozenset(
        "-d --data --data-raw --data-binary -F --form -T --upload-file -X --request".split()
    ),
    "wget": frozenset({"--post-data", "--post-file", "--method"}),
}
# A script or a key that goes straight into one of these is a program's installation.
_INSTALLING = frozenset({"sh", "bash", "zsh", "python", "python3", "gpg", "apt-key", "tee"})
_VARIABLE = re.compile(r"\{(\w+)\}|\$\{?(\w+)\}?")
_HUGGING_FACE = re.compile(
    r"https://(?:[^/@]*@)?(?:huggingface\.co|hf\.co)/(?:(datasets|spaces)/)?([\w.-]+/[\w.-]+?)"
    r"(?:\.git)?/?"
)
_HUB_KINDS: dict[str, FetchKind] = {
    "dataset": "hugging-face-dataset",
    "space": "hugging-face-space",
    "datasets": "hugging-face-dataset",
    "spaces": "hugging-face-space",
}
_KAGGLE: tuple[tuple[tuple[str, ...], FetchKind], ...] = (
    (("datasets", "download"), "kaggle-dataset"),
    (("competitions", "download"), "kaggle-competition"),
    (("models", "instances", "versions", "download"), "kaggle-model"),
    (("kernels", "output"), "kaggle-kernel"),
)


def commands_that_fetch(
    commands: Sequence[tuple[ShellCommand, Location]], known: Known
) -> Iterator[tuple[Fetched, Location]]:
    """What the commands of shell lines fetch, with the place of each.

    `known` are the values of the notebook's names, which a line may use as `{name}` and `$name`.
    """
    for index, (command, place) in enumerate(commands):
        following = commands[index + 1][0] if index + 1 < len(commands) else None
        piped = following is not None and following.separator == "|"
        if not (piped and following is not None and following.program in _INSTALLING):
            for found in words_that_fetch(command.words, place.cell, known):
                yield found, place


def words_that_fetch(words: Sequence[str], cell: int, known: Known) -> Iterator[Fetched]:
    """What one command fetches, by its words."""
    if not words:
        return
    program = words[0].rpartition("/")[2]
    program = _NAMES.get(program, program)
    options = _PROGRAMS.get(program)
    if options is None:
        return
    redirected = next((word for sign, word in pairwise(words) if sign == ">"), None)
    plain: list[str] = []
    given: dict[str, str] = {}
    for option, value in arguments(
        [_expanded(word, known) for word in without_redirections(words[1:])],
        options.long,
        options.short,
    ):
        if option:
            given[option] = value
        else:
            plain.append(value)
    if program == "kaggle":
        yield from _kaggle(plain, given, cell)
    elif program == "hf":
        yield from _hugging_face(plain, given, cell)
    elif program == "gdown":
        yield from _gdown(plain, given, cell)
    elif not _SENDING.get(program, frozenset()) & given.keys():
        yield from _addresses(program, plain, given, cell, redirected)


def clones_that_fetch(
    clones: Iterable[Clone], commands: Iterable[tuple[ShellCommand, Location]]
) -> Iterator[tuple[Fetched, Location]]:
    """Repositories of the Hugging Face Hub that are cloned, and those whose large files are pulled
    with `git lfs`, which belongs to the clone before it.
    """
    clones = tuple(clones)
    hub: set[Clone] = set()
    for clone in clones:
        match = _HUGGING_FACE.fullmatch(clone.url)
        if match:
            hub.add(clone)
            kind = _HUB_KINDS.get(match[1] or "", "hugging-face-model")
            found = Fetched(kind, match[2], clone.revision, None, None, (clone.location.cell,))
            yield found, clone.location
    for command, place in commands:
        if command.words[:2] == ("git", "lfs") and {"pull", "fetch", "clone"} & {*command.words}:
            before = [clone for clone in clones if clone.location <= place]
            if before and before[-1] not in hub and is_address(before[-1].url):
                last = before[-1]
                found = Fetched("git-lfs", last.url, last.revision, None, None, (place.cell,))
                yield found, place


def made_by_commands(commands: Iterable[tuple[ShellCommand, Location]]) -> Iterator[str]:
    """Directories that commands make: a model of such a name is the notebook's own."""
    for command, _ in commands:
        words = command.words
        if words[:1] == ("mkdir",):
            yield from (word for word in words[1:] if not word.startswith("-"))
        elif words[:2] == ("git", "clone") or words[:3] == ("git", "lfs", "clone"):
            yield last_part(words[-1]).removesuffix(".git")


def _expanded(word: str, known: Known) -> str:
    """The word with the values of the names in it, where each has one."""

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1] or match[2], ())
        return str(found[0]) if len(found) == 1 and isinstance(found[0], str | int) else match[0]

    return _VARIABLE.sub(value, word)


def _is_open(word: str) -> bool:
    """Whether only the run knows a part of the word."""
    return re.search(r"[{}$`*]", word) is not None


def _value(given: dict[str, str], names: tuple[str, ...]) -> str | None:
    found = next((given[name] for name in names if given.get(name)), None)
    return None if found is None or _is_open(found) else found


def _addresses(
    program: str, plain: list[str], given: dict[str, str], cell: int, redirected: str | None
) -> Iterator[Fetched]:
    checksum = given.get("--checksum", "").replace("sha-", "sha").replace("=", ":") or None
    for address in [*plain, *filter(None, [given.get("--url")])]:
        if not _is_open(address) and is_address(address):
            path = _put(program, address, given, redirected)
            if path != "/dev/null":
                yield Fetched("url", address, None, checksum, path, (cell,))


def _put(program: str, address: str, given: dict[str, str], redirected: str | None) -> str | None:
    """Where a program puts what it fetches; None for nowhere and where only the run knows."""
    options = _PROGRAMS[program]
    file, directory = _value(given, options.file), _value(given, options.directory)
    if file == "-" or (
        program == "curl" and not {*options.file, "-O", "--remote-name"} & given.keys()
    ):
        return None if redirected is None or _is_open(redirected) else redirected
    named = any(option in given for option in options.file)
    name = file if named else last_part(address)
    alone = name is None or name.startswith("/") or (program == "wget" and file is not None)
    if alone or not any(option in given for option in options.directory):
        return name
    return None if directory is None else _below(directory, name or "")


def _below(directory: str, name: str) -> str:
    return name if directory in (".", "./") else f"{directory.rstrip('/')}/{name}"


def _gdown(plain: list[str], given: dict[str, str], cell: int) -> Iterator[Fetched]:
    for source in dict.fromkeys([*plain, *filter(None, [given.get("--id")])]):
        if not _is_open(source):
            address = "://" in source
            kind: FetchKind = "url" if address and not is_google_drive(source) else "google-drive"
            path = _value(given, ("-O", "--output"))
            yield Fetched(kind, source, None, None, path, (cell,))


def _kaggle(plain: list[str], given: dict[str, str], cell: int) -> Iterator[Fetched]:
    for action, kind in _KAGGLE:
        if tuple(plain[: len(action)]) == action:
            named = _value(given, ("-d", "--dataset", "-c", "--competition"))
            source = named or next(iter(plain[len(action) :]), None)
            if source is not None and not _is_open(source):
                directory = _value(given, ("-p", "--path"))
                yield Fetched(kind, source, None, None, directory, (cell,))


def _hugging_face(plain: list[str], given: dict[str, str], cell: int) -> Iterator[Fetched]:
    if plain[:1] != ["download"] or len(plain) < 2 or _is_open(plain[1]):
        return
    kind = _HUB_KINDS.get(given.get("--repo-type", ""), "hugging-face-model")
    directory, files = _value(given, ("--local-dir",)), plain[2:]
    path = "/".join(filter(None, [directory, files[0] if len(files) == 1 else None])) or None
    revision = _value(given, ("--revision",))
    yield Fetched(kind, plain[1], revision, None, path, (cell,))
