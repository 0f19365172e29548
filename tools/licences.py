"""Writes docs/licences.md: each package of requirements.lock with its licence, as the package itself says.

`python tools/licences.py` where requirements.txt is installed.
"""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "licences.md"
LOCK = ROOT / "requirements.lock"
# What is installed on other systems only, or says it in a file instead of a word.
ELSEWHERE = {
    "cuda-toolkit": "not said; a list of NVIDIA's packages, without content of its own",
    "cv2-enumerate-cameras": "MIT",
    "cycler": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "matplotlib": "Matplotlib licence (PSF-like)",
    "nvidia-cuda-cccl": "NVIDIA's own",
    "polars": "MIT",
    "pywin32-ctypes": "BSD-3-Clause",
}
HEAD = """# Licences of what is installed with the program

Made by `python tools/licences.py` from what the packages say of themselves; `requirements.lock` names the versions.
The program itself is AGPL-3.0-or-later ([why](adr/0001-licence.md)), as ultralytics and PyQt5 (GPL) ask. NVIDIA's
packages come with torch on Linux and may be left out by installing torch and torchvision first from
`https://download.pytorch.org/whl/cpu`. Fonts and icons have their licences beside them, in `assets/fonts/licences`
and `assets/icons/LICENSE`.

| Package | Licence |
|---|---|
"""


def locked() -> list[str]:
    """The names in the lock file, each once."""
    return sorted(set(re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.M)))


def licence(name: str) -> str:
    """What a package says of its licence. Raises PackageNotFoundError where it is not installed and not known."""
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    if name.startswith("pyobjc-"):
        return "MIT"
    said = metadata(name)
    classes = [c.rpartition("::")[2].strip() for c in said.get_all("Classifier") or [] if c.startswith("License")]
    if name.startswith(("nvidia-", "cuda-")) and "Proprietary" in str(
        said.get("License-Expression") or said["License"]
    ):
        return "NVIDIA's own"
    text = said.get("License") or ""
    short = "" if "\n" in text else text  # some put the whole licence there
    return said.get("License-Expression") or short or ", ".join(classes) or "not said"


def main() -> None:
    """Write the table."""
    rows = "".join(f"| {name} | {licence(name)} |\n" for name in locked())
    TABLE.write_text(HEAD + rows, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except PackageNotFoundError as error:
        raise SystemExit(f"{error.name} is not installed here and not in ELSEWHERE: install it or add it") from error
