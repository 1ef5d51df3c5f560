"""Words that stand where a key belongs."""

from __future__ import annotations

import ast

import pytest

from nb2prod.analysis.facts import Secret
from nb2prod.analysis.placeholders import find_placeholders


def names(code: str) -> list[str]:
    found = find_placeholders(ast.parse(code), 1)
    return [one.name for one in found if isinstance(one, Secret)]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("os.environ['OPENAI_API_KEY'] = 'YOUR_API_KEY'", "OPENAI_API_KEY"),
        ("os.environ['WANDB_API_KEY'] = ''", "WANDB_API_KEY"),
        ("OPENAI_API_KEY = 'your-api-key-here'", "OPENAI_API_KEY"),
        ("OPENAI_API_KEY: str = '<insert your key>'", "OPENAI_API_KEY"),
        ("api_key = 'YOUR_PINECONE_API_KEY'", "PINECONE_API_KEY"),
        ("api_key = 'xxxxxxxx'", "API_KEY"),
        ("openai.api_key = '<your key>'", "OPENAI_API_KEY"),
        ("client = OpenAI(api_key='sk-xxxxxx')", "OPENAI_API_KEY"),
        ("hf_token = 'hf_...'", "HF_TOKEN"),
        ("login(token='hf_xxxxxxxxxxxx')", "LOGIN_TOKEN"),
        ("password = '********'", "PASSWORD"),
        ("db_password = 'changeme'", "DB_PASSWORD"),
        ("client = Client(token='[paste your token]')", "CLIENT_TOKEN"),
        ("api_key = 'ENTER_KEY_HERE'", "API_KEY"),
        ("KAGGLE_USERNAME = 'YOUR_KAGGLE_USERNAME'", "KAGGLE_USERNAME"),
        ("k = os.getenv('OPENAI_API_KEY', 'your-key')", "OPENAI_API_KEY"),
        ("k = os.environ.get('OPENAI_API_KEY') or 'OPENAI_API_KEY'", "OPENAI_API_KEY"),
        ("self.api_key = 'your key goes here'", "API_KEY"),
    ],
)
def test_what_stands_for_a_key(code: str, name: str) -> None:
    assert names(code) == [name]


@pytest.mark.parametrize(
    "code",
    [
        "pad_token = '[PAD]'",
        "tokenizer = Tokenizer(unk_token='<unk>', mask_token='[MASK]')",
        "x = dict(token='<pad>')",
        "sorted(rows, key='add to cart')",
        "password = ''",
        "api_key = ''",
        "api_key = os.environ['KEY']",
        "key = 'name'",
        "token = 'the'",
        "prompt = 'your answer'",
        "os.environ['HOME'] = ''",
        "max_tokens = 'your choice'",
        "api_key = 'f3b1'",
        "k = os.getenv('OPENAI_API_KEY', '')",
        "k = os.getenv('MODEL', 'your-model')",
        "k = os.getenv('OPENAI_API_KEY') or ''",
    ],
)
def test_what_stays(code: str) -> None:
    assert names(code) == []
