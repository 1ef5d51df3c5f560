"""NB406: what runs as it comes from the network, and who is asked without a certificate."""

from __future__ import annotations

import pytest

from tests.hygiene.build import found, places, written

URL = "https://example.invalid/a"


@pytest.mark.parametrize(
    ("source", "place", "named"),
    [
        (f"!curl -fsSL {URL} | sh\n", (1, 1, 1), "straight into `sh`"),
        (f"x = 1\n!wget -qO- {URL} | sudo -E bash -\n", (1, 2, 1), "straight into `bash`"),
        (f"!curl {URL} | bash -s -- --yes\n", (1, 1, 1), "`bash`"),
        (f"!curl {URL} | tr -d x | sh\n", (1, 1, 1), "`sh`"),
        (f"!curl {URL} | python3\n", (1, 1, 1), "`python3`"),
        (f"!curl {URL} | python -\n", (1, 1, 1), "`python`"),
        (f"%%bash\ncd x\ncurl {URL} | /bin/sh\n", (1, 3, 1), "`sh`"),
        (f"!bash <(curl -s {URL})\n", (1, 1, 1), "run by `bash`"),
        (f"!source <(wget -qO- {URL})\n", (1, 1, 1), "run by `source`"),
        (f'!sh -c "$(curl -fsSL {URL})"\n', (1, 1, 1), "run by `sh`"),
        (f'!eval "$(curl {URL})"\n', (1, 1, 1), "run by `eval`"),
        (f"!bash -c 'curl {URL} | sh'\n", (1, 1, 1), "straight into `sh`"),
        (f"import os\nos.system('curl {URL} | sh')\n", (1, 2, 1), "`sh`"),
        (f"subprocess.run(['bash', '-c', 'curl {URL} | sh'])\n", (1, 1, 1), "`sh`"),
        (f"!wget --no-check-certificate {URL}\n", (1, 1, 1), "`wget --no-check-certificate`"),
        (f"!curl -kLO {URL}\n", (1, 1, 1), "`curl -k`"),
        (f"!curl --insecure -o a {URL}\n", (1, 1, 1), "`curl --insecure`"),
        (f"!aria2c --check-certificate=false {URL}\n", (1, 1, 1), "--check-certificate=false"),
        (f"import requests as r\nr.get('{URL}', verify=False)\n", (1, 2, 1), "`r.get`"),
        (
            f"import requests\ns = requests.Session()\ns.post('{URL}', verify=False)\n",
            (1, 3, 1),
            "`s.post`",
        ),
        ("import httpx\nc = httpx.Client(verify=False)\n", (1, 2, 5), "`httpx.Client`"),
        ("import ssl\nc = ssl._create_unverified_context()\n", (1, 2, 5), "`ssl._create"),
        (
            "import ssl\nssl._create_default_https_context = ssl._create_unverified_context\n",
            (1, 2, 37),
            "`ssl._create_unverified_context`",
        ),
    ],
)
def test_unseen_code_and_unknown_hosts(
    source: str, place: tuple[int, int, int], named: str
) -> None:
    assert places(written(source), "NB406") == [place]
    assert named in found(written(source), "NB406")[0].message


@pytest.mark.parametrize(
    "source",
    [
        f"!curl -fsSLO {URL}\n",
        f"!curl {URL} | tar xz\n",
        f"!curl {URL} | python -m json.tool\n",
        f"!curl {URL} | python -c 'import sys'\n",
        f"!curl {URL} | bash count.sh\n",
        f"!curl {URL} | grep sh\n",
        f"!curl -o a.sh {URL} && sh a.sh\n",
        f"!curl -ok {URL}\n",
        f"!curl -o k -X POST {URL}\n",
        f"!bash run.sh $(curl {URL})\n",
        "!cat a.sh | sh\n",
        f"!aria2c --check-certificate=true {URL}\n",
        f"# !curl {URL} | sh\n",
        f"x = 'curl {URL} | sh'\n",
        f"!echo 'curl {URL} | sh'\n",
        f"import requests\nrequests.get('{URL}', verify=True)\n",
        f"import requests\nrequests.get('{URL}', verify='ca.pem')\n",
        "import jwt\njwt.decode(token, verify=False)\n",
        "a.check(verify=False)\n",
        "import ssl\nssl.create_default_context()\n",
    ],
)
def test_nothing_to_find(source: str) -> None:
    assert places(written(source), "NB406") == []
