"""The wheel carries all that the program needs: installed elsewhere, `platescribe` reads the demo clip it brings."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.config.paths import ROOT
from app.version import __version__


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree as pip builds it, without fetching anything."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["wheel", "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, timeout=240)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it, which takes the libraries from the environment of the tests."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    packages = _packages_of(folder)
    words = ["install", "--no-deps", "--no-index", "--quiet", "--disable-pip-version-check", str(wheel)]
    python = _program(folder, "python")
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *words], check=True, timeout=240)
    borrowed = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return folder


def _program(environment: Path, name: str) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin") / name


def _packages_of(environment: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    python = _program(environment, "python")
    return Path(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip())


def _run(environment: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(_program(environment, "platescribe")), *words]
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=240, check=False)


def test_the_wheel_holds_the_program_and_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packages = {"app", "detector", "inference", "recognizer", "assets", f"platescribe-{__version__}.dist-info"}
    assert {name.partition("/")[0] for name in names} <= packages
    wanted = {
        "app/py.typed",
        "detector/py.typed",
        "recognizer/py.typed",
        "assets/demo/street.mp4",
        "assets/weights/manifest.json",
        "assets/weights/detector.safetensors",
        "assets/weights/reader.safetensors",
        "assets/icons/video.svg",
        "assets/fonts/fonts.toml",
    }
    assert wanted <= set(names), wanted - set(names)
    formats = {path.name for path in (ROOT / "recognizer" / "plate_formats").glob("*.toml")}
    assert formats == {Path(name).name for name in names if name.startswith("recognizer/plate_formats/")}


def test_the_installed_program_reads_the_demo_clip_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    clip = _packages_of(installed) / "assets" / "demo" / "street.mp4"
    done = _run(installed, tmp_path, "run", str(clip), "--csv", "reads.csv")
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "reads.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + 7, done.stdout


def test_the_installed_program_knows_its_version_and_finds_nothing_broken(installed: Path, tmp_path: Path) -> None:
    assert _run(installed, tmp_path, "--version").stdout.strip() == f"platescribe {__version__}"
    report = _run(installed, tmp_path, "doctor")
    assert report.returncode == 0 and "BROKEN" not in report.stdout, report.stdout
