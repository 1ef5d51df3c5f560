"""The one decision on CUDA: whose version, which flavour, which extras, and what is told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.data.cuda import (
    cuda_images,
    jax_extras,
    jax_versions,
    tensorflow_and_cuda,
    tensorflow_cuda,
    tensorflow_versions,
    torch_versions,
)
from nb2prod.data.gpus import gpus, jax_runs_on, knows, tensorflow_runs_on, torch_runs_on
from nb2prod.data.machines import Driver
from nb2prod.environment.cuda import CudaDecision
from nb2prod.environment.driver import runs, starts
from nb2prod.environment.target import Target
from nb2prod.options import Options
from tests.environment.cuda_cases import (
    DOCUMENTED,
    MIDDLE,
    NEW,
    OLD,
    decide,
    pins,
    tag,
    target,
    told,
)


@pytest.mark.parametrize(
    ("requirements", "image"),
    [
        ("", "12.1.1-base"),
        ("pandas==2.2.2", "12.1.1-base"),
        ("torch==2.6.0", "12.4.1-base"),
        ("tensorflow==2.15.0", "12.2.2-cudnn8-runtime"),
        ("tensorflow==2.4.0", "11.0.3-cudnn8-runtime"),
        ("tensorflow[and-cuda]==2.15.0", "12.2.2-base"),
        ("tensorflow[and_cuda]==2.17.0", "12.3.2-base"),
        # An extra that this version does not have.
        ("tensorflow[and-cuda]==2.12.0", "11.8.0-cudnn8-runtime"),
        ("tensorflow-gpu==2.11.0", "11.2.2-cudnn8-runtime"),
        ("onnxruntime-gpu==1.18.1", "11.8.0-cudnn8-runtime"),
        ("onnxruntime-gpu==1.12.1", "11.4.3-cudnn8-runtime"),
        ("onnxruntime-gpu==1.22.0", "12.4.1-cudnn-runtime"),
        ("onnxruntime-gpu[cuda,cudnn]==1.22.0", "12.1.1-base"),
        ("cupy-cuda12x==13.6.0", "12.1.1-runtime"),
        ("cupy-cuda11x==13.6.0", "11.8.0-runtime"),
        ("cupy-cuda12x[ctk]==14.2.0", "12.1.1-base"),
        ("cudf-cu12==25.10.0", "12.1.1-base"),
        ("something-cu121==1.0", "12.1.1-runtime"),
        ("mxnet-cu112==1.9.1", "11.8.0-cudnn8-runtime"),
        ("jax==0.7.2", "12.1.1-base"),
        ("bitsandbytes==0.45.0", "12.4.1-base"),
        # What takes CUDA from the image decides over what brings its own.
        ("torch==2.6.0 cupy-cuda11x==13.6.0", "11.8.0-runtime"),
        ("torch==2.3.0 tensorflow==2.13.0", "11.8.0-cudnn8-runtime"),
        ("tensorflow==2.17.1 cupy-cuda12x==13.6.0", "12.2.2-cudnn8-runtime"),
    ],
)
def test_the_smallest_flavour_that_serves(requirements: str, image: str) -> None:
    freeze = {"torch": "2.6.0"}
    where = target("A100") if "2.4.0" in requirements else target()
    assert tag(decide(requirements, where, freeze=freeze)) == image


@pytest.mark.parametrize(
    ("requirements", "compiles", "image"),
    [
        ("pandas==2.2.2", ("runs nvcc",), "12.1.1-devel"),
        ("torch==2.6.0 flash-attn==2.7.0", (), "12.4.1-devel"),
        ("torch==2.3.0", ("builds an extension of torch",), "12.1.1-devel"),
        ("tensorflow==2.15.0", ("runs nvcc",), "12.2.2-cudnn8-devel"),
        ("cupy==13.6.0", (), "12.1.1-devel"),
        ("pycuda==2025.1", (), "12.1.1-devel"),
    ],
)
def test_what_compiles_gets_nvcc(requirements: str, compiles: tuple[str, ...], image: str) -> None:
    found = decide(requirements, compiles=compiles)
    assert tag(found) == image
    assert found.image.evidence[-1].detail.endswith(compiles or ("compiles CUDA",))
    assert tag(decide(requirements, compiles=compiles, options=Options(cuda="12"))) == image
    slim = decide(requirements, compiles=compiles, options=Options(cpu=True))
    assert slim.image.flavour == "slim"


@pytest.mark.parametrize(
    ("requirements", "after", "notes"),
    [
        ("jax==0.7.2", "jax[cuda12]==0.7.2", ""),
        ("jax==0.7.2 jaxlib==0.7.2", "jax[cuda12]==0.7.2 jaxlib==0.7.2", ""),
        ("jax==0.5.2", "jax[cuda12]==0.5.2", ""),  # there is no jaxlib 0.5.2
        ("jax[cuda13]==0.8.0", "jax[cuda13]==0.8.0", "a build of jax for CUDA 12"),
        ("jax[tpu]==0.8.0", "jax[tpu]==0.8.0", ""),
        ("jax==0.4.20", "jax==0.4.20", "jax 0.4.20 computes on the CPU"),
        ("jax==99.0", "jax==99.0", "no table knows a build"),
        # torch 2.8 brings cuDNN 9.10, torch 2.6 9.1: jax 0.7 wants 9.8, jax 0.5 wants 9.1.
        ("jax==0.7.2 torch==2.8.0", "jax[cuda12]==0.7.2 torch==2.8.0", ""),
        ("jax==0.5.2 torch==2.6.0", "jax[cuda12]==0.5.2 torch==2.6.0", ""),
        ("jax==0.7.2 torch==2.6.0", "jax==0.7.2 torch==2.6.0", "choose jax==0.5.3"),
        # Plain TensorFlow requires no cuDNN of its own.
        ("jax==0.7.2 tensorflow==2.17.0", "jax[cuda12]==0.7.2 tensorflow==2.17.0", ""),
        ("tensorflow==2.20.0", "tensorflow[and-cuda]==2.20.0", ""),
        ("tensorflow==2.17.0", "tensorflow==2.17.0", ""),  # its image starts
        ("tensorflow==2.19.0 torch==2.8.0", "tensorflow==2.19.0 torch==2.8.0", "driver"),
        (
            "tensorflow==2.20.0 torch==2.8.0",
            "tensorflow[and-cuda]==2.20.0 torch==2.8.0",
            "",
        ),
        (
            "jax==0.7.2 tensorflow==2.20.0",
            "jax[cuda12]==0.7.2 tensorflow[and-cuda]==2.20.0",
            "",
        ),
        (
            "jax==0.7.2 tensorflow==2.19.0",
            "jax==0.7.2 tensorflow[and-cuda]==2.19.0",
            "choose jax==0.5.3",
        ),
    ],
)
def test_the_gpu_is_never_lost_in_silence(requirements: str, after: str, notes: str) -> None:
    found = decide(requirements)
    assert " ".join(pin.requirement for pin in found.pins) == after
    assert notes in told(found)
    assert bool(notes) == bool(told(found))
    # The answer given again is the same answer.
    again = decide(after)
    assert [pin.requirement for pin in again.pins] == [pin.requirement for pin in found.pins]
    assert again.image.reference == found.image.reference
    # Without a GPU, and for a CPU, the pins stay as they are.
    for other in (
        decide(requirements, target(None)),
        decide(requirements, options=Options(cpu=True)),
    ):
        assert other.pins == pins(requirements)


def test_an_extra_of_ours_is_chosen_anew() -> None:
    first = decide("jax==0.7.2 tensorflow==2.20.0", closure={})
    assert first.pins != pins("jax==0.7.2 tensorflow==2.20.0")
    from nb2prod.environment.cuda_extras import with_extras

    again, _ = with_extras(first.pins, {}, None, target())
    assert again == first.pins
    undone, _ = with_extras(first.pins, {}, None, target(None))
    assert undone == pins("jax==0.7.2 tensorflow==2.20.0")


def test_jax_that_comes_along_is_told() -> None:
    assert "flax brings JAX along" in told(decide("flax==0.10.0", closure={"jax": "0.7.2"}))
    assert told(decide("mediapipe==0.10.0", closure={"jax": "0.7.2"})) == ""


@pytest.mark.parametrize(
    ("requirements", "where", "words"),
    [
        # Two majors from one image.
        (
            "tensorflow==2.13.0 cupy-cuda12x==13.6.0",
            target(),
            "one image has one of them, here the first. Choose cupy-cuda11x or tensorflow==2.21.0",
        ),
        (
            "tensorflow==2.17.0 onnxruntime-gpu==1.18.0",
            target(),
            "Choose onnxruntime-gpu==1.19.0 or tensorflow==2.14.1",
        ),
        # The same major, another cuDNN.
        (
            "tensorflow==2.17.0 onnxruntime-gpu==1.22.0",
            target(),
            (
                "onnxruntime-gpu==1.22.0 is built for CUDA 12 and cuDNN 9, and the image has CUDA"
                " 12.2.2 and cuDNN 8"
            ),
        ),
        # Two majors of NVIDIA's own wheels.
        (
            "torch==2.11.0+cu128 cudf-cu13==25.10.0",
            target("A4000", NEW),
            (
                "bring libraries of CUDA 12 and of CUDA 13 into one program. Choose cudf-cu12 or"
                " torch==2.11.0+cu130"
            ),
        ),
        (
            "torch==2.12.0 jax[cuda12]==0.8.0",
            target("A4000", NEW),
            "Choose jax[cuda13] or torch==2.12.0+cu126",
        ),
        (
            "torch==2.8.0 tensorflow[and-cuda]==2.19.0",
            target(),
            "Choose tensorflow==2.19.0 without [and-cuda]",
        ),
        # GPUs.
        (
            "torch==1.13.1",
            target("H100"),
            (
                "torch 1.13.1 in the build for CUDA 11.7 has no code for the H100 of the machine"
                " H100 (Hopper, 9.0). Choose torch==2.0.0 or --gpu A100-80G"
            ),
        ),
        ("torch==2.8.0+cu128", target("P6000", NEW), "Choose torch==2.8.0+cu126 or --gpu A5000"),
        ("torch==2.15.0", target("V100", NEW), "Choose torch==2.14.1 or --gpu RTX5000"),
        ("tensorflow==2.17.0", target("M4000"), "Choose tensorflow==2.16.2 or --gpu P4000"),
        ("tensorflow==2.4.0", target("A4000"), "Choose tensorflow==2.5.0 or --gpu RTX5000"),
        ("cupy-cuda13x==14.0.0", target("V100", NEW), "Choose --gpu RTX5000"),
        ("jax==0.8.0", target("K80", NEW), "the K80 with the driver 580.82.07 does not run"),
        # What compiles beside a torch of another major.
        (
            "torch==2.3.0 cupy-cuda11x==13.6.0 flash-attn==2.5.0",
            target(),
            "builds nothing with the image's CUDA 11.8.0. Choose torch==2.3.0+cu118 or --cuda 12",
        ),
        ("torch==99.0", target(), "no table knows which CUDA there is in torch 99.0"),
    ],
)
def test_what_does_not_go_together_is_told_with_what_does(
    requirements: str, where: Target, words: str
) -> None:
    found = decide(requirements, where)
    assert words in told(found)
    assert found.cannot_run is None


@pytest.mark.parametrize(
    ("requirements", "refused", "choices"),
    [
        ("torch==2.11.0", False, ""),
        ("torch==2.15.0", True, "Choose torch==2.14.1 or --cpu"),
        ("torch==2.14.1+cu130", True, "Choose torch==2.14.1+cu126 or --cpu"),
        ("torch==2.11.0+cu130 tensorflow==2.15.0", True, "Choose torch==2.11.0+cu126 or --cpu"),
        ("tensorflow==2.15.0", False, ""),
        ("torch==2.1.0 tensorflow==2.18.0", False, "choose tensorflow==2.17.1 or --cpu"),
        ("cupy-cuda13x==13.6.0", True, "Choose a build of cupy-cuda13x for CUDA 12 or --cpu"),
        ("onnxruntime-gpu==1.31.1", True, "Choose onnxruntime-gpu==1.19.0 or --cpu"),
        ("cupy-cuda12x==13.6.0", False, ""),
        ("jax[cuda13]==0.8.0", True, "Choose a build of jax for CUDA 12 or --cpu"),
        ("pandas==2.2.2", False, ""),
    ],
)
def test_the_driver_s_verdict_says_what_to_choose(
    requirements: str, refused: bool, choices: str
) -> None:
    found = decide(requirements)
    assert bool(found.cannot_run) == refused
    assert told(found).endswith(choices)
    assert bool(told(found)) == bool(choices)
    # Without a GPU no driver is asked for.
    assert decide(requirements, target(None)).cannot_run is None


@pytest.mark.parametrize(
    ("requirements", "cuda", "image", "words"),
    [
        ("", "12.4", "12.4.1-base", ""),
        ("", "12.4.1", "12.4.1-base", ""),
        ("", "11", "11.8.0-base", ""),
        ("", "12", "12.1.1-base", ""),
        ("torch==2.11.0", "11.8", "11.8.0-base", ""),  # torch brings its own
        ("tensorflow==2.15.0", "12.2", "12.2.2-cudnn8-runtime", ""),
        ("tensorflow==2.15.0", "12.1", "12.1.1-cudnn8-runtime", ""),
        ("tensorflow==2.15.0", "12.4", "12.4.1-cudnn-runtime", "and the image has CUDA 12.4.1"),
        ("tensorflow==2.15.0", "11", "11.8.0-cudnn8-runtime", "Choose a CUDA without --cuda"),
        ("tensorflow==2.18.0", "12.5", "12.5.1-base", "which is too old for"),
        ("", "12.8", "12.8.1-base", "which is too old for nvidia/cuda:12.8.1"),
        ("", "13.0", "13.0.3-base", "which does not start nvidia/cuda:13.0.3"),
    ],
)
def test_the_user_s_cuda_is_obeyed_and_told(
    requirements: str, cuda: str, image: str, words: str
) -> None:
    found = decide(requirements, options=Options(cuda=cuda))
    assert tag(found) == image
    assert found.image.evidence[0].kind == "user"
    assert words in told(found)
    assert bool(words) == bool(told(found))
    assert found.cannot_run is None


DRIVERS = (OLD, DOCUMENTED, MIDDLE, NEW)
EVERYTHING = (
    *(f"torch=={version}" for version in torch_versions()),
    *(f"tensorflow=={version}" for version in tensorflow_versions()),
    *(f"tensorflow[and-cuda]=={one}" for one in tensorflow_versions() if tensorflow_and_cuda(one)),
    *(f"jax=={version}" for version in jax_versions()),
)


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.version)
@pytest.mark.parametrize("name", gpus())
def test_every_version_runs_on_every_gpu_and_driver_or_is_reported(
    name: str, driver: Driver
) -> None:
    where = target(name, driver)
    for requirement in EVERYTHING:
        found = decide(requirement, where)
        _exists(found)
        if not told(found):
            _serves(requirement, found, where)
        elif found.cannot_run is None:
            # A way out is named, or that nothing is known.
            assert re.search(r"[Cc]hoose |is known|from jax|does not run", told(found)), told(found)


def _exists(found: CudaDecision) -> None:
    match = re.fullmatch(
        r"nvidia/cuda:([\d.]+)-(?:(cudnn\d*)-)?(base|runtime|devel)-ubuntu([\d.]+)",
        found.image.reference,
    )
    assert match is not None
    image = cuda_images()[match[1]]
    assert match[2] in (None, image.cudnn_tag)
    assert match[4] in image.ubuntu
    assert found.image.cuda == match[1]


def _serves(requirement: str, found: CudaDecision, where: Target) -> None:
    """The driver runs it and starts the image, the GPU has code, and who takes cuDNN finds it."""
    image = found.image
    assert image.cuda is not None
    assert starts(image.cuda, where.driver) == "yes", requirement
    (pin,) = found.pins
    if pin.name == "torch":
        build = found.torch_build
        assert build is not None
        assert build.cuda is not None
        assert runs(build.cuda, where.driver), requirement
        name = build.backend or f"cu{build.cuda.replace('.', '')}"
        assert torch_runs_on(pin.version, name, where.chip), requirement
        assert image.flavour == "base"
    elif pin.name == "tensorflow":
        cuda, cudnn = tensorflow_cuda(pin.version) or ("", "")
        own = bool(pin.extras) and tensorflow_and_cuda(pin.version) is not None
        assert runs(cuda, where.driver)
        assert tensorflow_runs_on(pin.version, where.chip)
        assert image.flavour == ("base" if own else "cudnn-runtime")
        assert knows(cuda if own else image.cuda, where.chip), requirement
        assert own or cuda_images()[image.cuda].has_cudnn(cudnn), requirement
        assert own or image.cuda.partition(".")[0] == cuda.partition(".")[0]
    else:
        (extra,) = pin.extras
        assert extra in (jax_extras(pin.version) or {})
        assert runs(extra.removeprefix("cuda"), where.driver)
        assert jax_runs_on(extra, where.chip)
        assert image.flavour == "base"


CPU_ONLY = ("pandas", "numpy", "scikit-learn", "jaxlib", "keras", "lightgbm", "cu2qu", "cucumber")
FRAMEWORKS = ("", *EVERYTHING[::7], "accelerate==1.0.0", "cupy-cuda12x==13.6.0", "flax==0.10.0")


@given(
    framework=st.sampled_from(FRAMEWORKS),
    others=st.lists(st.sampled_from(CPU_ONLY), unique=True, min_size=1),
    name=st.sampled_from([*gpus(), None]),
    driver=st.sampled_from(DRIVERS),
)
def test_a_package_for_the_cpu_changes_neither_image_nor_build(
    framework: str, others: list[str], name: str | None, driver: Driver
) -> None:
    where, freeze = target(name, driver), {"torch": "2.6.0", "tensorflow": "2.18.0"}
    alone = decide(framework, where, freeze=freeze)
    more = f"{framework} {' '.join(f'{one}==1.0' for one in others)}"
    beside = decide(more, where, freeze={**freeze, **dict.fromkeys(others, "1.0")})
    assert beside.image == alone.image
    assert beside.torch_build == alone.torch_build
    assert beside.attention == alone.attention
    assert [pin for pin in beside.pins if pin.name not in others] == list(alone.pins)


@given(
    requirement=st.sampled_from([one for one in EVERYTHING if "jax" not in one]),
    name=st.sampled_from([*gpus(), None]),
    driver=st.sampled_from(DRIVERS),
)
def test_a_lock_that_agrees_changes_nothing(
    requirement: str, name: str | None, driver: Driver
) -> None:
    where = target(name, driver)
    offline = decide(requirement, where)
    (pin,) = offline.pins
    closure = {pin.name: pin.version, "numpy": "2.0.0", "nvidia-cublas-cu12": "12.1.3.1"}
    online = decide(requirement, where, closure=closure, exact=True)
    assert online == offline
