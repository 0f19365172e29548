"""Where the files that come with the program lie: in a checkout, and in an environment it was installed into.

Both have the folder `assets` beside the packages. Nothing else may work out such a path.
"""

from pathlib import Path

#: The folder that holds the packages and `assets`: the checkout, or the environment's site-packages.
ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
WEIGHTS = ASSETS / "weights"
MANIFEST = WEIGHTS / "manifest.json"
DEMO_CLIP = ASSETS / "demo" / "street.mp4"
ICONS = ASSETS / "icons"
TRANSLATIONS = ASSETS / "translations"


def is_checkout() -> bool:
    """Whether the program runs from its source tree, where tools and requirements lie beside it."""
    return (ROOT / "pyproject.toml").is_file() and (ROOT / "main.py").is_file()
