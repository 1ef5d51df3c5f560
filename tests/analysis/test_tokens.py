"""Pasted secrets by their forms: what is one, and what only looks like one."""

from __future__ import annotations

import string
import time

import pytest

from nb2prod.analysis.tokens import find_tokens
from tests.analysis.fake_tokens import VARIABLES, hexadecimal, private_key, text_of, token_of

WORD = string.ascii_letters + string.digits


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize(
    "place",
    ["{}", "x = '{}'", 'f(api_key="{}")', "token: {}, more", "{}\n", "'{}' 'b'", "export A={};"],
)
def test_every_provider_s_form_is_found_wherever_it_stands(variable: str, place: str) -> None:
    for seed in range(5):
        value = token_of(variable, seed)
        text = place.format(value)
        (found,) = find_tokens(text)
        assert (text[found.start : found.end], found.variable) == (value, variable)
        assert value not in repr(found)


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("aws_secret_access_key = '{40}'", "AWS_SECRET_ACCESS_KEY"),
        ('"SecretAccessKey": "{40}"', "AWS_SECRET_ACCESS_KEY"),
        ('{{"username":"me","key":"{h32}"}}', "KAGGLE_KEY"),
        ("os.environ['KAGGLE_KEY'] = '{h32}'", "KAGGLE_KEY"),
        ("!wandb login {h40}", "WANDB_API_KEY"),
        ("wandb.login(key='{h40}')", "WANDB_API_KEY"),
        ("os.environ['WANDB_API_KEY'] = \"{h40}\"", "WANDB_API_KEY"),
        ("postgresql://me:{h12}@db.example.invalid/x", "URL_PASSWORD"),
        ("NEWS_API_KEY = '{h32}'", "NEWS_API_KEY"),
        ("%env WANDB_API_KEY={h40}", "WANDB_API_KEY"),
        ("%set_env DB_PASSWORD=p{h16}", "DB_PASSWORD"),
        ("%env NEWS_API_KEY {h32}", "NEWS_API_KEY"),
        ("!export NEWS_API_KEY={h32} && ls", "NEWS_API_KEY"),
        ("export MY_TOKEN={h32};", "MY_TOKEN"),
        ("a = 1\nMY_SECRET={h32}\nb", "MY_SECRET"),
        ('openai.api_key = "{h32}"', "API_KEY"),
        ("db_password: str = 'p{h16}'", "DB_PASSWORD"),
    ],
)
def test_what_only_its_surroundings_give_away(text: str, variable: str) -> None:
    values = {"40": text_of(WORD, 40), **{f"h{n}": hexadecimal(n) for n in (12, 16, 32, 40)}}
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    (found,) = find_tokens(text.replace("{{", "{").replace("}}", "}"), names=True)
    assert found.variable == variable
    assert found.value in values.values() or found.value[1:] in values.values()


def test_a_private_key_is_one_secret() -> None:
    key = private_key()
    (found,) = find_tokens(f"KEY = '''{key}'''")
    assert found.value == key


@pytest.mark.parametrize(
    "text",
    [
        "api_key = 'YOUR_API_KEY_0123456789'",
        "api_key = os.environ['OPENAI_API_KEY']",
        "API_KEY=some_other_name_2_of_mine",
        "f(API_KEY=value_of_something_1)",
        "%env API_KEY=$OTHER_API_KEY_OF_1",
        "api_key = userdata.get('OPENAI_API_KEY')",
        "token = 'hf_" + "x" * 34 + "'",
        "token = 'sk-" + "." * 3 + "'",
        "model = 'sk-learn-pipeline-with-a-long-name-of-its-own'",
        "AWS = '" + "AKIA" + "IOSFODNN7EXAMPLE'",
        "revision = '{h40}'",
        "sha256 = '{h32}{h32}'",
        "url = 'https://drive.google.com/uc?id=1{40}'",
        "<div id='sk-container-id-1' class='sk-top-container'>",
        "tokenizer_key = 'bert-base-uncased-and-more'",
        "pad_token = '<|endoftext|>'",
        "url = 'postgresql://user:password@localhost.example.invalid/db'",
        "url = f'https://me:{{token}}@host.example.invalid'",
        "https://host.example.invalid:8080/a@b.c",
        "password = 'correct horse battery'",
        "secret_name = 'arn:aws:secretsmanager:eu-west-1'",
        "data = 'iVBORw0KGgo{40}{40}{40}'",
        "n_tokens = 1000000000000000000000",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    values = {"40": text_of(WORD, 40), "h32": hexadecimal(32), "h40": hexadecimal(40)}
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    assert list(find_tokens(text, names=True)) == []


@pytest.mark.parametrize(
    "piece",
    ["eyJ", "wandb", "://a:", "-----BEGIN PRIVATE KEY-----", "aws_secret_access_key=", "sk-"],
)
def test_a_long_text_takes_no_pattern_the_square_of_its_length(piece: str) -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        list(find_tokens(piece * times, names=True))
        return time.process_time() - started

    # Ten times the text may take ten times as long, with much to spare; not a hundred times.
    assert seconds(20_000) < 40 * max(seconds(2_000), 0.005)
