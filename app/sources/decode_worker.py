"""Decodes one video track with PyAV in a process of its own: two FFmpegs in one process clash.

Usage: python decode_worker.py TARGET TRACK START_S. Writes a line of JSON that describes the track, then for each frame
a head (second, width, height) and its pixels in BGR. Ends with the file, or when nobody reads any more. It is run as a
file, and imports nothing of the program.
"""

import json
import struct
import sys
from typing import Any, BinaryIO

import av
import numpy as np

HEAD = struct.Struct("<dII")
_TIMEOUT_S = 30.0
_STILLS = ("mjpeg", "png", "bmp", "gif", "webp")  # covers and previews are no tracks


def video_streams(container: Any) -> list[Any]:  # noqa: ANN401 - PyAV's classes are compiled
    """Return the video tracks of an opened file, without the pictures that are attached to it."""
    streams = list(container.streams.video)
    moving = [stream for stream in streams if stream.codec_context.name not in _STILLS]
    return moving or streams[:1]


def main(target: str, track: int, start_s: float, out: BinaryIO) -> None:
    """Write the frames of a track from a second on."""
    options = {"rtsp_flags": "prefer_tcp"} if target.startswith("rtsp") else {}
    with av.open(target, metadata_errors="replace", options=options, timeout=_TIMEOUT_S) as container:
        stream = video_streams(container)[track]
        stream.thread_type = "AUTO"
        began_s = (container.start_time or 0) / 1_000_000
        rate = stream.average_rate or stream.guessed_rate or 25
        duration = stream.duration * stream.time_base if stream.duration else (container.duration or 0) / 1_000_000
        about = {
            "width": stream.codec_context.width,
            "height": stream.codec_context.height,
            "fps": float(rate),
            "frames": stream.frames or round(float(duration) * float(rate)),
            "aspect": float(stream.sample_aspect_ratio or 1),
            "codec": stream.codec_context.name,
        }
        out.write(json.dumps(about).encode() + b"\n")
        if start_s > 0:
            container.seek(round((start_s + began_s) * 1_000_000))
        _write_frames(container.decode(stream), start_s, began_s, float(rate), out)


def _write_frames(frames: Any, start_s: float, began_s: float, rate: float, out: BinaryIO) -> None:  # noqa: ANN401
    second = 0.0
    for index, frame in enumerate(frames):
        second = frame.time - began_s if frame.time is not None else index / rate
        if second < start_s - 0.5 / rate:
            continue
        image = np.ascontiguousarray(np.rot90(frame.to_ndarray(format="bgr24"), round(frame.rotation / 90) % 4))
        out.write(HEAD.pack(second, image.shape[1], image.shape[0]))
        out.write(image.tobytes())
        out.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.stdout.buffer)
    except BrokenPipeError:  # nobody reads any more
        sys.stderr.close()
    except (OSError, ValueError, IndexError, av.FFmpegError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
