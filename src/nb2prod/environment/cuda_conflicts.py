"""What does not go together, or not with the target: each with the nearest choice that works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from nb2prod.data.cuda import cuda_images, images_of, tensorflow_and_cuda, torch_cuda, torch_cudnn
from nb2prod.data.gpus import knows, tensorflow_runs_on, torch_runs_on
from nb2prod.environment.cuda_choices import (
    instead_for_driver,
    instead_of_major,
    listed,
    machine_whose_gpu,
    tensorflow_of,
    tensorflow_that_starts,
)
from nb2prod.environment.cuda_extras import cudnn_agrees
from nb2prod.environment.cuda_needs import TENSORFLOW, Need
from nb2prod.environment.driver import Start, runs, starts
from nb2prod.environment.model import Attention, BaseImage, TorchBuild
from nb2prod.environment.target import Target
from nb2prod.environment.torch_build import nearest_torch


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a job will start and find its GPU; if not, or if that is not known, why, and what to
    choose instead, in one sentence.
    """

    start: Start
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """All that was chosen, to be judged together. `versions` are those of all that is installed."""

    versions: Mapping[str, str]
    needs: tuple[Need, ...]
    image: BaseImage
    torch: TorchBuild | None
    target: Target
    forced: str | None
    compiles: bool


def judge(chosen: Chosen) -> Verdict:
    """Whether a job starts on the target and finds its GPU, by the driver that is documented.

    Without a GPU no driver is asked for, and where the job runs elsewhere none is known. An image
    that the user forced is never refused.
    """
    target, image, driver = chosen.target, chosen.image, chosen.target.driver
    if target.gpu is None or image.cuda is None or not target.judged:
        return Verdict("yes")
    known = f"Gradient's driver is documented as {driver.version} (in {driver.date[:4]})"
    too_new = list(_too_new(chosen))
    if too_new:
        what = " and ".join(dict.fromkeys(name for name, _ in too_new))
        verb = "cannot" if len(too_new) == 1 else "cannot, all of them,"
        choices = listed(*(choice for _, choice in too_new), "--cpu")
        runs_up_to = f"which runs CUDA up to {driver.admitted_cuda.partition('.')[0]}"
        return Verdict("no", f"{known}, {runs_up_to}; {what} {verb} run there. Choose {choices}")
    start = starts(image.cuda, driver)
    if start == "yes":
        return Verdict("yes")
    version = next((chosen.versions[one] for one in TENSORFLOW if one in chosen.versions), None)
    other = tensorflow_that_starts(version, target) if version else ""
    choices = listed("a CUDA without --cuda" if chosen.forced else "", other, "--cpu")
    if start == "no":
        return Verdict(
            "unknown", f"{known}, which does not start {image.reference}; choose {choices}"
        )
    return Verdict(
        "unknown",
        f"{known}, which is too old for {image.reference}; it starts only if the machine's"
        f" driver is newer by now. Ask Paperspace, or choose {choices}",
    )


def conflicts(chosen: Chosen) -> Iterator[Attention]:
    """What a person has to know beside the driver's verdict."""
    yield from _majors_of_the_image(chosen)
    yield from _libraries_of_the_image(chosen)
    yield from _majors_of_wheels(chosen)
    yield from _cudnn_of_wheels(chosen)
    if chosen.compiles:
        yield from _compiled_beside_torch(chosen)
    if chosen.target.gpu is not None:
        yield from _no_code_for_the_gpu(chosen)


def _too_new(chosen: Chosen) -> Iterator[tuple[str, str]]:
    """What the driver cannot run, each with what to choose instead of it."""
    driver, image = chosen.target.driver, chosen.image
    for need in chosen.needs:
        if not need.from_image and not runs(need.cuda, driver):
            version = chosen.versions.get(need.name, "")
            what = f"{need.what}," if need.name == "torch" else need.what
            yield what, instead_for_driver(need, version, chosen.target)
    for need in chosen.needs:
        if need.from_image and not runs(need.cuda, driver) and not chosen.forced:
            version = chosen.versions.get(need.name, "")
            yield need.what, instead_for_driver(need, version, chosen.target)
            return
    assert image.cuda is not None


def _majors_of_the_image(chosen: Chosen) -> Iterator[Attention]:
    taking = [need for need in chosen.needs if need.from_image]
    for need in taking[1:]:
        lead = taking[0]
        if need.major == lead.major:
            continue
        version = chosen.versions.get(need.name, "")
        one = instead_of_major(need, version, lead.major, chosen.target)
        other = instead_of_major(
            lead, chosen.versions.get(lead.name, ""), need.major, chosen.target
        )
        yield Attention(
            f"{lead.what} takes CUDA {lead.cuda} from the image and {need.what} CUDA {need.cuda};"
            f" one image has one of them, here the first. Choose {listed(one, other) or '--cpu'}"
        )


