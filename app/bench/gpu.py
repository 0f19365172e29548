"""How busy an NVIDIA card is, as its driver tells."""

import shutil
import subprocess
import threading
from types import TracebackType

_QUERY = ("--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "--loop-ms=200")


class Load:
    """Watches the first card for as long as the context lasts."""

    def __init__(self, wanted: bool = True) -> None:
        """wanted False watches nothing."""
        self._tool = shutil.which("nvidia-smi") if wanted else None
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._shares: list[float] = []

    @property
    def busy(self) -> float:
        """Mean share of the time in which the card computed, 0 to 1; -1 where nobody tells."""
        return sum(self._shares) / len(self._shares) if self._shares else -1.0

    def __enter__(self) -> "Load":
        if self._tool is not None:
            self._process = subprocess.Popen([self._tool, "-i", "0", *_QUERY], stdout=subprocess.PIPE, text=True)
            self._thread = threading.Thread(target=self._listen, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._thread is not None:
            self._process.terminate()
            self._process.wait()
            self._thread.join()

    def _listen(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip().isdecimal():
                self._shares.append(int(line) / 100)
