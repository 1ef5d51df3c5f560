"""NB403: files of credentials that cells write. The secrets are made when the tests run."""

from __future__ import annotations

import json

import pytest

from tests.analysis.fake_tokens import hexadecimal, private_key, text_of, token_of
from tests.hygiene.build import found, places, text, written

KAGGLE = json.dumps({"username": "somebody", "key": hexadecimal(32)})
ACCOUNT = json.dumps({"type": "service_account", "private_key": private_key()})
RANDOM = text_of("abcdefghijkmnpqrstuvwxyz23456789", 32)
AWS = f"[default]\naws_access_key_id = {token_of('AWS_ACCESS_KEY_ID')}\n"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (f"%%writefile /root/.kaggle/kaggle.json\n{KAGGLE}\n", (1, 1, 1)),
        (f"%%file kaggle.json\n{KAGGLE}\n", (1, 1, 1)),
        (f"%%writefile key.json\n{ACCOUNT}\n", (1, 1, 1)),
        (f"%%writefile ~/.aws/credentials\n{AWS}", (1, 1, 1)),
        (f"x = 1\n!echo '{KAGGLE}' > ~/.kaggle/kaggle.json\n", (1, 2, 1)),
        (f"!echo '{KAGGLE}' | tee ~/.kaggle/kaggle.json\n", (1, 1, 1)),
        (f"%%bash\necho '{KAGGLE}' >> kaggle.json\n", (1, 2, 1)),
        (f'k = {KAGGLE}\nwith open("kaggle.json", "w") as f:\n    json.dump(k, f)\n', (1, 2, 6)),
        (f"Path('kaggle.json').write_text('{KAGGLE}')\n", (1, 1, 1)),
        (f'(Path.home() / ".kaggle" / "kaggle.json").write_text(\'{KAGGLE}\')\n', (1, 1, 1)),
        (f'with open(f"{{home}}/.netrc", mode="w") as f:\n    api_key = "{RANDOM}"\n', (1, 1, 6)),
    ],
)
def test_credentials_in_a_file(source: str, place: tuple[int, int, int]) -> None:
    assert places(written(source), "NB403") == [place]


def test_the_content_may_be_in_another_cell() -> None:
    content = written(
        f"token = {KAGGLE}\n", 'with open("kaggle.json", "w") as f:\n    json.dump(token, f)\n'
    )
    assert places(content, "NB403") == [(2, 1, 6)]


@pytest.mark.parametrize(
    "source",
    [
        "!cp /content/drive/kaggle.json ~/.kaggle/kaggle.json\n",
        "!chmod 600 ~/.kaggle/kaggle.json\n",
        "!cat ~/.kaggle/kaggle.json > /dev/null\n",
        '%%writefile kaggle.json\n{"username": "YOUR_NAME", "key": "YOUR_KEY"}\n',
        '%%writefile key.json\n{"type": "service_account", "private_key": "..."}\n',
        f'%%writefile config.json\n{{"key": "{hexadecimal(32)}"}}\n',
        'with open("kaggle.json", "w") as f:\n    json.dump({"key": os.environ["K"]}, f)\n',
        f'x = {KAGGLE}\nwith open("kaggle.json") as f:\n    k = json.load(f)\n',
        f"# {KAGGLE} > kaggle.json\n",
        "files.upload()  # kaggle.json\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source, text(source)), "NB403") == []


def test_no_value_is_shown() -> None:
    [finding] = found(written(f"!echo '{KAGGLE}' > kaggle.json\n"), "NB403")
    assert hexadecimal(32)[4:] not in f"{finding}"
