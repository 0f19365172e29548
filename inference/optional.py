"""What to say where a library is missing that training or a GPU needs, and reading on a processor does not."""

import importlib.util

#: How to get them; the program's own requirements name no extra that reading does not need.
INSTALL_TRAINING = "python -m pip install 'platescribe[train]' (in a checkout: -r requirements.txt)"
_OF_TRAINING = frozenset({"torch", "torchvision", "ultralytics", "matplotlib", "yaml", "onnx", "nncf"})


def has_torch() -> bool:
    """Tells whether torch is installed, without importing it."""
    return importlib.util.find_spec("torch") is not None


def explain_missing(error: ModuleNotFoundError) -> str:
    """Returns what to tell the user of a missing library; raises the error again where it is none of training's."""
    name = (error.name or "").partition(".")[0]
    if name not in _OF_TRAINING:
        raise error
    return f"this needs {name}, which is not installed. Training and GPUs need more than reading: {INSTALL_TRAINING}"
