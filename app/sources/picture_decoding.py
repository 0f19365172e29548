"""Decodes pictures of every kind: OpenCV where it can, Pillow for what has pages or a format that OpenCV lacks."""

import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.frame import Image
from app.sources.jpeg import is_whole

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

_CHUNK_BYTES = 64 << 20
# A few bytes can claim to be a picture that fills the memory, and Pillow needs three times what OpenCV does.
MOST_PIXELS = 64_000_000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_OF_PILLOW = (b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_REDUCED = 1  # bit of TIFF's NewSubfileType: a page that is another one made small
_SUBFILE_TYPE = 254
_DEPTHS = (8, 10, 12, 14, 16)


class PictureError(Exception):
    """A picture cannot be decoded; the message says why, without the picture's name."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPicture:
    """A picture in BGR; notes say what a user should know of how it was read. cut: its end is missing."""

    image: Image
    notes: tuple[str, ...] = ()
    cut: bool = False


def decode_picture(data: bytes, page: int = 0) -> DecodedPicture:
    """Decode a page of a picture, upright as its EXIF data say. Raises PictureError."""
    if _claims_too_much(data):
        raise PictureError("the picture is broken")
    if page or has_pages(data) or is_of_pillow(data):
        return DecodedPicture(_decode_with_pillow(data, page))
    image = _decode_with_opencv(data)
    if image is not None:
        depth = _depth_note(image)
        return DecodedPicture(_as_8_bit(image), depth)
    if not data.startswith(_JPEG):
        raise PictureError("not a picture that can be read")
    image = _decode_with_pillow(data, 0)
    return DecodedPicture(image, cut=not is_whole(data))


def is_of_pillow(data: bytes) -> bool:
    """Whether OpenCV cannot decode it: HEIC, HEIF and AVIF."""
    return data[4:8] == b"ftyp"


def has_pages(data: bytes) -> bool:
    """Whether a picture is of a format that may hold several: GIF, TIFF, animated WebP and PNG, HEIF."""
    if data.startswith(_OF_PILLOW) or is_of_pillow(data):
        return True
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X":
        return len(data) > 20 and bool(data[20] & 0x02)  # the flag of an animation
    return data.startswith(_PNG) and b"acTL" in data[:512]


def count_pages(data: bytes) -> int:
    """Return how many pages a picture has; 1 for what cannot be opened, too."""
    if not has_pages(data):
        return 1
    with suppress(Exception), open_with_pillow(data) as picture:  # what is wrong is told when it is read
        return len(_pages_of(picture))
    return 1


def open_with_pillow(data: bytes) -> "PilImage":
    """Open a picture with Pillow, not decoded yet. Raises PictureError."""
    pillow = _pillow()
    try:
        picture = cast("PilImage", pillow.open(BytesIO(data)))
        large = picture.width * picture.height > MOST_PIXELS
    except Exception as error:  # its decoders raise whatever broken bytes lead them to
        raise PictureError("not a picture that can be read") from error
    if large:
        picture.close()
        raise PictureError("the picture is larger than can be read")
    return picture


def to_bgr(picture: "PilImage") -> Image:
    """Return the present page of an opened picture in BGR, upright. Raises PictureError."""
    from PIL import ImageOps

    try:
        if picture.mode.startswith(("I", "F")):
            return _as_8_bit(np.asarray(picture))
        upright = ImageOps.exif_transpose(picture)
        flat = upright.convert("RGBA") if "transparency" in picture.info or upright.mode in ("LA", "PA") else upright
        colours = np.asarray(flat.convert("RGB"))
    except Exception as error:  # its decoders raise whatever broken bytes lead them to
        raise PictureError("the picture is broken or larger than can be read") from error
    return np.ascontiguousarray(colours[:, :, ::-1])


@cache
def _pillow() -> ModuleType:
    """Pillow with the formats that come in packages of their own; a cut picture is read as far as it goes."""
    import PIL.Image
    import pillow_heif
    from PIL import ImageFile

    warnings.filterwarnings("ignore", module="PIL")  # what is wrong with a picture is told by its name
    pillow_heif.register_heif_opener()
    PIL.Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    return PIL.Image


def _decode_with_pillow(data: bytes, page: int) -> Image:
    with open_with_pillow(data) as picture:
        try:
            pages = _pages_of(picture)
            if page < len(pages):
                picture.seek(pages[page])
        except Exception as error:  # its decoders raise whatever broken bytes lead them to
            raise PictureError(f"its page {page + 1} is broken") from error
        if page >= len(pages):
            raise PictureError(f"has no page {page + 1}")
        return to_bgr(picture)


def _pages_of(picture: "PilImage") -> list[int]:
    """Return the numbers of the pages that are pictures of their own; of a TIFF not those that are previews."""
    count = int(getattr(picture, "n_frames", 1))
    if picture.format == "MPO":  # a phone's photograph with its preview or depth
        return [0]
    if picture.format != "TIFF" or count == 1:
        return list(range(count))
    own = []
    for number in range(count):
        with suppress(Exception):  # a broken page is told when it is read
            picture.seek(number)
            if cast(Any, picture).tag_v2.get(_SUBFILE_TYPE, 0) & _REDUCED:
                continue
        own.append(number)
    return own or [0]


def _decode_with_opencv(data: bytes) -> NDArray[np.generic] | None:
    """Decode to BGR, in 16 bits where the picture has more than 8; None where OpenCV cannot."""
    deep = cv2.IMREAD_ANYDEPTH if data.startswith((_PNG, b"P")) or data[4:8] == b"jP  " else 0
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | deep)
    except (cv2.error, MemoryError) as error:
        raise PictureError("the picture is broken or larger than can be read") from error
    return None if image is None or not image.size else np.asarray(image)


def _as_8_bit(image: NDArray[Any]) -> Image:
    """Scale a picture of more bits by the range it uses: cameras put 10, 12 or 14 bits into 16."""
    if image.dtype == np.uint8:
        scaled = image
    elif image.dtype == np.uint16 or image.dtype.kind in "iu":
        high = (1 << _depth(image)) - 1
        scaled = np.clip(image.astype(np.float32) * (255 / high), 0, 255).astype(np.uint8)
    else:
        values = np.nan_to_num(image.astype(np.float32))
        low, span = float(values.min(initial=0)), float(np.ptp(values)) or 1.0
        scaled = ((values - low) * (255 / span)).astype(np.uint8)
    if scaled.ndim == 2:
        scaled = np.asarray(cv2.cvtColor(scaled, cv2.COLOR_GRAY2BGR))
    return np.ascontiguousarray(scaled, np.uint8)


def _depth(image: NDArray[Any]) -> int:
    """Return how many bits a picture uses."""
    most = int(image.max(initial=0))
    return next((bits for bits in _DEPTHS if most < 1 << bits), 16 if most < 1 << 16 else most.bit_length())


def _depth_note(image: NDArray[Any]) -> tuple[str, ...]:
    if image.dtype != np.uint16 or _depth(image) == 16:
        return ()
    return (f"{_depth(image)} of its 16 bits are used: scaled by that",)


def _claims_too_much(data: bytes) -> bool:
    """Whether this is a PNG with a chunk said to be far longer than the file: OpenCV would make room for all of it."""
    if not data.startswith(_PNG):
        return False
    at = 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length > max(len(data), _CHUNK_BYTES):
            return True
        at += 12 + length  # length, kind, content, check sum
    return False
