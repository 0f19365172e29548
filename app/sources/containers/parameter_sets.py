"""Rate and interlacing in the headers of H.264, H.265 and MPEG-2 (ITU-T H.264, annex E; H.265, 7.3; H.262, 6.2.2)."""

_SPS_264, _VPS_265 = 7, 32
_HIGH_PROFILES = frozenset((100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135))
_EXTENSION = 0xB5
_LONGEST = 2048  # bytes of a parameter set that are looked at
_MOST_ITEMS = 256
_EXTENDED_SAR = 255


class _Bits:
    """Reads bits, numbers of fixed length and Exp-Golomb codes. Raises IndexError at the end."""

    def __init__(self, unit: bytes) -> None:
        data = unit[:_LONGEST].replace(b"\0\0\x03", b"\0\0")  # without what keeps start codes out
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def read(self, count: int) -> int:
        """Return a number of so many bits."""
        self._left -= count
        if self._left < 0:
            raise IndexError
        return self._value >> self._left & ((1 << count) - 1)

    def unsigned(self) -> int:
        """Return an unsigned Exp-Golomb code."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise IndexError
        return (1 << zeros) - 1 + self.read(zeros)


def h264_rate(unit: bytes) -> float:
    """Return the frames a second that a sequence parameter set of H.264 names; 0 for none and for other units."""
    if not unit or unit[0] & 0x80 or unit[0] & 0x1F != _SPS_264:
        return 0.0
    bits = _Bits(unit[1:])
    try:
        _skip_to_vui(bits)
        return _vui_rate(bits)
    except IndexError:
        return 0.0


def h264_interlaced(unit: bytes) -> bool:
    """Whether a sequence parameter set of H.264 allows frames of two fields; False for other units."""
    if not unit or unit[0] & 0x80 or unit[0] & 0x1F != _SPS_264:
        return False
    try:
        return not _skip_to_vui(_Bits(unit[1:]))
    except IndexError:
        return False


def mpeg2_interlaced(unit: bytes) -> bool:
    """Whether a sequence extension of MPEG-2 allows frames of two fields; False for other units."""
    return len(unit) > 2 and unit[0] == _EXTENSION and unit[1] >> 4 == 1 and not unit[2] & 0x08


def _skip_to_vui(bits: _Bits) -> bool:
    """Go to the part with the rate, and return whether all frames are whole ones."""
    profile = bits.read(8)
    bits.read(16)
    bits.unsigned()
    if profile in _HIGH_PROFILES:
        chroma = bits.unsigned()
        bits.read(1 if chroma == 3 else 0)
        bits.unsigned()
        bits.unsigned()
        bits.read(1)
        if bits.read(1):
            _skip_scaling_lists(bits, 12 if chroma == 3 else 8)
    bits.unsigned()
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.read(1)
        bits.unsigned()
        bits.unsigned()
        for _ in range(min(_MOST_ITEMS, bits.unsigned())):
            bits.unsigned()
    bits.unsigned()
    bits.read(1)
    bits.unsigned()
    bits.unsigned()
    whole_frames = bool(bits.read(1))
    if not whole_frames:
        bits.read(1)
    bits.read(1)
    if bits.read(1):
        for _ in range(4):
            bits.unsigned()
    return whole_frames


def _skip_scaling_lists(bits: _Bits, count: int) -> None:
    for number in range(count):
        if not bits.read(1):
            continue
        last = following = 8
        for _ in range(16 if number < 6 else 64):
            if following:
                code = bits.unsigned()
                following = (last + ((code + 1) // 2 if code % 2 else -(code // 2)) + 256) % 256
            last = following or last


def _vui_rate(bits: _Bits) -> float:
    if not bits.read(1):
        return 0.0
    if bits.read(1) and bits.read(8) == _EXTENDED_SAR:
        bits.read(32)
    if bits.read(1):
        bits.read(1)
    if bits.read(1):
        bits.read(4)
        if bits.read(1):
            bits.read(24)
    if bits.read(1):
        bits.unsigned()
        bits.unsigned()
    if not bits.read(1):
        return 0.0
    units, scale = bits.read(32), bits.read(32)
    return _plausible(scale / (2 * units) if units else 0.0)  # a frame is two fields


def h265_rate(unit: bytes) -> float:
    """Return the frames a second that a video parameter set of H.265 names; 0 for none and for other units."""
    if len(unit) < 2 or unit[0] & 0x81 or unit[0] >> 1 != _VPS_265:
        return 0.0
    bits = _Bits(unit[2:])
    try:
        bits.read(12)
        layers = bits.read(3)
        bits.read(17)
        _skip_profile(bits, layers)
        for _ in range(layers + 1 if bits.read(1) else 1):
            for _ in range(3):
                bits.unsigned()
        most = bits.read(6)
        for _ in range(min(_MOST_ITEMS, bits.unsigned())):
            bits.read(most + 1)
        if not bits.read(1):
            return 0.0
        units, scale = bits.read(32), bits.read(32)
    except IndexError:
        return 0.0
    return _plausible(scale / units if units else 0.0)


def _skip_profile(bits: _Bits, layers: int) -> None:
    bits.read(96)
    present = [(bits.read(1), bits.read(1)) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for profile, level in present:
        bits.read(88 if profile else 0)
        bits.read(8 if level else 0)


def _plausible(rate: float) -> float:
    return rate if 0.01 <= rate <= 1000 else 0.0


def units_of(data: bytes) -> list[bytes]:
    """Return what stands between the start codes of a bare stream."""
    return [unit for unit in data.split(b"\0\0\x01")[1:] if unit]


def is_interlaced(data: bytes) -> bool:
    """Whether a header in a bare stream allows frames of two fields."""
    return any(h264_interlaced(unit) or mpeg2_interlaced(unit) for unit in units_of(data))


def avcc_interlaced(record: bytes) -> bool:
    """Whether the H.264 configuration of MP4 and Matroska (ISO/IEC 14496-15) allows frames of two fields."""
    at = 6
    for _ in range(record[5] & 0x1F if len(record) > 8 and record[0] == 1 else 0):
        length = int.from_bytes(record[at : at + 2], "big")
        if h264_interlaced(record[at + 2 : at + 2 + length]):
            return True
        at += 2 + length
    return False
