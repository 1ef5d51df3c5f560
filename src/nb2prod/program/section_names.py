"""Names for the sections of a notebook, made from the words of their headings.

A name holds at most four telling words, and only what a heading says: no numbering, so that a
section that moves keeps its name.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from nb2prod.program.headings import plain_words

_MOST_WORDS = 4
_MOST_CHARACTERS = 40

_COUNTED = (
    r"(?:step|part|section|chapter|exercise|ex|cell|question|q|task|lesson|example|problem|phase"
    r"|stage|unit|week|day|appendix|activity|assignment|lab|session|no)"
)
_COUNT = (
    r"(?:\d+(?:\.\d+)*[a-z]?|i{1,3}|iv|vi{0,3}|ix|xi{0,3}"
    r"|one|two|three|four|five|six|seven|eight|nine|ten)"
)
_NUMBERING = re.compile(
    rf"\W*(?:{_COUNTED}[\s\-#_.]*{_COUNT}(?!\w)"  # Step 3, Part II
    rf"|{_COUNTED}\s[a-z](?=\s*(?:$|[^\w\s]))"  # Section A -
    r"|\d+(?:\.\d+)*[a-z]?[.)\]:](?!\d)"  # 1. 1.2) 3a: [4]
    r"|\d+(?:\.\d+)*(?=\s)"  # 1 Model
    r"|(?:[a-z]|i{2,3}|iv|vi{1,3}|ix|xi{1,3})(?:[)\]]|\.(?=\s|$)|(?=\s+[-|]\s)))"  # A. b) IV -
    r"[\s.:)\]|?-]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"v?\d+(?:[._]\d+)*(?:[._]?x|st|nd|rd|th)?")
_SET_UP = re.compile(r"\A\s*(?:set[\s-]?up|setting[\s-]up)\b", re.IGNORECASE)
_BESIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# The name of a thing with its number tells: (VGG16), (ResNet-50).
_NAMED = re.compile(r"[(\[](?=[a-z])([\w-]*\d[\w-]*)[)\]]", re.IGNORECASE)
_NO_WORDS = re.compile(r"https?://\S+|\$[^$]*\$")
_EITHER_OR = re.compile(r"\b([A-Za-z])/([A-Za-z])\b")
_TOKEN = re.compile(
    r"[a-z0-9]+(?:[.'_-]+[a-z0-9]+)*|(?<!\S)[&+](?!\S)|[,;:|?!./()\[\]]|(?<!\S)-+>?(?!\S)"
)
_MODEL_NUMBER = re.compile(r"(?<=[a-z])-(?=\d)")

# Letters that Unicode does not take apart.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
    | {"Æ": "ae", "Œ": "oe", "Ø": "o", "Ł": "l", "Đ": "d", "Ð": "d", "Þ": "th"}
    | {"\u2018": "'", "\u2019": "'", "\u2010": "-", "\u2011": "-"}
    | {"\u2013": " - ", "\u2014": " - ", "\u2192": " - ", "\u2212": "-"}
)
# A phrase ends before these, which say nothing themselves.
_BETWEEN_PHRASES = frozenset(
    "about across along as at because between by during for from if in into like of off on"
    " onto or out over per so than that through till to towards until upon using via when where"
    " whether which while who whose with within".split()
)
_KEPT_BETWEEN_PHRASES = frozenset("after before between per versus vs without".split())
_FILLERS = frozenset(
    "a an the all another any both each every few many more most much other others same several"
    " some such this these those"
    " i me my mine we us our ours you your yours he she it its they them their one ones oneself"
    " myself ourselves yourself itself themselves"
    " am is are was were be been being do does did done has have had having can could may might"
    " must shall should will would ought need needs want wants lets let's"
    " how what what's why here here's there there's that's it's"
    " now then next just also again already alternatively basically finally first firstly last"
    " lastly second secondly third thirdly only own please quickly really simply still too very"
    " well yet ok okay bonus etc eg ie e.g i.e optional optionally"
    " above below notebook section".split()
)
_PRONOUN_AND_VERB = re.compile(r".+'(?:ll|re|ve|m|d)")
# "Loading the data" loads: first words that are verbs where an object follows. Words that are
# nouns as often ("learning rate", "training loop") are none of them, unless an article follows.
_VERBS = dict(
    pair.split("/")
    for pair in (
        "accessing/access adding/add aggregating/aggregate analysing/analyse analyzing/analyze"
        " applying/apply assembling/assemble assessing/assess browsing/browse building/build"
        " calculating/calculate centering/center changing/change checking/check choosing/choose"
        " chunking/chunk cleaning/clean collecting/collect combining/combine comparing/compare"
        " compiling/compile computing/compute configuring/configure connecting/connect"
        " constructing/construct converting/convert creating/create defining/define"
        " deleting/delete deploying/deploy determining/determine displaying/display"
        " downloading/download dropping/drop enriching/enrich estimating/estimate"
        " evaluating/evaluate examining/examine excluding/exclude executing/execute"
        " exploring/explore exporting/export extracting/extract fetching/fetch filling/fill"
        " filtering/filter finding/find fine_tuning/fine_tune finetuning/finetune fitting/fit"
        " gathering/gather generating/generate getting/get handling/handle implementing/implement"
        " importing/import improving/improve incorporating/incorporate initialising/initialise"
        " initializing/initialize inspecting/inspect installing/install instantiating/instantiate"
        " interpreting/interpret introducing/introduce investigating/investigate loading/load"
        " making/make managing/manage measuring/measure merging/merge multiplying/multiply"
        " normalising/normalise normalizing/normalize obtaining/obtain optimising/optimise"
        " optimizing/optimize performing/perform plotting/plot pre_processing/pre_process"
        " predicting/predict preparing/prepare preprocessing/preprocess processing/process"
        " querying/query reading/read removing/remove reshaping/reshape running/run saving/save"
        " selecting/select setting/set showing/show splitting/split starting/start"
        " summarising/summarise summarizing/summarize taking/take tokenising/tokenise"
        " tokenizing/tokenize transforming/transform uploading/upload using/use"
        " validating/validate vectorizing/vectorize viewing/view visualising/visualise"
        " visualizing/visualize writing/write"
    ).split()
)
_TRAINING = re.compile(
    r"\A\s*(train|test|model)ing(?=\s+(?:an?|the|my|our|your|this|these)\b)", re.IGNORECASE
)

# The last ones are there only where Python's site module is loaded; names do not depend on that.
_RESERVED = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)} | {
    *("copyright", "credits", "exit", "help", "license", "quit")
}


@dataclass(frozen=True, slots=True)
class _Word:
    """A telling word, whether a phrase begins with it, and whether "and" stands before it."""

    text: str
    begins: bool
    after_and: bool


def words_of(title: str) -> str:
    """The name for what stands under a heading: snake case, ASCII, at most 40 characters.

    Empty where nothing telling is left of the heading, and where most of it is in letters that have
    no like in ASCII.
    """
    text = _EITHER_OR.sub(r"\1\2", _NO_WORDS.sub(" ", _ascii(plain_words(title))))
    while numbering := _NUMBERING.match(text):
        text = text[numbering.end() :]
    told = _BESIDE.sub(" ", _NAMED.sub(r" \1 ", text))
    words = list(_telling(told)) or list(_telling(text))
    name = _joined(_beginning(_imperative(words)))
    return f"{name}_section" if name in _RESERVED else name


def unique(name: str, taken: Collection[str]) -> str:
    """The name, or the first of `name_2`, `name_3` and so on that is not taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _ascii(text: str) -> str:
    """The text in ASCII, or nothing where that would lose most of its letters."""
    plain = "".join(
        " " if unicodedata.category(char) == "No" else char for char in text.translate(_LETTERS)
    )
    bare = [
        char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char)
    ]
    lost = sum(char.isalpha() and not char.isascii() for char in bare)
    if lost > sum(char.isalpha() and char.isascii() for char in bare):
        return ""
    return "".join(char if char.isascii() else " " for char in bare)