def _libraries_of_the_image(chosen: Chosen) -> Iterator[Attention]:
    """The image's CUDA or cuDNN may be another than what takes it was built for."""
    image = cuda_images()[chosen.image.cuda or ""]
    taking = [need for need in chosen.needs if need.from_image]
    for need in taking:
        if need.major != taking[0].major:
            continue  # told already
        other_major = need.major != image.cuda.partition(".")[0]
        lacking = need.cudnn is not None and not image.has_cudnn(need.cudnn)
        if not other_major and not lacking:
            continue
        built = f"{need.what} is built for CUDA {need.cuda}"
        built += f" and cuDNN {need.cudnn}" if need.cudnn else ""
        has = f"the image has CUDA {image.cuda} and cuDNN {image.cudnn_version or image.cudnn}"
        ways = ["a CUDA without --cuda"] if chosen.forced else []
        if need.name in TENSORFLOW:
            ways.append(tensorflow_of(image.cuda.partition(".")[0], chosen.target))
        elif other_major:
            version = chosen.versions.get(need.name, "")
            major = image.cuda.partition(".")[0]
            ways.append(instead_of_major(need, version, major, chosen.target))
        yield Attention(f"{built}, and {has}. Choose {listed(*ways) or '--cpu'}")


def _majors_of_wheels(chosen: Chosen) -> Iterator[Attention]:
    """Two sets of NVIDIA's own wheels load libraries of the same names into one process."""
    carrying = [need for need in chosen.needs if not need.from_image]
    carrying.sort(key=lambda need: (need.name != "torch", need.name not in TENSORFLOW))
    for need in carrying[1:]:
        lead = carrying[0]
        if need.major == lead.major:
            continue
        version = chosen.versions.get(need.name, "")
        one = instead_of_major(need, version, lead.major, chosen.target)
        other = instead_of_major(
            lead, chosen.versions.get(lead.name, ""), need.major, chosen.target
        )
        both = f"{lead.what}" + ("," if lead.name == "torch" else "")
        yield Attention(
            f"{both} and {need.what} bring libraries of CUDA {lead.major} and of CUDA {need.major}"
            f" into one program. Choose {listed(one, other) or '--cpu'}"
        )


def _cudnn_of_wheels(chosen: Chosen) -> Iterator[Attention]:
    """torch and `tensorflow[and-cuda]` require one cuDNN each."""
    carried = {need.name: need for need in chosen.needs if not need.from_image}
    tensorflow = carried.get("tensorflow")
    if tensorflow is None or chosen.torch is None or chosen.torch.cuda is None:
        return
    version, torch = chosen.versions["tensorflow"], chosen.versions.get("torch", "")
    cudnn, own = torch_cudnn(torch), tensorflow_and_cuda(version)
    same = chosen.torch.cuda.partition(".")[0] == tensorflow.major
    if same and cudnn and own and not cudnn_agrees(f"=={cudnn}", own):
        yield Attention(
            f"torch {torch} requires cuDNN {cudnn} and {tensorflow.what} cuDNN {own}, which no"
            f" version is both. Choose tensorflow=={version} without [and-cuda], which takes it"
            " from the image"
        )


def _compiled_beside_torch(chosen: Chosen) -> Iterator[Attention]:
    """torch refuses to build extensions with a toolkit of another major version than its own."""
    torch = next((need for need in chosen.needs if need.name == "torch"), None)
    has = (chosen.image.cuda or "").partition(".")[0]
    if torch is None or torch.major == has:
        return
    version = chosen.versions.get("torch", "")
    way = instead_of_major(torch, version, has, chosen.target)
    other = f"--cuda {torch.major}" if images_of(torch.major) else ""
    ways = listed(way, other) or "--cpu"
    yield Attention(
        f"{torch.what}, builds nothing with the image's CUDA {chosen.image.cuda}. Choose {ways}"
    )


def _no_code_for_the_gpu(chosen: Chosen) -> Iterator[Attention]:
    """Wheels have code for some generations of GPUs, and a CUDA knows some."""
    target, chip = chosen.target, chosen.target.chip
    gpu = f"the {chip.name} of the machine {target.machine} ({chip.generation}, {chip.capability})"
    for need in chosen.needs:
        version = chosen.versions.get(need.name, "")
        other = tensorflow_that_starts(version, target) if need.name in TENSORFLOW else ""
        cuda = chosen.image.cuda if need.from_image else None
        if need.name == "torch":
            yield from _torch_without_code(chosen, version, gpu)
        elif need.name in TENSORFLOW and not tensorflow_runs_on(version, chip):
            machine = machine_whose_gpu(partial(tensorflow_runs_on, version), target)
            ways = listed(other, machine) or "--cpu"
            yield Attention(f"{need.what} has no code for {gpu}. Choose {ways}")
        elif not knows(cuda or need.cuda, chip):
            ways = listed(other, machine_whose_gpu(partial(knows, need.cuda), target)) or "--cpu"
            what = f"CUDA {need.cuda}, which {need.what} needs,"
            yield Attention(f"{what} does not know {gpu}. Choose {ways}")


def _torch_without_code(chosen: Chosen, version: str, gpu: str) -> Iterator[Attention]:
    build, target = chosen.torch, chosen.target
    if build is None or build.cuda is None or torch_cuda(version) is None:
        return
    name = build.backend or f"cu{build.cuda.replace('.', '')}"
    if torch_runs_on(version, name, target.chip):
        return
    machine = machine_whose_gpu(partial(torch_runs_on, version, name), target)
    ways = listed(nearest_torch(version, target), machine) or "--cpu"
    what = f"torch {version} in the build for CUDA {build.cuda}"
    yield Attention(f"{what} has no code for {gpu}. Choose {ways}")
