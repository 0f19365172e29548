import torch

from inference.modules import build_for_images, example_of


def test_a_network_of_floats_takes_images(floats):
    images = torch.randint(0, 256, (3, 16, 32, 3), dtype=torch.uint8)
    module = build_for_images(floats.spec)
    expected = floats.spec.build()(images.permute(0, 3, 1, 2) / 255)
    assert torch.allclose(module(images), expected, atol=1e-6)
    assert not any(parameter.requires_grad for parameter in module.parameters()) and not module.training


def test_examples_are_of_the_type_the_network_takes(tiny, floats):
    assert example_of(tiny.spec).dtype == torch.uint8 and example_of(floats.spec).dtype == torch.float32
