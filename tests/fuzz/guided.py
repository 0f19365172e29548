"""The same targets, fuzzed by what their code is seen to do: `python -m tests.fuzz.guided TARGET FOLDER [-runs=10000]`.

Needs atheris, which is none of the program's requirements. FOLDER keeps what was found and what leads to new code; a
file that a target could not stand lies in it as crash-…, to be put into tests/fuzz/corpus/TARGET once it is mended.
"""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.config import bootstrap

bootstrap.prepare()

import atheris  # noqa: E402

from tests.fuzz.fuzzing import CASE_S, CORPUS  # noqa: E402
from tests.fuzz.targets import TARGETS  # noqa: E402


def main() -> None:
    """Fuzz one target until it cannot stand a file, or for as long as libFuzzer's options say; ends the process."""
    name, folder, *options = sys.argv[1:]
    target = next(target for target in TARGETS if target.name == name)
    corpus, work = Path(folder) / "corpus", Path(folder) / "work"
    for place in (corpus, work):
        place.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds(work)):
        (corpus / f"seed-{number}").write_bytes(data)
    for path in (CORPUS / name).glob("*"):
        shutil.copy(path, corpus)

    def one(data: bytes) -> None:
        target.feed(data, work)

    with atheris.instrument_imports(
        include=["app", "detector", "recognizer", "tomllib", "zipfile"]
    ):  # a target imports when it is first fed
        one(target.seeds(work)[0])
    limits = [f"-timeout={CASE_S:.0f}", "-max_len=20000", "-rss_limit_mb=0"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/", *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
