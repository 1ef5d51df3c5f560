"""Tokens of every provider's form, made when they are asked for: none stands in a file."""

from __future__ import annotations

import random
import string

_WORD = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + string.digits
# The pieces of each form: a text, or an alphabet with a length.
_FORMS: dict[str, list[str | tuple[str, int]]] = {
    "ANTHROPIC_API_KEY": ["sk", "-ant-", ("_WORD", 40)],
    "OPENROUTER_API_KEY": ["sk", "-or-v1-", ("_HEX", 64)],
    "OPENAI_API_KEY": ["sk", "-proj-", ("_WORD", 60)],
    "HF_TOKEN": ["hf", "_", ("_WORD", 34)],
    "GITHUB_TOKEN": ["gh", "p_", ("_WORD", 36)],
    "GITLAB_TOKEN": ["glp", "at-", ("_WORD", 20)],
    "AWS_ACCESS_KEY_ID": ["AK", "IA", ("_UPPER", 16)],
    "GOOGLE_API_KEY": ["AI", "za", ("_WORD", 35)],
    "GOOGLE_CLIENT_SECRET": ["GOC", "SPX-", ("_WORD", 28)],
    "SLACK_BOT_TOKEN": ["xo", "xb-", ("_WORD", 40)],
    "KAGGLE_API_TOKEN": ["KG", "AT_", ("_HEX", 32)],
    "REPLICATE_API_TOKEN": ["r", "8_", ("_WORD", 37)],
    "STRIPE_API_KEY": ["sk", "_live_", ("_WORD", 24)],
    "SENDGRID_API_KEY": ["S", "G.", ("_WORD", 22), ".", ("_WORD", 43)],
    "TELEGRAM_BOT_TOKEN": [("_DIGITS", 9), ":A", "A", ("_WORD", 33)],
    "NPM_TOKEN": ["np", "m_", ("_WORD", 36)],
    "PINECONE_API_KEY": ["pc", "sk_", ("_WORD", 50)],
    "GROQ_API_KEY": ["gs", "k_", ("_WORD", 52)],
    "DATABRICKS_TOKEN": ["da", "pi", ("_HEX", 32)],
    "LANGSMITH_API_KEY": ["ls", "v2_pt_", ("_HEX", 32), "_", ("_HEX", 10)],
    "ACCESS_TOKEN": ["ey", "J", ("_WORD", 20), ".ey", "J", ("_WORD", 40), ".", ("_WORD", 43)],
}
VARIABLES = sorted(_FORMS)
_ALPHABETS = {"_WORD": _WORD, "_HEX": _HEX, "_UPPER": _UPPER, "_DIGITS": string.digits}


def token_of(variable: str, seed: int = 0) -> str:
    """A token that its provider's variable would hold; another one for each seed."""
    chance = random.Random(f"{variable} {seed}")
    return "".join(
        piece
        if isinstance(piece, str)
        else "".join(chance.choices(_ALPHABETS[piece[0]], k=piece[1]))
        for piece in _FORMS[variable]
    )


def text_of(alphabet: str, length: int, seed: int = 0) -> str:
    """A random text for the forms that only their surroundings give away."""
    return "".join(random.Random(f"{alphabet} {seed}").choices(alphabet, k=length))


def hexadecimal(length: int, seed: int = 0) -> str:
    """Such a text of hexadecimal digits."""
    return text_of(_HEX, length, seed)


def private_key() -> str:
    """A private key's block of several lines."""
    lines = "\n".join(text_of(_WORD, 64, seed) for seed in range(4))
    kind = " ".join(("RSA", "PRIVATE", "KEY"))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----"
