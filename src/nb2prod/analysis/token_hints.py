"""Whether a text may hold a secret at all: what most texts are asked, and answer with no.

It never says no where `nb2prod.analysis.tokens.find_tokens` finds something, and costs a small part
of it: a secret has a long word that is no ordinary one, and beside or in it a word that its
provider writes. Passwords in addresses and variables with a secret's name are looked for by theirs.
"""

from __future__ import annotations

import re

# The characters of keys and tokens; all others stand between words.
_CHARS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=-"
_BLANKED = bytes(byte if byte in _CHARS else 0x20 for byte in range(256))
_MARKED = bytes(0x78 if byte in _CHARS else 0x20 for byte in range(256))
# The shortest secret without a variable's name, but for what `_ANYWHERE` tells of.
_LENGTH = 20
_RUN = b"x" * _LENGTH
# What providers write into their keys.
_WITHIN = (
    *(b"sk-", b"hf_", b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_", b"glpat-"),
    *(b"AKIA", b"ASIA", b"AIza", b"GOCSPX-", b"KGAT_", b"r8_", b"k_live_", b"AA", b"npm_"),
    *(b"pypi-AgE", b"pcsk_", b"gsk_", b"xai-", b"pplx-", b"tvly-", b"lsv2_", b"dapi"),
)
# What stands beside a key that is nothing but characters, in lower case.
_BESIDE = ("secret", "username", "kaggle_key", "accountkey=", "wandb", "slack", "sg.")
# A password in an address.
_PASSWORD = re.compile(r"://[^\s/@:]+:[^\s/@]+@")
# What shorter secrets are told by, and those of several words.
_ANYWHERE = ("xox", "eyJ", "KEY-----")
# What a full stop ends; before it may stand a sign, as in `TOKEN=`.
_DISCORD = re.compile(rb"(?:^|[+/=-])[MNO][A-Za-z0-9]{23,25}$")
# The names of variables that hold secrets, in lower case.
NAMES = ("api_key", "apikey", "secret", "_token", "accesstoken", "authtoken", "passw")
# The same in a shell's line, where more is in capitals.
_SHELL_NAME = "TOKEN"


def may_hold_tokens(text: str, *, names: bool = False) -> bool:
    """Whether `find_tokens` may find anything in the text, asked in the same way."""
    if any(word in text for word in _ANYWHERE):
        return True
    if "://" in text and "@" in text and _PASSWORD.search(text) is not None:
        return True
    if names and may_name_secrets(text):
        return True
    written = text.encode("ascii", "replace")
    if _RUN not in written.translate(_MARKED):
        return False
    words = [
        word
        for word in set(written.translate(_BLANKED).split())
        if len(word) >= _LENGTH and _is_odd(word)
    ]
    if not words:
        return False
    odd = b" ".join(words)
    if any(word in odd for word in _WITHIN):
        return True
    lowered = text.lower()
    return any(word in lowered for word in _BESIDE) or _looks_like_discord(words)


def may_name_secrets(text: str) -> bool:
    """Whether a variable in the text may have a secret's name."""
    lowered = text.lower()
    return any(word in lowered for word in NAMES) or _SHELL_NAME in text


def _is_odd(word: bytes) -> bool:
    """Whether a long word is neither a number, a line of signs, nor a name in lower case."""
    kept = word.translate(None, b"_+/=-")
    return bool(kept) and not kept.isdigit() and not (kept.isalpha() and kept.islower())


def _looks_like_discord(words: list[bytes]) -> bool:
    """Whether a word begins as Discord's tokens do, which say no word of their own."""
    return any(_DISCORD.search(word) is not None for word in words)
