from __future__ import annotations

import ast
from itertools import combinations, pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.program.stages import STAGE_NAMES, Stage, cuts, stage_of

ORDER: list[Stage] = list(STAGE_NAMES)


@pytest.mark.parametrize(
    ("source", "stage"),
    [
        ("import pandas as pd", "set_up"),
        ("drive.mount('/mnt')", "set_up"),
        ("np.random.seed(1)\nset_seed(1)", "set_up"),
        ("import pandas as pd\ndf = pd.read_csv('a.csv')\ndf.head()", "data"),
        ("data = load_dataset('imdb')", "data"),
        ("(x, y), _ = tf.keras.datasets.mnist.load_data()", "data"),
        ("loader = torch.utils.data.DataLoader(data, batch_size=8)", "data"),
        ("tokenizer = AutoTokenizer.from_pretrained('a')", "data"),
        ("scaler.fit(x)\nx = scaler.transform(x)", "data"),
        ("x = StandardScaler().fit_transform(x)", "data"),
        ("StandardScaler().fit(x)", "data"),
        ("a, b = train_test_split(x)", "data"),
        ("class Faces(Dataset):\n    pass", "data"),
        ("faces = load_image_data('a')", "data"),
        ("class Net(nn.Module):\n    def forward(self, x): return x", "model"),
        ("class Net(pl.LightningModule):\n    def step(self): loss.backward()", "model"),
        ("model = Net().to(device)", "model"),
        ("model = AutoModelForCausalLM.from_pretrained('a')", "model"),
        ("net = tf.keras.Sequential([layers.Dense(1)])", "model"),
        ("x = tf.keras.layers.Dense(1)(x)", "model"),
        ("loss = nn.CrossEntropyLoss()", "model"),
        ("forest = RandomForestClassifier()", "model"),
        ("model.compile(optimizer='adam', loss='mse')", "model"),
        ("history = model.fit(x, y)", "train"),
        ("autoencoder.fit(x, x)", "train"),
        ("KMeans(3).fit(x)", "train"),
        ("for x in loader:\n    loss = f(x)\n    loss.backward()\n    optimizer.step()", "train"),
        ("Trainer(model=model).train()", "train"),
        ("trainer.train()", "train"),
        ("booster = xgb.train({}, d)", "train"),
        ("model.train(data='a.yaml', epochs=3)", "train"),
        ("train_model(model, loader)", "train"),
        ("predictions = model.predict(x)", "evaluate"),
        ("print(accuracy_score(y, p))", "evaluate"),
        ("sns.heatmap(confusion_matrix(y, p))", "evaluate"),
        ("scores = cross_val_score(model, x, y)", "evaluate"),
        ("evaluate(model, loader)", "evaluate"),
        (
            "with torch.no_grad():\n    for x, y in loader:\n        right += f(model(x), y)",
            "evaluate",
        ),
        ("torch.save(model.state_dict(), 'a.pt')", "save"),
        ("joblib.dump(model, 'a')", "save"),
        ("trainer.push_to_hub()", "save"),
        ("df.to_csv('a.csv')", "save"),
        # the strongest of several
        ("for e in range(3):\n    loss.backward()\n    torch.save(m, 'a.pt')", "train"),
        ("import a\nm = SVC()\nm.fit(x)\nprint(m.score(x))", "train"),
        ("p = model.predict(x)\npd.DataFrame(p).to_csv('a.csv')", "save"),
        ("m = load_model('a')\nm.evaluate(x)", "evaluate"),
        ("df = pd.read_csv('a')\nm = Net()\nmodel = m()", "model"),
    ],
)
def test_stage_of(source: str, stage: Stage) -> None:
    assert stage_of(ast.parse(source)) == stage


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1",
        "df.head()",
        "plt.plot(x)",
        "plt.savefig('a.png')",
        "def train(model):\n    model.fit(x)\n    model.save('a')",
        "train = lambda: model.fit(x)",
        "@torch.no_grad()\ndef f(x): return x",
        "class A:\n    b = pd.read_csv('a')",
        "pattern = re.compile('a')",
        "model.train()",
        "model.eval()",
        "env.step(action)",
        "best_model = models[0]",
        "x = F.relu(x)",
        "functions[0](x)",
    ],
)
def test_nothing_tells(source: str) -> None:
    assert stage_of(ast.parse(source)) is None


def test_all_stages_have_a_name() -> None:
    assert set(STAGE_NAMES) == set(get_args(Stage))
    assert len(set(STAGE_NAMES.values())) == len(STAGE_NAMES)
    assert all(name.isidentifier() for name in STAGE_NAMES.values())


@pytest.mark.parametrize(
    ("stages", "parts"),
    [
        ([], ()),
        ([None, None], ()),
        (["train"], ((0, "train"),)),
        ([None, "data"], ((0, "data"),)),
        (ORDER, tuple(enumerate(ORDER))),
        (["set_up", "set_up", None, "data"], ((0, "set_up"), (3, "data"))),
        (["data", "train", "data", None, "evaluate"], ((0, "data"), (1, "train"), (4, "evaluate"))),
        (["data", "train", "set_up", "train"], ((0, "data"), (1, "train"))),
        # what comes too soon makes no part
        (["data", "save", "data", "train"], ((0, "data"), (3, "train"))),
        (["evaluate", "data", "train", "evaluate"], ((0, "data"), (2, "train"), (3, "evaluate"))),
        (["data", "save", "train"], ((0, "data"), (2, "train"))),
        # a second round stays in the part of the end
        (
            ["data", "train", "evaluate", "train", "evaluate"],
            ((0, "data"), (1, "train"), (2, "evaluate")),
        ),
    ],
)
def test_cuts(stages: list[Stage | None], parts: tuple[tuple[int, Stage], ...]) -> None:
    assert cuts(stages) == parts


@given(st.lists(st.sampled_from([None, *ORDER]), max_size=9))
def test_parts_go_forward_and_there_is_no_better_way(stages: list[Stage | None]) -> None:
    parts = cuts(stages)
    assert bool(parts) == any(stages)
    if not parts:
        return
    assert parts[0][0] == 0
    assert all(stages[index] == stage for index, stage in parts[1:])
    assert all(
        one[0] < other[0] and ORDER.index(one[1]) < ORDER.index(other[1])
        for one, other in pairwise(parts)
    )
    told = [stage for stage in stages if stage]
    most = max(
        count
        for count in range(1, len(ORDER) + 1)
        for chosen in combinations(told, min(count, len(told)))
        if len(chosen) == count
        and all(ORDER.index(a) < ORDER.index(b) for a, b in pairwise(chosen))
    )
    assert len(parts) == most
