"""The whole pictures of visits in other people's hands, with everything but the plate blurred where that is wanted."""

from collections.abc import Callable, Iterable
from pathlib import Path

from app.records import Record
from app.store.export import frame_name
from app.store.location import EXPORT, FILE_MODE, files_for, private_folder
from app.store.pictures import PictureFolder

_MARGIN = 0.15  # of the plate's height, kept sharp around it
_QUALITY = 85


def to_frames(
    visits: Iterable[Record],
    pictures: PictureFolder,
    folder: Path,
    blur: bool = False,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write the visits' whole pictures to folder, named by time and plate; return how many. Raises LogUnavailable.

    blur: only the plate that was read stays sharp; a picture whose plate has no place in it is blurred whole, and one
    that cannot be decoded is left out.
    """
    private_folder(folder)
    count = 0
    for visit in visits:
        source = pictures.path(visit.frame) if visit.frame else None
        if source is None or not source.is_file():
            continue
        target = frame_name(folder, visit)
        with files_for(target, EXPORT):
            data = blurred(source.read_bytes(), visit.box) if blur else source.read_bytes()
            if not data:
                continue
            target.write_bytes(data)
            target.chmod(FILE_MODE)
        count += 1
        if progress is not None:
            progress(count)
    return count


def blurred(data: bytes, box: tuple[float, float, float, float] | None) -> bytes:
    """Return a JPEG with all but box (left, top, right, bottom in pixels) blurred; empty if it cannot be decoded."""
    import cv2  # here, so that searching the log from the command line does not load it
    import numpy as np

    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        return b""
    height, width = image.shape[:2]
    small = cv2.resize(image, (max(1, width // 24), max(1, height // 24)), interpolation=cv2.INTER_AREA)
    hidden = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    if box is not None:
        margin = (box[3] - box[1]) * _MARGIN
        left, top = max(0, int(box[0] - margin)), max(0, int(box[1] - margin))
        right, bottom = min(width, int(box[2] + margin)), min(height, int(box[3] + margin))
        hidden[top:bottom, left:right] = image[top:bottom, left:right]
    done, packed = cv2.imencode(".jpg", hidden, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return packed.tobytes() if done else b""
