"""The one door to ultralytics: imported with its network look-ups, installs and usage reports switched off.

ultralytics reads its environment when it is first imported, changes the thread counts of the process, and keeps
settings in a file. Everything in this package that needs it calls `load()` first and imports it afterwards.
"""

import os
from functools import cache

from inference.files import cache_folder

_QUIET = {
    "YOLO_OFFLINE": "1",
    "YOLO_AUTOINSTALL": "0",
    "ULTRALYTICS_SAFE_LOAD": "1",
    "YOLO_VERBOSE": "False",
}


@cache
def load() -> None:
    """Imports ultralytics offline, without pickles, and with the process's thread counts put back afterwards."""
    os.environ.update(_QUIET)
    if "YOLO_CONFIG_DIR" not in os.environ:
        os.environ["YOLO_CONFIG_DIR"] = str(cache_folder() / "ultralytics")
    import cv2
    import torch

    torch_threads, cv2_threads = torch.get_num_threads(), cv2.getNumThreads()
    omp = os.environ.get("OMP_NUM_THREADS")
    import ultralytics

    ultralytics.settings.update({"sync": False})
    if omp is None:
        os.environ.pop("OMP_NUM_THREADS", None)
    torch.set_num_threads(torch_threads)
    cv2.setNumThreads(cv2_threads)
