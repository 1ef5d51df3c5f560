"""Secrets that were pasted into a text: keys and tokens by their providers' own forms.

Sources of the forms: the providers' documentation, and the rules of the scanners gitleaks and
detect-secrets. A form is looked for only in texts that hold one of its literal words, so a text
without any costs next to nothing. What has a token's form and is none (`sk-xxxx…`, the keys of
AWS's documentation) is left out by how many different characters it has.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from nb2prod.analysis.token_hints import may_hold_tokens, may_name_secrets


class Provider(NamedTuple):
    """A kind of token: what it is called, the environment variable that usually holds it, words of
    which every text with one holds some (in lower case, if that text is), and the text of
    the pattern, whose group is the secret itself.
    """

    kind: str
    variable: str
    words: tuple[str, ...]
    form: str
    random: bool = True
    lowered: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern; compiled when it is first needed, for most are in no notebook."""
        return _compiled(self.form)


class Token(NamedTuple):
    """A secret in a text: the span of its value, and what it is. The value is never shown."""

    start: int
    end: int
    kind: str
    variable: str
    value: str

    def __repr__(self) -> str:
        return f"Token({self.start}, {self.end}, {self.kind!r})"


def _form(kind: str, variable: str, words: str, pattern: str, *, random: bool = True) -> Provider:
    lowered = "(?i:" in pattern
    words = words.lower() if lowered else words
    return Provider(kind, variable, tuple(words.split()), pattern, random, lowered)


@cache
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form, re.DOTALL)


_END = r"(?![\w-])"
_ASSIGNED = r"['\"]?\]?\s*(?:=>|[=:,(])?\s*['\"]?"

