"""What a notebook serves: by which framework, on which port, and who reaches it."""

from __future__ import annotations

import json

import pytest

from nb2prod.analysis.all_facts import Facts
from nb2prod.analysis.facts import Service
from nb2prod.analysis.gather import gather
from nb2prod.location import Location
from nb2prod.notebook.reader import read_bytes

GRADIO = "import gradio as gr\n"
GRADIO_NAME = (("GRADIO_SERVER_NAME", "0.0.0.0"),)
FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FASTAPI = "import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n"
STREAMLIT = (
    ("STREAMLIT_SERVER_ADDRESS", "0.0.0.0"),
    ("STREAMLIT_SERVER_PORT", "8501"),
    ("STREAMLIT_SERVER_HEADLESS", "true"),
)
OUTPUT = "from google.colab import output\n"
THREAD = "from threading import Thread\n"


def facts(*cells: str) -> Facts:
    found = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    metadata: dict[str, object] = {"colab": {}}  # so that it ran in Colab
    document = {"cells": found, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return gather(read_bytes(json.dumps(document).encode(), "n"))


def service(*cells: str) -> Service:
    found = facts(*cells).service
    assert found is not None
    return found


def reasons(*cells: str) -> list[str]:
    """What a person has to do, but for the notices that servers do not end, and are public."""
    return [
        one.reason
        for one in facts(*cells).concerns
        if not one.reason.startswith(("serves until somebody", "opens a public address"))
    ]


@pytest.mark.parametrize(
    ("cells", "port", "variables"),
    [
        ([GRADIO + "gr.Interface(print).launch()"], 7860, GRADIO_NAME),
        ([GRADIO + "demo = gr.Interface(print)", "demo.launch(share=True)"], 7860, GRADIO_NAME),
        ([GRADIO + "with gr.Blocks() as demo:\n    gr.Text()\ndemo.launch()"], 7860, GRADIO_NAME),
        ([GRADIO + "gr.ChatInterface(f).queue().launch(debug=True)"], 7860, GRADIO_NAME),
        (["from gradio import Interface as I\nI(print).launch()"], 7860, GRADIO_NAME),
        (["from gradio import *\nInterface(print).launch()"], 7860, GRADIO_NAME),
        (["import gradio\ngradio.TabbedInterface([]).launch(server_port=80)"], 80, GRADIO_NAME),
        ([GRADIO + "gr.Blocks().launch(server_name='0.0.0.0')"], 7860, ()),
        ([GRADIO + "gr.Blocks().launch(server_name=None, server_port=None)"], 7860, GRADIO_NAME),
        ([GRADIO + "PORT = 8080", "gr.Blocks().launch(server_port=PORT)"], 8080, GRADIO_NAME),
        (
            [GRADIO + "gr.Blocks().launch(server_port=int(os.environ.get('PORT', '81')))"],
            81,
            GRADIO_NAME,
        ),
        ([GRADIO + "o = {'server_port': 82}\ngr.Blocks().launch(**o)"], 82, GRADIO_NAME),
        ([GRADIO + "def ui():\n    return gr.Blocks()\nui().launch()"], 7860, GRADIO_NAME),
        (
            [GRADIO + "def ui():\n    with gr.Blocks() as d:\n        ...\n    return d\nd = ui()\n"
             "d.launch()"],
            7860,
            GRADIO_NAME,
        ),
        ([GRADIO + "d = gr.Blocks()\nd = d.queue()\nd.launch()"], 7860, GRADIO_NAME),
        ([GRADIO + "d = gr.Blocks(); d = d.queue(); d.launch()"], 7860, GRADIO_NAME),
        ([GRADIO + "d = 1\nd = gr.Blocks()", "d.launch()", "d = 2"], 7860, GRADIO_NAME),
        ([GRADIO + "def go():\n    d.launch()\nd = gr.Blocks()\ngo()"], 7860, GRADIO_NAME),
        ([GRADIO + "def run(demo: gr.Blocks):\n    demo.launch()\nrun(x)"], 7860, GRADIO_NAME),
        ([GRADIO + "class A:\n    def go(self):\n        self.d = gr.Blocks()\n"
          "        self.d.launch()\nA().go()"], 7860, GRADIO_NAME),
        ([GRADIO + "if __name__ == '__main__':\n    gr.Blocks().launch()"], 7860, GRADIO_NAME),
        ([GRADIO + "%time gr.Blocks().launch()"], 7860, GRADIO_NAME),
    ],
)  # fmt: skip
def test_gradio(cells: list[str], port: int, variables: tuple[tuple[str, str], ...]) -> None:
    found = service(*cells)
    assert (found.kind, found.port, found.variables) == ("gradio", port, variables)
    assert (found.local, found.health) == (False, "/")


@pytest.mark.parametrize(
    ("cells", "port", "variables", "health"),
    [
        (["!streamlit run app.py"], 8501, STREAMLIT, "/_stcore/health"),
        (["!streamlit run app.py &>/content/logs.txt &"], 8501, STREAMLIT, "/_stcore/health"),
        (["!cd a && nohup streamlit run app.py &"], 8501, STREAMLIT, "/_stcore/health"),
        (["!python -m streamlit run app.py"], 8501, STREAMLIT, "/_stcore/health"),
        (["!{sys.executable} -m streamlit run app.py"], 8501, STREAMLIT, "/_stcore/health"),
        (["%%bash\nstreamlit run \\\n  app.py"], 8501, STREAMLIT, "/_stcore/health"),
        (["!streamlit run app.py & npx localtunnel --port 8501"], 8501, STREAMLIT,
         "/_stcore/health"),
        (["import subprocess\nsubprocess.Popen(['streamlit', 'run', 'app.py'])"], 8501, STREAMLIT,
         "/_stcore/health"),
        (["import os\nos.system('streamlit run app.py')"], 8501, STREAMLIT, "/_stcore/health"),
        (["get_ipython().system_raw('streamlit run app.py &')"], 8501, STREAMLIT,
         "/_stcore/health"),
        (["!streamlit run --server.port 80 app.py"], 80, (STREAMLIT[0], STREAMLIT[2]),
         "/_stcore/health"),
        (["port = 81", "!streamlit run app.py --server.port={port}"], 81,
         (STREAMLIT[0], STREAMLIT[2]), "/_stcore/health"),
        (["port = 82", "!streamlit run app.py --server.port $port"], 82,
         (STREAMLIT[0], STREAMLIT[2]), "/_stcore/health"),
        (["port = 83", ("import subprocess\n"
          "subprocess.run(f'streamlit run app.py --server.port {port}', shell=True)")], 83,
         (STREAMLIT[0], STREAMLIT[2]), "/_stcore/health"),
        (["!streamlit run app.py --server.address 0.0.0.0 --server.headless true"], 8501,
         (STREAMLIT[1],), "/_stcore/health"),
        (["!streamlit run app.py --server.baseUrlPath /a/"], 8501, STREAMLIT,
         "/a/_stcore/health"),
        (["!streamlit run app.py --server.baseUrlPath $(a)"], 8501, STREAMLIT,
         "/_stcore/health"),
    ],
)  # fmt: skip
def test_streamlit(
    cells: list[str], port: int, variables: tuple[tuple[str, str], ...], health: str
) -> None:
    found = service(*cells)
    assert (found.kind, found.port, found.variables) == ("streamlit", port, variables)
    assert (found.local, found.health) == (False, health)


@pytest.mark.parametrize(
    ("cells", "port", "local"),
    [
        ([FASTAPI + "uvicorn.run(app)"], 8000, True),
        ([FASTAPI + "uvicorn.run(app, host='127.0.0.1', port=80)"], 80, True),
        ([FASTAPI + "uvicorn.run('main:app', host='localhost')"], 8000, True),
        ([FASTAPI + "uvicorn.run(app, host='0.0.0.0', port=80)"], 80, False),
        ([FASTAPI + "uvicorn.run(app, host=HOST)"], 8000, False),
        ([FASTAPI + "uvicorn.run(app, port=80, **options)"], 80, False),
        (["from uvicorn import run\nrun('a:b', host='0.0.0.0')"], 8000, False),
        ([FASTAPI + "config = uvicorn.Config(app, host='0.0.0.0', port=80)\n"
          "await uvicorn.Server(config).serve()"], 80, False),
        ([FASTAPI + "uvicorn.Server(uvicorn.Config(app, '0.0.0.0', 81)).run()"], 81, False),
        ([FASTAPI + "from threading import Thread\n"
          "Thread(target=uvicorn.run, args=(app,), kwargs=dict(host='0.0.0.0', port=82)).start()"],
         82, False),
        (["!uvicorn main:app"], 8000, False),
        (["!uvicorn main:app --host 127.0.0.1 --port 80 &"], 80, True),
        (["!python3 -m uvicorn main:app --host=0.0.0.0 --port=80"], 80, False),
        (["!fastapi run main.py"], 8000, False),
        (["!fastapi dev main.py --port 80"], 80, True),
    ],
)  # fmt: skip
def test_fastapi(cells: list[str], port: int, local: bool) -> None:
    found = service(*cells)
    assert (found.kind, found.port, found.local) == ("fastapi", port, local)


@pytest.mark.parametrize(
    ("cells", "port", "local"),
    [
        ([FLASK + "app.run()"], 5000, True),
        ([FLASK + "app.run(debug=True, port=80)"], 80, True),
        ([FLASK + "app.run('0.0.0.0', 80)"], 80, False),
        ([FLASK + "app.run(host='0.0.0.0')"], 5000, False),
        ([FLASK + "app.run(host=host)"], 5000, False),
        (["import flask\nserver = flask.Flask('a')", "server.run(host='0.0.0.0')"], 5000, False),
        ([FLASK + "import threading\n"
          "threading.Thread(target=app.run, kwargs={'host': '0.0.0.0', 'port': 80}).start()"],
         80, False),
        ([FLASK + "import threading\n"
          "threading.Thread(target=lambda: app.run(host='0.0.0.0')).start()"], 5000, False),
        ([FLASK + "import threading\ndef serve():\n    app.run('0.0.0.0')\n"
          "threading.Thread(target=serve).start()"], 5000, False),
        ([FLASK + "from flask_ngrok import run_with_ngrok\nrun_with_ngrok(app)\napp.run()"],
         5000, True),
        ([FLASK + "from werkzeug.serving import run_simple\nrun_simple('localhost', 80, app)"],
         80, True),
        (["!flask run"], 5000, False),
        (["!FLASK_APP=a.py flask run -h 0.0.0.0 -p 80"], 80, False),
        (["!flask --app a run --host 127.0.0.1"], 5000, True),
        (["%%writefile a.py\n" + FLASK + "if __name__ == '__main__':\n    app.run('0.0.0.0', 80)",
          "!python a.py"], 80, False),
        (["%%writefile /content/a.py\n" + FLASK + "app.run('0.0.0.0', 81)", "%run a.py"],
         81, False),
    ],
)  # fmt: skip
def test_flask(cells: list[str], port: int, local: bool) -> None:
    found = service(*cells)
    assert (found.kind, found.port, found.local) == ("flask", port, local)


@pytest.mark.parametrize(
    ("cells", "variables"),
    [
        (["!uvicorn main:app"], (("UVICORN_HOST", "0.0.0.0"),)),
        (["!uvicorn main:app --host 0.0.0.0"], ()),
        (["!flask run"], (("FLASK_RUN_HOST", "0.0.0.0"),)),
        (["!flask run -h 127.0.0.1"], ()),
        (["!fastapi run main.py"], ()),
        ([FLASK + "app.run()"], ()),  # which reads no variable
        ([FASTAPI + "uvicorn.run(app)"], ()),
    ],
)
def test_variables_are_those_that_are_read(
    cells: list[str], variables: tuple[tuple[str, str], ...]
) -> None:
    assert service(*cells).variables == variables


@pytest.mark.parametrize(
    "cells",
    [
        ["import matplotlib.pyplot as plt\nplt.launch()"],
        ["import gradio\nrocket = object()\nrocket.launch()"],
        ["import gradio\ngradio.Interface(print)"],
        [GRADIO + "d = gr.Blocks()\nd = rocket()\nd.launch()"],
        [GRADIO + "d = d.queue()\nd.launch()"],
        [GRADIO + "def ui():\n    return ui()\nui().launch()"],
        ["app = make()\napp.run()"],
        ["import flask\nfrom other import App\napp = App()\napp.run()"],
        [FLASK + "app.run"],
        [FLASK + "app.test_client().get('/')"],
        ["import torch.multiprocessing as mp\nmp.spawn(f, nprocs=2)"],
        ["%load_ext tensorboard\n%tensorboard --logdir logs"],
        ["!tensorboard --logdir logs --port 6006 &"],
        ["!streamlit --version"],
        ["!streamlit run --help"],
        ["!streamlit hello"],
        ["!flask db upgrade"],
        ["!pip install streamlit uvicorn"],
        ["!echo streamlit run app.py"],
        ["# !streamlit run app.py"],
        ["!streamlit run app.py --server.port $(shuf -n1)"],
        ["!uvicorn main:app --uds /tmp/socket"],
        ["!uvicorn main:app --port 0"],
        ["!uvicorn main:app --port 99999"],
        [FASTAPI + "uvicorn.run(app, port=free_port())"],
        [FASTAPI + "uvicorn.run(app, **options)"],
        [FASTAPI + "uvicorn.run(app, *options)"],
        [FASTAPI + "uvicorn.run(app, port=True)"],
        [FASTAPI + "uvicorn.run(app, uds='/tmp/socket')"],
        [FASTAPI + "uvicorn.Config(app)"],
        [FLASK + "def serve():\n    app.run()"],
        [FLASK + "def a():\n    b()\ndef b():\n    app.run()"],
        [FLASK + "def serve():\n    !flask run"],
        [FLASK + "class A:\n    def serve(self):\n        app.run()\nA()"],
        [FLASK + "import sys\nif 'google.colab' not in sys.modules:\n    app.run()"],
        ["%%writefile a.py\n" + FLASK + "app.run()"],
        ["%%writefile a.py\n" + FLASK + "app.run()", "!cat a.py"],
        ["%%timeit\n" + FLASK + "app.run()"],
        [OUTPUT + "output.serve_kernel_port_as_window(port())"],
        [OUTPUT + "def show():\n    output.serve_kernel_port_as_window(80)"],
        ["!tensorboard --logdir a &\n" + OUTPUT + "output.serve_kernel_port_as_iframe(6006)"],
        ["!tensorboard --port=81 &\n" + OUTPUT + "output.serve_kernel_port_as_iframe(81)"],
    ],
)
def test_is_none(cells: list[str]) -> None:
    assert facts(*cells).service is None


@pytest.mark.parametrize(
    ("cells", "kind", "port", "shown"),
    [
        (["!./serve &", OUTPUT + "output.serve_kernel_port_as_window(80)"], "kernel", 80, [(2, 2)]),
        ([OUTPUT + "output.serve_kernel_port_as_iframe(port=80, height='9')"], "kernel", 80,
         [(1, 2)]),
        (["from google.colab.output import serve_kernel_port_as_window as w\nP = 80\nw(P)"],
         "kernel", 80, [(1, 3)]),
        (["!streamlit run a.py &", OUTPUT + "output.serve_kernel_port_as_window(8501)"],
         "streamlit", 8501, [(2, 2)]),
        # What is shown is what others are to see.
        (["!uvicorn a:b &\n!streamlit run a.py &\n" + OUTPUT
          + "output.serve_kernel_port_as_window(8501)"], "streamlit", 8501, [(1, 4)]),
        (["!uvicorn a:b &\n!streamlit run a.py &"], "fastapi", 8000, []),
        (["!streamlit run a.py &", OUTPUT + "output.serve_kernel_port_as_window(6006)"],
         "streamlit", 8501, []),
        ([OUTPUT + "for i in a:\n    output.serve_kernel_port_as_window(80)",
          "output.serve_kernel_port_as_window(81)\noutput.serve_kernel_port_as_window(80)"],
         "kernel", 80, [(1, 3), (2, 2)]),
    ],
)  # fmt: skip
def test_ports_that_colab_shows(
    cells: list[str], kind: str, port: int, shown: list[tuple[int, int]]
) -> None:
    found = service(*cells)
    assert (found.kind, found.port) == (kind, port)
    assert [(place.cell, place.line) for place in found.shown] == shown


def test_the_place_is_that_of_the_start() -> None:
    assert service("import gradio as gr", "d = gr.Blocks()\n\nd.launch()").location == Location(
        2, 3
    )
    assert service("x = 1\n!streamlit run a.py").location == Location(1, 2)


@pytest.mark.parametrize(
    ("code", "health"),
    [
        ("", "/docs"),
        ("@app.get('/')\ndef a(): ...", "/"),
        ("@app.get('/')\ndef a(): ...\n@app.get('/health')\ndef b(): ...", "/health"),
        ("@app.get('/api/healthz')\nasync def a(): ...", "/api/healthz"),
        ("@app.post('/health')\ndef a(): ...", "/docs"),
        ("@app.get('/{a}/health')\ndef a(): ...", "/docs"),
        ("@other.get('/health')\ndef a(): ...", "/docs"),
        ("@app.get('/$(x)/health')\ndef a(): ...", "/docs"),
        ("@app.get('/ä/health')\ndef a(): ...", "/docs"),
        ("app = FastAPI(docs_url=None)", "/docs"),  # one application of two has the page
    ],
)
def test_health_of_fastapi(code: str, health: str) -> None:
    assert service(f"{FASTAPI}{code}\nuvicorn.run(app)").health == health


@pytest.mark.parametrize(
    ("code", "health"),
    [
        ("", None),
        ("@app.route('/')\ndef a(): ...", "/"),
        ("@app.route('/predict')\ndef a(): ...", None),
        ("@app.route('/ping')\ndef a(): ...", "/ping"),
        ("@app.route('/ping', methods=['POST'])\ndef a(): ...", None),
        ("@app.route('/ping', methods=['GET', 'POST'])\ndef a(): ...", "/ping"),
        ("@app.route('/<a>/ping')\ndef a(): ...", None),
    ],
)
def test_health_of_flask(code: str, health: str | None) -> None:
    assert service(f"{FLASK}{code}\napp.run()").health == health


@pytest.mark.parametrize(
    "arguments", ["docs_url=None", "openapi_url=None", "docs_url='/a b'", "**options"]
)
def test_a_page_that_may_be_gone_is_not_asked_for(arguments: str) -> None:
    cell = FASTAPI.replace("FastAPI()", f"FastAPI({arguments})")
    assert service(f"{cell}uvicorn.run(app)").health is None


@pytest.mark.parametrize(
    ("cells", "host", "advice"),
    [
        ([FLASK + "app.run()"], "127.0.0.1", "give it host='0.0.0.0'"),
        (
            [GRADIO + "gr.Blocks().launch(server_name='localhost')"],
            "localhost",
            "give it server_name='0.0.0.0'",
        ),
        (["!uvicorn a:b --host 127.0.0.1"], "127.0.0.1", "give it --host 0.0.0.0"),
        (
            ["!streamlit run a.py --server.address ::1"],
            "::1",
            "give it --server.address 0.0.0.0",
        ),
        (
            [FLASK + "from flask_ngrok import run_with_ngrok\nrun_with_ngrok(app)\napp.run()"],
            "127.0.0.1",
            "take out run_with_ngrok and give it host='0.0.0.0'",
        ),
    ],
)
def test_what_only_its_own_machine_reaches_is_told(
    cells: list[str], host: str, advice: str
) -> None:
    assert reasons(*cells) == [
        f"listens on {host} alone: nothing outside the container reaches it; {advice}"
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["!streamlit run a.py &"],
        ["import subprocess\nsubprocess.Popen(['streamlit', 'run', 'a.py'])"],
        ["get_ipython().system_raw('streamlit run a.py &')"],
        [FLASK + "from threading import Thread\n"
         "Thread(target=app.run, args=['0.0.0.0'], daemon=True).start()"],
        [FLASK + THREAD + "Thread(target=lambda: app.run('0.0.0.0'), daemon=True).start()"],
        [FLASK + THREAD + "def go():\n    app.run('0.0.0.0')\n"
         "Thread(target=go, daemon=True).start()"],
        [FLASK + THREAD + "def go():\n    app.run('0.0.0.0')\ndef a():\n    go()\n"
         "t = Thread(target=a)\nt.daemon = True\nt.start()"],
        [FLASK + THREAD + "t = Thread(target=lambda: app.run('0.0.0.0'))\nt.setDaemon(True)"],
        [FLASK + THREAD + "def main():\n    def go():\n        app.run('0.0.0.0')\n"
         "    Thread(target=go, daemon=True).start()\nmain()"],
        [FLASK + THREAD + "class A:\n    def __init__(self):\n        app.run('0.0.0.0')\n"
         "def go():\n    app.run('0.0.0.0')\nThread(target=go, daemon=True).start()"],
        ["import dash\n" + THREAD + "Thread(target=lambda: app.run_server(), daemon=True).start()"],
        [GRADIO + "gr.Blocks().launch(prevent_thread_lock=True)"],
        ["!streamlit run a.py & npx localtunnel --port 8501"],
        ["!cd a && streamlit run a.py & sleep 9"],
        ["!(cd a; streamlit run a.py) & sleep 9"],
        ["%%bash\nstreamlit run a.py &\nsleep 9"],
        ["!for i in 1; do streamlit run a.py; done &"],
        ["import os\nos.system('streamlit run a.py & sleep 9')"],
        ["%%writefile a.py\n" + FLASK + "app.run('0.0.0.0')", "!python a.py &"],
    ],
)  # fmt: skip
def test_what_ends_with_the_program_is_told(cells: list[str]) -> None:
    (reason,) = reasons(*cells)
    assert reason.startswith("serves in the background, and ends when the program does")


