"""Telling text that was pasted into a code cell from code that is merely broken.

Three words in a row are no Python, but a typing error can look like that too. So there must be
more: words that hold sentences together, which nobody calls a variable, or marks that only text
has. What is in doubt is called code.
"""

from __future__ import annotations

import re

_WORD = re.compile(
    r"""[(\[*_"'\u201c\u2018]*
        (?: [^\W\d_]+(?:['\u2019/-][^\W\d_]+)*      # a word, also don't and and/or
          | `[^`]+`                                 # a piece of code, as markdown has it
          | \d[\d.,/:]*(?:%|st|nd|rd|th|x|k|GB|MB)? )
        [)\]*_"'\u201d\u2019]*[.,:;!?\u2026]*[)"\u201d*_]*""",
    re.VERBOSE,
)
_BETWEEN = frozenset({"-", "\u2013", "\u2014", "&", "/", "->", "\u2192"})
_BULLET = re.compile(r"[ \t]*(?:[-*+\u2022]|\d+[.)]|\(?[a-z]\))[ \t]+")
# English, German, French, Spanish and Portuguese; no word of Python's, and none of a letter.
_FUNCTION_WORDS = frozenset(
    "the an of to we this that these those you your our they their are was were will would can"
    " could should must has have had how what why where when which who be been its it's don't"
    " doesn't let's here's there now then also just because so but on by at into about than"
    " der die das und ist ein eine mit wir nicht auf den zu"
    " le la les des est une un avec pour nous pas dans sur"
    " el los las es una con para por que nos"
    " uma com os não do da".split()
)
# What a statement of Python or of another language may begin with.
_STATEMENT = frozenset(
    "import from def class for while if elif else with try except finally return del global"
    " nonlocal assert raise lazy async await lambda pass print exec yield match case type not break"
    " continue".split()
)
_OTHER_LANGUAGE = re.compile(
    r"\s*(?:(?i:select|insert|update|delete|create|drop|alter|grant|vacuum|analyze|copy)\b"
    r"|(?:val|var|let|const|function|func|fn|public|private|static|library|int|void|SET|USE)\s)"
)
_COMMAND = re.compile(
    r"\s*(?:(?:sudo|pip3?|conda|mamba|apt|apt-get|brew|npm|npx|git|wget|curl|cd|ls|mkdir|rm|cp|mv|"
    r"unzip|tar|gunzip|chmod|chown|echo|cat|head|tail|export|bash|sh|python3?|docker|kaggle|gdown|"
    r"gsutil|gcloud|aws|jupyter|kubectl|nvidia-smi|uv|poetry|make|cmake|ffmpeg|source)[ \t]+\S"
    r"|\./\w|\$[ \t]+\w)"
)
_TEXT_ALONE = re.compile(r"[\u2019\u201c\u201d\u2026]|[^\W\d_]{3,}[.!]$")
_FEWEST_WORDS = 3
_MOST_CHARACTERS = 2000


def is_prose(line: str) -> bool:
    """Whether a line that Python refuses is a sentence or a note of a natural language."""
    line = line.rstrip()
    bullet = _BULLET.match(line)
    text = line[bullet.end() :] if bullet else line.strip()
    if len(line) > _MOST_CHARACTERS or _OTHER_LANGUAGE.match(text) or is_command(text):
        return False
    pieces = re.findall(r"\S*`[^`]*`\S*|\S+", text)
    words = [piece for piece in pieces if piece not in _BETWEEN]
    if len(words) < _FEWEST_WORDS or not all(_WORD.fullmatch(word) for word in words):
        return False
    evidence = sum(_bare(word) in _FUNCTION_WORDS for word in words)
    if _bare(words[0]) in _STATEMENT and words[0][:1].islower():
        return evidence >= _FEWEST_WORDS
    return bullet is not None or evidence > 0 or _TEXT_ALONE.search(text) is not None


def is_command(line: str) -> bool:
    """Whether a line that Python refuses is one for a shell, without IPython's sign."""
    return _COMMAND.match(line) is not None and "=" not in line.split()[1:2]


def _bare(word: str) -> str:
    return word.strip("([*_\"'\u201c\u2018)]\u201d.,:;!?\u2026").replace("\u2019", "'").lower()
