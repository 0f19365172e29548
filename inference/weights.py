"""The shipped weights and their manifest, and how weights are written and opened: no such file can run code."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from inference.files import sha256_of, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "weights"
MANIFEST = "manifest.json"
_INSTALL_AGAIN = "install the program again"


def shipped_weights(name: str) -> Path:
    """Finds the file that the manifest in assets/weights names, and compares its check sum.

    Raises FileNotFoundError when it or the manifest is absent, and ValueError when its sum differs.
    """
    manifest = FOLDER / MANIFEST
    if not manifest.is_file():
        raise FileNotFoundError(f"{manifest} is missing: the installation is incomplete, {_INSTALL_AGAIN}")
    entry = read_manifest(manifest)[name]
    path = FOLDER / str(entry["file"])
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: the installation is incomplete, {_INSTALL_AGAIN}")
    if sha256_of(path) != entry["sha256"]:
        raise ValueError(f"{path} is not the file the manifest names (check sum differs): {_INSTALL_AGAIN}")
    return path


def read_manifest(path: Path) -> dict[str, dict[str, Any]]:
    """Reads the entries of a manifest by name: file, sha256, bytes."""
    entries: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def enter_in_manifest(path: Path, name: str, manifest: Path | None = None) -> None:
    """Names a file in the manifest beside it; other entries stay.

    Args:
        path: The file.
        name: The entry's name, such as "detector" or "detector-int8".
        manifest: The manifest; None takes the shipped one.

    Raises:
        ValueError: The file does not lie beside the manifest.
    """
    manifest = manifest or FOLDER / MANIFEST
    if path.resolve().parent != manifest.resolve().parent:
        raise ValueError(f"{path} does not lie beside {manifest}: export it to there")
    entries = read_manifest(manifest) if manifest.is_file() else {}
    entries[name] = {"file": path.name, "sha256": sha256_of(path), "bytes": path.stat().st_size}
    text = json.dumps(entries, indent=2, sort_keys=True) + "\n"
    write_whole(manifest, lambda unfinished: unfinished.write_text(text, encoding="utf-8"))


def is_shipped(path: Path) -> bool:
    """Tells whether a file lies among the shipped ones."""
    return path.resolve().parent == FOLDER.resolve()


def is_trusted(path: Path) -> bool:
    """Tells whether a file may be used: a shipped one only as the manifest names it, one elsewhere always."""
    if not is_shipped(path):
        return True
    try:
        entries = read_manifest(FOLDER / MANIFEST).values()
    except (OSError, ValueError):
        return False
    return any(entry["file"] == path.name and entry["sha256"] == sha256_of(path) for entry in entries)


def save_tensors(path: Path, tensors: "Mapping[str, Tensor]", header: dict[str, str]) -> None:
    """Writes tensors as a safetensors file, whole or not at all.

    Args:
        path: The file.
        tensors: By name; those of floats are written in half precision.
        header: Texts by name.
    """
    from safetensors.torch import save_file

    halved = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous() for name, tensor in tensors.items()
    }
    write_whole(path, lambda unfinished: save_file(halved, unfinished, metadata=header))


def read_header(path: Path) -> dict[str, str]:
    """Reads the header of a safetensors file; its tensors are not read.

    Raises FileNotFoundError when it is absent and ValueError when it is of another format.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; give a .safetensors file made by this program")
    try:
        with safe_open(path, framework="np") as file:
            return dict(file.metadata() or {})
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is no safetensors file ({error})") from error
