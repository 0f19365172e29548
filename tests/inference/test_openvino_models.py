from dataclasses import replace

import numpy as np
import pytest

from inference.openvino_models import FLOAT, INT8, find_model, load_packed, pack_ready, packed_file
from inference.runtimes.openvino_runtime import OpenVinoRunner
from inference.types import Options

openvino = pytest.importorskip("openvino")


@pytest.fixture
def core():
    return openvino.Core()


def test_a_network_is_converted_once_and_kept_by_release_revision_and_sum(tiny, core, cache):
    find_model(core, tiny.spec)
    release = openvino.__version__.split("-")[0]
    kept = cache / "openvino" / release / "tiny-1-0123456789abcdef.xml"
    assert [file.name for file in kept.parent.iterdir()] in (
        [kept.name, "tiny-1-0123456789abcdef.bin"],
        ["tiny-1-0123456789abcdef.bin", kept.name],
    )
    find_model(core, tiny.spec)
    assert tiny.builds == 1
    find_model(core, replace(tiny.spec, sha256="f" * 64))
    find_model(core, replace(tiny.spec, revision=2))
    assert tiny.builds == 3


@pytest.mark.parametrize("ending", ["xml", "bin"])
def test_a_kept_network_that_was_cut_short_is_converted_again(tiny, core, cache, ending):
    find_model(core, tiny.spec)
    [kept] = cache.rglob(f"tiny-*.{ending}")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    find_model(core, tiny.spec)
    assert tiny.builds == 2 and kept.stat().st_size == len(whole)


def test_without_a_place_to_keep_it_a_network_runs_all_the_same(tiny, tmp_path):
    (tmp_path / "cache").write_text("no folder")
    assert OpenVinoRunner(tiny.spec, "CPU", Options(1)).run(np.zeros((1, 32, 32, 3), np.uint8)).size


def test_networks_kept_by_an_earlier_program_are_left_alone(tiny, core, cache):
    release = openvino.__version__.split("-")[0]
    old = cache / "openvino" / f"{tiny.spec.sha256}-{release}" / "detector.xml"
    older = cache / "openvino" / release / f"tiny-{tiny.spec.sha256[:16]}.xml"
    for path in (old, older):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("of another program")
    find_model(core, tiny.spec)
    assert old.read_text() == older.read_text() == "of another program"


def test_a_packed_network_is_run_without_being_built(tiny, floats, cache):
    for counted, shape in ((tiny, (2, 32, 64, 3)), (floats, (2, 16, 32, 3))):
        images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        expected = OpenVinoRunner(counted.spec, "CPU", Options(1, "f32")).run(images)
        path, built = pack_ready(counted.spec), counted.builds
        assert path == packed_file(counted.spec, FLOAT) and path.name == f"{counted.spec.name}.openvino.safetensors"
        for kept in cache.rglob("*.xml"):
            kept.unlink()
        found = OpenVinoRunner(counted.spec, "CPU", Options(1, "f32")).run(images)
        assert counted.builds == built and np.abs(found - expected).max() < 1e-2


def test_a_packed_network_of_other_weights_or_damaged_is_left_alone(tiny, core):
    path = pack_ready(tiny.spec)
    assert load_packed(core, tiny.spec, FLOAT) is not None
    assert load_packed(core, replace(tiny.spec, sha256="f" * 64), FLOAT) is None
    assert load_packed(core, replace(tiny.spec, revision=2), FLOAT) is None
    path.rename(packed_file(tiny.spec, INT8))
    assert load_packed(core, tiny.spec, INT8) is None, "another form than its name says"
    packed_file(tiny.spec, INT8).rename(path)
    whole = path.read_bytes()
    for spoilt in (whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])):
        path.write_bytes(spoilt)
        assert load_packed(core, tiny.spec, FLOAT) is None


def test_among_the_shipped_files_only_what_the_manifest_names_is_taken(tiny, core, monkeypatch):
    from inference import weights

    path = pack_ready(tiny.spec)
    monkeypatch.setattr(weights, "FOLDER", path.parent)
    assert load_packed(core, tiny.spec, FLOAT) is None
    weights.enter_in_manifest(path, "tiny-openvino")
    assert load_packed(core, tiny.spec, FLOAT) is not None


def test_names_of_packed_networks(tiny):
    part = replace(tiny.spec, part="aligner")
    assert packed_file(part, FLOAT).name == "tiny.aligner.openvino.safetensors"
    assert packed_file(tiny.spec, INT8).name == "tiny.int8.safetensors"
