from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock
from time import sleep

import numpy as np
import pytest

from inference import registry
from inference.runtimes.openvino_runtime import OpenVinoRunner, integers_pay
from inference.types import DeviceError, Options

openvino = pytest.importorskip("openvino")


def load(spec, threads=1, streams=1, device="openvino"):
    return registry.load(spec, device, Options(threads, "f32", streams))


@pytest.fixture
def images():
    return np.random.default_rng(3).integers(0, 256, (3, 96, 160, 3), dtype=np.uint8)


@pytest.fixture
def reference(tiny, images):
    return registry.load(tiny.spec, "torch", Options(1)).run(images)


def test_a_lone_call_has_all_threads_and_further_ones_a_stream_each(tiny, images, reference):
    runner = load(tiny.spec, 2, 2)
    assert threads(held(runner, images.shape, 1)) == [2]
    together = held(runner, images.shape, 3)
    assert threads(together) == [2, 1, 1] and len(set(map(id, together))) == 3
    with runner._request(runner._compiled(images.shape)):
        assert np.abs(runner.run(images) - reference).max() < 2e-3


def test_no_two_calls_prepare_the_network_for_a_shape_at_once(tiny, images, monkeypatch):
    runner = load(tiny.spec, 2, 2)
    inside, most, guard = 0, [], Lock()
    request = type(runner._compiled(images.shape).wide)
    infer = request.infer

    def watched(of, images):
        nonlocal inside
        with guard:
            inside += 1
            most.append(inside)
        sleep(0.05)  # long enough for the others to come in
        found = infer(of, images)
        with guard:
            inside -= 1
        return found

    monkeypatch.setattr(request, "infer", watched)
    with ThreadPoolExecutor(3) as pool:
        first = list(pool.map(runner.run, [images] * 3))
        assert max(most) == 1
        again = list(pool.map(runner.run, [images] * 3))
    assert max(most) > 1
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))


def test_after_calls_that_met_the_next_ones_have_a_stream_each_until_some_met_none(tiny, images):
    runner = load(tiny.spec, 2, 2)
    assert threads(held(runner, images.shape, 2)) == [2, 1]
    assert [threads(held(runner, images.shape, 1)) for _ in range(5)] == [[1], [1], [1], [2], [2]]


def test_with_one_stream_calls_wait_for_each_other(tiny, images, reference):
    runner = load(tiny.spec)
    runner.run(images)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(runner.run, [images, images[:2], images[::-1]]))
    assert np.abs(found[0] - reference).max() < 2e-3 and np.abs(found[2] - reference[::-1]).max() < 2e-3