@pytest.mark.parametrize(
    "cells",
    [
        ["!streamlit run a.py"],
        ["!curl a & streamlit run a.py"],
        ["!streamlit run a.py 2>&1"],
        ["!streamlit run a.py & wait"],
        ["%%bash\nstreamlit run a.py &\nwait"],
        ["%%bash\nsleep 9 &\nstreamlit run a.py"],
        [GRADIO + "gr.Blocks().launch()"],
        [GRADIO + "d = gr.Blocks()\nd.launch(prevent_thread_lock=True)\nd.block_thread()"],
        [FLASK + THREAD + "t = Thread(target=lambda: app.run('0.0.0.0'), daemon=True)\nt.start()\n"
         "t.join()"],
        [FLASK + THREAD + "def go():\n    app.run('0.0.0.0')\nThread(target=go, daemon=True)\n"
         "go()"],
        [FLASK + THREAD + "def go():\n    app.run('0.0.0.0')\nThread(target=go, daemon=False)"],
        [FLASK + THREAD + "def go(): ...\nThread(target=go, daemon=True).start()\n"
         "app.run('0.0.0.0')"],
        [FLASK + "from threading import Thread\nThread(target=app.run, args=['0.0.0.0']).start()"],
        ["!./serve &", OUTPUT + "output.serve_kernel_port_as_window(80)"],
    ],
)  # fmt: skip
def test_nothing_to_do(cells: list[str]) -> None:
    assert reasons(*cells) == []


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (FLASK + "app.run('0.0.0.0')\nx = 1", True),
        (FLASK + "def serve():\n    app.run('0.0.0.0')", False),
        (FLASK + "def serve():\n    app.run('0.0.0.0')\nserve()\nx = 1", True),
        ("import dash\ndef serve():\n    app.run_server()", False),
        (FLASK + THREAD + "Thread(target=lambda: app.run('0.0.0.0'), daemon=True).start()", False),
        (GRADIO + "gr.Blocks().launch(prevent_thread_lock=True)\nx = 1", False),
    ],
)
def test_what_does_not_end_is_told(cell: str, told: bool) -> None:
    found = [one for one in facts(cell).concerns if "serves until somebody" in one.reason]
    assert bool(found) == told


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ([GRADIO + "gr.Blocks().launch(share=True)"], "gradio.live"),
        ([GRADIO + "SHARE = True\ngr.Blocks().queue().launch(share=SHARE)"], "gradio.live"),
        (["from pyngrok import ngrok\nurl = ngrok.connect(8501)"], "ngrok"),
        (["import pyngrok.ngrok\npyngrok.ngrok.connect(8501)"], "ngrok"),
        (["import ngrok\nngrok.forward(80, authtoken_from_env=True)"], "ngrok"),
        (["from flask_ngrok import run_with_ngrok\nrun_with_ngrok(app)"], "ngrok"),
        (["!cloudflared tunnel --url http://localhost:80"], "trycloudflare.com"),
        (["!./cloudflared-linux-amd64 tunnel --url=localhost:80 &"], "trycloudflare.com"),
        (["!cloudflared tunnel run --token $T"], "of one's own at Cloudflare"),
        (["!streamlit run a.py & npx localtunnel --port 8501"], "loca.lt"),
        (["!npx --yes localtunnel@2 --port 8501"], "loca.lt"),
        (["!lt --port 8501"], "loca.lt"),
        (["get_ipython().system_raw('./ngrok http 80 &')"], "ngrok"),
        (["!ssh -R 80:localhost:80 nokey@localhost.run"], "localhost.run"),
    ],
)
def test_a_public_address_is_told(cells: list[str], where: str) -> None:
    found = [one.reason for one in facts(*cells).concerns if "public address" in one.reason]
    assert len(found) == 1
    assert found[0].startswith(f"opens a public address ({where}) to what it serves")


@pytest.mark.parametrize(
    "cells",
    [
        [GRADIO + "gr.Blocks().launch()"],
        [GRADIO + "gr.Blocks().launch(share=False)"],
        [GRADIO + "def go():\n    gr.Blocks().launch(share=True)"],
        [GRADIO + "rocket().launch(share=True)"],
        ["from pyngrok import ngrok\nngrok.kill()"],
        ["import sqlite3 as ngrok\nngrok.connect('a')"],
        ["!pip install pyngrok localtunnel"],
        ["!npm install -g localtunnel"],
        ["!ngrok authtoken $T"],
        ["!cloudflared --version"],
        ["!ls -lt --port"],
        ["!ssh user@example.invalid"],
    ],
)
def test_no_public_address(cells: list[str]) -> None:
    assert not [one for one in facts(*cells).concerns if "public address" in one.reason]