PROVIDERS: tuple[Provider, ...] = (
    _form("an Anthropic key", "ANTHROPIC_API_KEY", "sk-ant-", rf"\b(sk-ant-[\w-]{{20,}}){_END}"),
    _form(
        "an OpenRouter key", "OPENROUTER_API_KEY", "sk-or-", rf"\b(sk-or-v1-[0-9a-f]{{64}}){_END}"
    ),
    _form(
        "an OpenAI key",
        "OPENAI_API_KEY",
        "sk-",
        rf"\b(sk-(?:proj|svcacct|admin|None)-[\w-]{{40,}}|sk-[A-Za-z0-9]{{20}}T3BlbkFJ[A-Za-z0-9]{{20}}"
        rf"|sk-[A-Za-z0-9]{{48}}){_END}",
    ),
    _form("a Hugging Face token", "HF_TOKEN", "hf_", rf"\b(hf_[A-Za-z0-9]{{30,40}}){_END}"),
    _form(
        "a GitHub token",
        "GITHUB_TOKEN",
        "ghp_ gho_ ghu_ ghs_ ghr_",
        rf"(?<![A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{{36,}}){_END}",
    ),
    _form("a GitHub token", "GITHUB_TOKEN", "github_pat_", rf"\b(github_pat_\w{{22,}}){_END}"),
    _form("a GitLab token", "GITLAB_TOKEN", "glpat-", rf"\b(glpat-[\w-]{{20,}}){_END}"),
    _form("an AWS key id", "AWS_ACCESS_KEY_ID", "AKIA ASIA", r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b"),
    _form(
        "an AWS secret key",
        "AWS_SECRET_ACCESS_KEY",
        "ecret",
        rf"(?i:aws.{{0,20}}|\b)(?i:secret(?:_?access)?_?key){_ASSIGNED}([A-Za-z0-9/+]{{40}})(?![A-Za-z0-9/+=])",
    ),
    _form("a Google API key", "GOOGLE_API_KEY", "AIza", rf"\b(AIza[\w-]{{35}}){_END}"),
    _form(
        "a Google client secret",
        "GOOGLE_CLIENT_SECRET",
        "GOCSPX-",
        rf"\b(GOCSPX-[\w-]{{28}}){_END}",
    ),
    _form("a Slack token", "SLACK_BOT_TOKEN", "xox", rf"\b(xox[abeprs]-[A-Za-z0-9-]{{10,}}){_END}"),
    _form(
        "a Slack webhook",
        "SLACK_WEBHOOK_URL",
        "hooks.slack.com",
        rf"(https://hooks\.slack\.com/services/[\w/]{{20,}}){_END}",
    ),
    _form(
        "a Kaggle key",
        "KAGGLE_KEY",
        "key",
        rf"(?i:['\"]username['\"]\s*:\s*['\"][^'\"]*['\"]\s*,\s*['\"]key){_ASSIGNED}([0-9a-f]{{32}})\b",
    ),
    _form("a Kaggle key", "KAGGLE_KEY", "KAGGLE_KEY", rf"KAGGLE_KEY{_ASSIGNED}([0-9a-f]{{32}})\b"),
    _form("a Kaggle token", "KAGGLE_API_TOKEN", "KGAT_", rf"\b(KGAT_[0-9a-f]{{32}}){_END}"),
    _form(
        "a Weights & Biases key",
        "WANDB_API_KEY",
        "andb",
        r"(?i:wandb)[^\n]{0,40}?(?<![0-9A-Za-z])([0-9a-f]{40})\b",
    ),
    _form("a Replicate token", "REPLICATE_API_TOKEN", "r8_", rf"\b(r8_[A-Za-z0-9]{{37}}){_END}"),
    _form("a Stripe key", "STRIPE_API_KEY", "k_live_", rf"\b([sr]k_live_[A-Za-z0-9]{{24,}}){_END}"),
    _form("a SendGrid key", "SENDGRID_API_KEY", "SG.", rf"\b(SG\.[\w-]{{22}}\.[\w-]{{43}}){_END}"),
    _form("a Telegram token", "TELEGRAM_BOT_TOKEN", ":AA", rf"\b(\d{{8,10}}:AA[\w-]{{33}}){_END}"),
    _form(
        "a Discord token",
        "DISCORD_TOKEN",
        ".",
        rf"\b([MNO][A-Za-z\d]{{23,25}}\.[\w-]{{6}}\.[\w-]{{27,38}}){_END}",
    ),
    _form("an npm token", "NPM_TOKEN", "npm_", rf"\b(npm_[A-Za-z0-9]{{36}}){_END}"),
    _form("a PyPI token", "PYPI_TOKEN", "pypi-AgE", rf"\b(pypi-AgE[\w-]{{50,}}){_END}"),
    _form("a Pinecone key", "PINECONE_API_KEY", "pcsk_", rf"\b(pcsk_\w{{40,}}){_END}"),
    _form("a Groq key", "GROQ_API_KEY", "gsk_", rf"\b(gsk_[A-Za-z0-9]{{52}}){_END}"),
    _form("an xAI key", "XAI_API_KEY", "xai-", rf"\b(xai-[A-Za-z0-9]{{70,}}){_END}"),
    _form("a Perplexity key", "PERPLEXITY_API_KEY", "pplx-", rf"\b(pplx-[A-Za-z0-9]{{40,}}){_END}"),
    _form("a Tavily key", "TAVILY_API_KEY", "tvly-", rf"\b(tvly-[A-Za-z0-9-]{{20,}}){_END}"),
    _form(
        "a LangSmith key",
        "LANGSMITH_API_KEY",
        "lsv2_",
        rf"\b(lsv2_(?:pt|sk)_[0-9a-f]{{32}}_[0-9a-f]{{10}}){_END}",
    ),
    _form(
        "a Databricks token", "DATABRICKS_TOKEN", "dapi", rf"\b(dapi[0-9a-f]{{32}}(?:-\d)?){_END}"
    ),
    _form(
        "an Azure storage key",
        "AZURE_STORAGE_KEY",
        "AccountKey=",
        r"AccountKey=([A-Za-z0-9+/]{86}==)",
    ),
    _form(
        "a web token",
        "ACCESS_TOKEN",
        "eyJ",
        rf"\b(eyJ[\w-]{{10,}}\.eyJ[\w-]{{10,}}\.[\w-]{{20,}}){_END}",
    ),
    _form(
        "a private key",
        "PRIVATE_KEY",
        "KEY-----",
        r"(-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----.{40,8000}?"
        r"-----END (?:[A-Z]+ )*PRIVATE KEY-----)",
    ),
    _form(
        "a password in an address",
        "URL_PASSWORD",
        "://",
        r"://[\w.%+-]+:(?!\{)([^\s:/@'\"{}<>$*]{6,})@(?:localhost\b|[\w.-]+\.\w)",
        random=False,
    ),
)

# Each word with its provider's place: what is asked of every text, so one flat table.
_EXACT, _LOWERED = (
    tuple(
        (word, place)
        for place, provider in enumerate(PROVIDERS)
        if provider.lowered is lowered
        for word in provider.words
    )
    for lowered in (False, True)
)

# A variable with a secret's name that is given a text which looks random.
_NAMED = re.compile(
    r"\b(?P<name>[A-Za-z_]*(?:api_?key|secret(?:_key)?|access_?token|auth_?token|_token|passw(?:or)?d))"
    r"['\"]?\]?\s*(?::\s*str\s*)?[=:]\s*(?P<quote>['\"])(?P<value>[\w+/=.~-]{16,200})(?P=quote)",
    re.IGNORECASE,
)
# The same in a shell's or an environment file's line, where nothing quotes it.
_EXPORTED = re.compile(
    r"^[ \t]*(?:(?P<magic>%(?:set_)?env[ \t]+)|!?[ \t]*(?:export|set)[ \t]+|!)?"
    r"(?P<name>[A-Z][A-Z0-9_]*(?:API_?KEY|SECRET(?:_KEY)?|TOKEN|PASSW(?:OR)?D))"
    r"(?(magic)[ \t=]+|=)(?P<value>[A-Za-z0-9+/=.~-]{16,200})[ \t]*(?:$|[;&#|])",
    re.MULTILINE,
)
_LEAST_BITS = 3.0
_PLACEHOLDER = re.compile(
    r"example|your|placeholder|dummy|changeme|insert|replace|xxxx|\*\*\*\*|0123456789|abcdefgh",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?i:your\w*|pass(?:word|wd)?|pwd|secret|example|token|[*x.]+|\$.*|%.*)")
_REPEATED = re.compile(r"(.)\1{5}")


def find_tokens(text: str, *, names: bool = False) -> Iterator[Token]:
    """The secrets in a text, in order, none within another.

    With `names`, also texts that look random and are given to a variable with a secret's name:
    for code, not for what a program printed.
    """
    if not may_hold_tokens(text, names=names):
        return
    lowered = text.lower()
    places = {place for word, place in _EXACT if word in text}
    places.update(place for word, place in _LOWERED if word in lowered)
    found = [
        Token(*match.span(1), provider.kind, provider.variable, match[1])
        for provider in (PROVIDERS[place] for place in sorted(places))
        for match in provider.pattern.finditer(text)
        if (looks_random(match[1]) if provider.random else not _WORD.fullmatch(match[1]))
    ]
    if names and may_name_secrets(text):
        found += [
            Token(*match.span("value"), "a secret", match["name"].upper(), match["value"])
            for pattern in (_NAMED, _EXPORTED)
            for match in pattern.finditer(text)
            if looks_random(match["value"]) and re.search(r"\d", match["value"])
        ]
    end = 0
    for token in sorted(found, key=lambda token: (token.start, -token.end)):
        if token.start >= end:
            yield token
            end = token.end


def looks_random(value: str) -> bool:
    """Whether a text has the spread of characters that a secret has, and is no placeholder."""
    if _PLACEHOLDER.search(value) or _REPEATED.search(value):
        return False
    counts = Counter(value)
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return bits >= _LEAST_BITS
