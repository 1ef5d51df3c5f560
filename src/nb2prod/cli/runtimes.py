"""`nb2prod runtimes`. Printed plainly: everything shown is from tables of our own."""

from __future__ import annotations

import argparse
import json

from nb2prod.data.runtime_names import find_runtime, why_unknown
from nb2prod.data.runtimes import Runtime, RuntimeName, runtimes, span
from nb2prod.errors import OptionError

# What a notebook's reader asks for first.
_HEADLINE = (
    *("torch", "torchvision", "tensorflow", "keras", "jax", "numpy", "pandas", "scipy"),
    *("scikit-learn", "matplotlib", "opencv-python", "transformers", "diffusers"),
)
_VARIANTS = {"gpu": "with a GPU", "main": "without a GPU"}


def run(arguments: argparse.Namespace) -> int:
    """List the runtimes, or show one. Raises `OptionError` for one that is not known."""
    if arguments.runtime is None:
        if arguments.gpu or arguments.all:
            raise OptionError("--gpu and --all are about one runtime; name it.")
        if arguments.json:
            _print_json(_listing())
        else:
            _tell_all()
        return 0
    runtime = find_runtime(arguments.runtime, gpu=arguments.gpu)
    if runtime is None:
        raise OptionError(why_unknown(arguments.runtime))
    if arguments.json:
        _print_json(_contents(runtime))
    else:
        _tell(runtime, everything=arguments.all)
    return 0


def _print_json(shown: object) -> None:
    print(json.dumps(shown, ensure_ascii=False, separators=(",", ":")))


def _listing() -> dict[str, object]:
    days = span()
    return {
        "named": [_entry(one) for one in runtimes() if one.platform == "colab"],
        "kaggle": [_entry(one) for one in runtimes() if one.platform == "kaggle"],
        "dated": {"first": days.first, "last": days.last, "snapshots": days.count},
    }


def _entry(one: RuntimeName) -> dict[str, object]:
    return {
        "name": one.name,
        "date": one.date,
        "python": one.python,
        "based_on": one.based_on,
    }


def _contents(runtime: Runtime) -> dict[str, object]:
    return {
        "name": runtime.name,
        "described": runtime.described,
        "platform": runtime.platform,
        "date": runtime.date,
        "based_on": runtime.based_on,
        "python": runtime.python,
        "ubuntu": runtime.ubuntu,
        "variant": runtime.variant,
        "commit": runtime.commit,
        "packages": dict(runtime.packages),
        "builds": dict(runtime.builds),
        "unservable": dict(runtime.unservable),
    }


def _tell_all() -> None:
    print("named runtimes of Colab:")
    for one in runtimes():
        if one.platform == "colab":
            print(f"  {one.name:<20}{one.date}  Python {one.python}")
    print("images of Kaggle, which hold more packages than the image of Colab they are built from:")
    for one in runtimes():
        if one.platform == "kaggle":
            print(f"  {one.name:<20}{one.date}  Python {one.python}, from Colab's {one.based_on}")
    days = span()
    print(f"Colab by day: {days.first} to {days.last}, {days.count} snapshots; before: none known")


def _tell(runtime: Runtime, *, everything: bool) -> None:
    print(runtime.described)
    _fact("name", runtime.name)
    _fact("date", runtime.date)
    _fact("python", runtime.python)
    _fact("ubuntu", runtime.ubuntu or "not known")
    _fact("image", _image(runtime))
    for name in _HEADLINE:
        if name in runtime.freeze:
            _fact(name, runtime.freeze[name])
    count, left = len(runtime.packages), len(runtime.unservable)
    _fact("packages", f"{count} that an index serves, {left} that none does")
    if not everything:
        return
    for name, version in runtime.packages.items():
        build = runtime.builds.get(name)
        print(f"{name}=={version}{f'  # the image had {build}' if build else ''}")
    for name, reason in runtime.unservable.items():
        print(f"# {' '.join(filter(None, (name, runtime.freeze[name])))}: {reason}")


def _image(runtime: Runtime) -> str:
    """Which of the two it is; both questions had one answer while there was one image for both."""
    other = find_runtime(runtime.name, gpu=runtime.variant == "main")
    if other is not None and (other.variant, other.commit) == (runtime.variant, runtime.commit):
        return "with and without a GPU"
    return _VARIANTS[runtime.variant]


def _fact(name: str, text: str) -> None:
    print(f"  {name + ':':<15}{text}")