def threads(requests):
    """How many threads each of these has."""
    compiled = [request._request.get_compiled_model() for request in requests]
    return [one.get_property("INFERENCE_NUM_THREADS") // one.get_property("NUM_STREAMS") for one in compiled]


def held(runner, shape, count):
    """The requests that so many calls of a shape have at the same time."""
    with ExitStack() as stack:
        return [stack.enter_context(runner._request(runner._compiled(shape))) for _ in range(count)]


def static(compiled):
    return compiled.wide._request.get_compiled_model().input(0).get_partial_shape().is_static


def test_the_first_shapes_have_networks_of_their_own_and_the_others_share_one(tiny, images):
    runner = load(tiny.spec)
    shapes = [(1, 32, 64, 3), (1, 64, 32, 3), (1, 64, 64, 3), (1, 96, 64, 3)]
    found = [runner.run(images[:1, : shape[1], : shape[2]]) for shape in shapes]
    compiled = [runner._compiled(shape) for shape in shapes]
    assert len(set(map(id, compiled))) == 3 and compiled[2] is compiled[3]
    assert [static(one) for one in compiled] == [True, True, False, False]
    torch = registry.load(tiny.spec, "torch", Options(1))
    for shape, output in zip(shapes, found, strict=True):
        assert np.abs(output - torch.run(images[:1, : shape[1], : shape[2]])).max() < 2e-3


def test_a_network_of_pieces_has_one_for_full_pieces_and_one_for_the_rest(floats):
    runner = load(floats.spec)
    images = np.random.default_rng(3).integers(0, 256, (11, 16, 32, 3), dtype=np.uint8)
    expected = registry.load(floats.spec, "torch", Options(1)).run(images)
    for count in (1, 3, 4, 11):
        assert np.abs(runner.run(images[:count]) - expected[:count]).max() < 2e-3
    assert list(runner._of_shape) == [(4, 16, 32, 3)]
    assert static(runner._of_shape[4, 16, 32, 3]) and not static(runner._of_any)


def test_a_device_of_fixed_shapes_gets_full_pieces_and_a_network_a_shape(tiny, floats, images):
    runner = load(floats.spec)
    runner._fixed, runner._of_any = True, None  # as on a neural processor
    small = images[:3, :16, :32]
    expected = registry.load(floats.spec, "torch", Options(1)).run(small)
    assert np.abs(runner.run(small) - expected).max() < 2e-3
    assert list(runner._of_shape) == [(4, 16, 32, 3)] and runner._of_any is None
    runner = load(tiny.spec)
    runner._fixed = True
    for side in range(4, 14):
        runner.run(np.zeros((1, 8 * side, 32, 3), np.uint8))
    assert len(runner._of_shape) == 8 and runner._of_any is None and (1, 104, 32, 3) in runner._of_shape


@pytest.mark.parametrize(
    ("can", "pays"), [(["FP32", "INT8"], True), (["FP32", "BF16", "INT8"], False), (["FP32"], False)]
)
def test_integers_are_chosen_where_the_processor_has_them_but_no_bfloat16(can, pays):
    class Core:
        def get_property(self, device, name):
            assert (device, name) == ("CPU", "OPTIMIZATION_CAPABILITIES")
            return can

    assert integers_pay(Core()) is pays


REAL = openvino.Core


class Imitated:
    """An OpenVINO that lists devices this machine has not, and compiles for the processor what is meant for them."""

    listed = ("CPU", "GPU.0", "GPU.1", "NPU")

    def __init__(self):
        self._core = REAL()
        self.available_devices = list(self.listed)

    asked: list = []  # noqa: RUF012

    def compile_model(self, model, device, properties):
        self.asked.append((device, dict(properties), model.inputs[0].get_partial_shape().is_static))
        return self._core.compile_model(model, "CPU", {})

    def get_property(self, device, name):
        return f"the machine's {device}" if name == "FULL_DEVICE_NAME" else self._core.get_property("CPU", name)

    def __getattr__(self, name):
        return getattr(self._core, name)


@pytest.fixture
def imitated(monkeypatch):
    monkeypatch.setattr(openvino, "Core", Imitated)
    monkeypatch.setattr(Imitated, "asked", [])
    return Imitated.asked


@pytest.mark.parametrize(
    ("device", "theirs", "name"),
    [
        ("gpu", "GPU", "openvino:gpu"),
        ("gpu:1", "GPU.1", "openvino:gpu.1"),
        ("npu", "NPU", "openvino:npu"),
        ("openvino:auto", "AUTO", "openvino:auto"),
        ("openvino:hetero:gpu,cpu", "HETERO:GPU,CPU", "openvino:hetero:gpu,cpu"),
        ("cpu", "CPU", "openvino"),
    ],
)
def test_openvinos_devices_are_chosen_by_name(tiny, images, reference, imitated, device, theirs, name):
    runner = registry.load(tiny.spec, device, Options(2, "float", 2))
    assert runner.name == name and np.abs(runner.run(images) - reference).max() < 0.1
    assert {asked for asked, _, _ in imitated} == {theirs}
    own_threads = any("INFERENCE_NUM_THREADS" in properties for _, properties, _ in imitated)
    assert own_threads is (theirs == "CPU"), "what only the processor knows is asked of the processor only"


def test_a_neural_processor_is_never_asked_for_a_network_of_any_shape(floats, imitated):
    runner = load(floats.spec, device="npu")
    runner.run(np.zeros((3, 16, 32, 3), np.uint8))
    assert imitated and all(is_static for *_, is_static in imitated)


@pytest.mark.parametrize("device", ["gpu:2", "openvino:fpga"])
def test_a_device_that_openvino_does_not_find_is_named_with_those_it_finds(device, imitated):
    with pytest.raises(DeviceError, match=r"finds no .*only CPU, GPU\.0, GPU\.1, NPU"):
        registry.choose(device)


def test_the_devices_are_listed_by_the_names_that_choose_them(imitated):
    listed = [device for device in registry.list_devices() if device.description.startswith("the machine's")]
    assert [device.name for device in listed] == ["cpu", "gpu:0", "gpu:1", "npu"]
    for device in listed:
        assert registry.choose(device.name)[0].name == "openvino"


def test_without_openvino_the_processor_computes_in_torch(monkeypatch):
    from inference.runtimes import openvino_runtime

    util = openvino_runtime.importlib.util
    real = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == "openvino" else real(name))
    assert registry.choose("cpu")[0].name == "torch"
    with pytest.raises(DeviceError, match="install openvino"):
        registry.choose("gpu")


def test_integers_beside_the_weights_are_taken_when_asked_for(tiny, images):
    from inference.openvino_models import INT8, convert_network, packed_file, save_packed

    save_packed(convert_network(tiny.spec), tiny.spec, INT8, packed_file(tiny.spec, INT8))
    assert OpenVinoRunner(tiny.spec, "CPU", Options(1, "int8")).quantized
    assert not OpenVinoRunner(tiny.spec, "CPU", Options(1, "float")).quantized