def _telling(text: str) -> Iterator[_Word]:
    """The words of a text that tell something, in order."""
    text = _TRAINING.sub(r"\1", _SET_UP.sub("set_up", text, count=1), count=1)
    first = begins = True
    joined = False
    for token in _TOKEN.findall(text.lower()):
        word = _word(token)
        if token in ("and", "&", "+"):
            begins = joined = True
        elif first and word in _VERBS:
            yield _Word(word, begins, joined)
            first = begins = joined = False
        elif not token[0].isalnum() or token in _BETWEEN_PHRASES:
            begins = True
        elif word and token not in _FILLERS:
            begins = begins or token in _KEPT_BETWEEN_PHRASES
            yield _Word(word, begins, joined and not first)
            first = begins = joined = False


def _word(token: str) -> str:
    """A token as a part of a name; nothing for what is none, as numbers are."""
    if _NUMBER.fullmatch(token) or _PRONOUN_AND_VERB.fullmatch(token):
        return ""
    if token.endswith("n't"):
        return "not"
    token = _MODEL_NUMBER.sub("", token.removesuffix("'s").replace("'", ""))
    return re.sub(r"[^a-z0-9]+", "_", token).strip("_")


def _imperative(words: list[_Word]) -> list[_Word]:
    """The words with "loading" as "load" where something is loaded."""
    if not words or words[0].text not in _VERBS or all(w.text in _VERBS for w in words):
        return words
    return [
        replace(word, text=_VERBS.get(word.text, word.text))
        if index == 0 or word.after_and
        else word
        for index, word in enumerate(words)
    ]


def _beginning(words: list[_Word]) -> list[_Word]:
    """As many words from the first as a name holds, up to the end of a phrase where one ends."""
    most = next(
        (
            count
            for count in range(min(len(words), _MOST_WORDS), 0, -1)
            if len(_joined(words[:count])) <= _MOST_CHARACTERS
        ),
        0,
    )
    if most == len(words):
        return words
    ends = [count for count in range(2, most + 1) if words[count].begins]
    # Better "split the dataset" than the first half of "into training and test sets".
    pairs_whole = [count for count in ends if not words[count].after_and]
    return words[: (pairs_whole or ends or [most])[-1]]


def _joined(words: list[_Word]) -> str:
    """The words as one name; "2d kernel" becomes `kernel_2d`, and digits alone make none."""
    lettered = [word for word in words if not word.text[0].isdigit()]
    numbered = [word for word in words if word.text[0].isdigit()]
    name = ""
    for word in lettered:
        if not f"_{name}".endswith(f"_{word.text}"):
            name += f"_and_{word.text}" if word.after_and and name else f"_{word.text}"
    return "_".join((name.strip("_"), *(word.text for word in numbered))) if lettered else ""
