from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock
from time import sleep

import numpy as np
import pytest

from detector.backends import make_backend, nvidia_present
from detector.weights import open_weights

NAMES = ["openvino", "cuda", "tensorrt"]


def available(weights, device):
    """The backend in full precision where the machine has it; the test is skipped where not."""
    if device == "openvino":
        pytest.importorskip("openvino")
        return make_backend(weights, device, 1, "f32"), 2e-3
    if not nvidia_present():
        pytest.skip(f"{device} needs an NVIDIA GPU, and this machine has none")
    if device == "tensorrt":
        pytest.importorskip("tensorrt")
    return make_backend(weights, device), 0.15


@pytest.fixture(scope="module")
def batch():
    rng = np.random.default_rng(3)
    return rng.integers(0, 256, (3, 96, 160, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def reference(random_weights, batch):
    return make_backend(open_weights(random_weights), "torch", 1).infer(batch)


def test_the_reference_varies_with_the_picture(reference):
    assert reference.shape == (3, 65, 12 * 20 + 6 * 10 + 3 * 5)
    assert np.abs(reference[0] - reference[1]).max() > 1e-3


@pytest.mark.parametrize("device", NAMES)
def test_every_backend_gives_what_torch_gives(device, random_weights, batch, reference):
    backend, tolerance = available(open_weights(random_weights), device)
    assert backend.name == device
    found = backend.infer(batch)
    assert found.shape == reference.shape and found.dtype == np.float32
    assert np.abs(found - reference).max() < tolerance


def test_openvino_takes_any_batch_and_size(random_weights):
    pytest.importorskip("openvino")
    backend = make_backend(open_weights(random_weights), "cpu", 1, "f32")
    for shape in ((1, 32, 64, 3), (4, 64, 32, 3), (2, 96, 96, 3)):
        anchors = sum(shape[1] // s * (shape[2] // s) for s in (8, 16, 32))
        assert backend.infer(np.zeros(shape, np.uint8)).shape == (shape[0], 65, anchors)


def test_a_lone_call_has_all_threads_and_further_ones_a_stream_each(random_weights, batch, reference):
    pytest.importorskip("openvino")
    backend = make_backend(open_weights(random_weights), "openvino", 2, "f32", 2)
    assert threads(held(backend, batch.shape, 1)) == [2]
    together = held(backend, batch.shape, 3)
    assert threads(together) == [2, 1, 1] and len(set(map(id, together))) == 3
    with backend._request(backend._compiled(batch.shape)):
        assert np.abs(backend.infer(batch) - reference).max() < 2e-3


def test_no_two_calls_prepare_the_network_for_a_shape_at_once(random_weights, batch, monkeypatch):
    pytest.importorskip("openvino")
    backend = make_backend(open_weights(random_weights), "openvino", 2, "f32", 2)
    inside, most, guard = 0, [], Lock()
    request = type(backend._compiled(batch.shape).wide)
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
        first = list(pool.map(backend.infer, [batch] * 3))
        assert max(most) == 1
        again = list(pool.map(backend.infer, [batch] * 3))
    assert max(most) > 1
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))


def test_after_calls_that_met_the_next_ones_have_a_stream_each_until_some_met_none(random_weights, batch):
    pytest.importorskip("openvino")
    backend = make_backend(open_weights(random_weights), "openvino", 2, "f32", 2)
    assert threads(held(backend, batch.shape, 2)) == [2, 1]
    assert [threads(held(backend, batch.shape, 1)) for _ in range(5)] == [[1], [1], [1], [2], [2]]


def threads(requests):
    """How many threads each of these has."""
    compiled = [request._request.get_compiled_model() for request in requests]
    return [one.get_property("INFERENCE_NUM_THREADS") // one.get_property("NUM_STREAMS") for one in compiled]


def held(backend, shape, count):
    """The requests that so many calls of a shape have at the same time."""
    with ExitStack() as stack:
        return [stack.enter_context(backend._request(backend._compiled(shape))) for _ in range(count)]


def test_the_first_shapes_have_networks_of_their_own_and_the_others_share_one(random_weights):
    pytest.importorskip("openvino")
    backend = make_backend(open_weights(random_weights), "openvino", 1, "f32")
    shapes = [(1, 32, 64, 3), (1, 64, 32, 3), (1, 64, 64, 3), (1, 96, 64, 3)]
    picture = np.random.default_rng(3).integers(0, 256, (1, 96, 64, 3), np.uint8)
    found = [backend.infer(np.ascontiguousarray(picture[:, : shape[1], : shape[2]])) for shape in shapes]
    compiled = [backend._compiled(shape) for shape in shapes]
    assert len(set(map(id, compiled))) == 3 and compiled[2] is compiled[3]
    assert [one.wide._request.get_compiled_model().input(0).get_partial_shape().is_static for one in compiled] == [
        True,
        True,
        False,
        False,
    ]
    reference = make_backend(open_weights(random_weights), "torch", 1)
    for shape, logits in zip(shapes, found, strict=True):
        assert np.abs(logits - reference.infer(picture[:, : shape[1], : shape[2]])).max() < 2e-3


def test_openvino_is_converted_once_and_a_broken_copy_is_made_anew(random_weights, own_cache, monkeypatch):
    pytest.importorskip("openvino")
    from detector import backends

    weights = open_weights(random_weights)
    make_backend(weights, "openvino", 1)
    kept = [p for p in (own_cache / "platescribe" / "openvino").iterdir() if p.name.startswith(weights.sha256)]
    assert [p.name for p in kept[0].iterdir() if p.suffix == ".xml"] == ["detector.xml"]
    calls = []
    convert = backends.convert_to_openvino
    monkeypatch.setattr(backends, "convert_to_openvino", lambda w: calls.append(w) or convert(w))
    make_backend(weights, "openvino", 1)
    assert not calls
    (kept[0] / "detector.xml").write_text("cut short")
    make_backend(weights, "openvino", 1)
    assert len(calls) == 1


def test_without_a_place_to_keep_the_network_it_finds_all_the_same(random_weights, tmp_path, monkeypatch):
    pytest.importorskip("openvino")
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert make_backend(open_weights(random_weights), "openvino", 1).infer(np.zeros((1, 64, 64, 3), np.uint8)).size


@pytest.mark.parametrize("device", ["gpu", "", "cuda0"])
def test_an_unknown_device_is_named_with_the_known_ones(device, random_weights):
    with pytest.raises(ValueError, match="use auto, cpu, openvino"):
        make_backend(open_weights(random_weights), device)


def test_cuda_without_a_gpu_says_what_to_do(random_weights):
    if nvidia_present():
        pytest.skip("this machine has an NVIDIA driver")
    with pytest.raises(RuntimeError, match="device=cpu"):
        make_backend(open_weights(random_weights), "cuda")
    with pytest.raises(RuntimeError, match="choose"):
        make_backend(open_weights(random_weights), "tensorrt")
