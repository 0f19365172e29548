"""The one place that takes passwords out of text: logs, errors, crash reports, the store and exports pass through."""

import re

MASK = "***"

# A word up to its last @. People paste passwords unescaped, so they may hold @ / or : themselves. Patterns start where
# a word does: tried at each place of a long line without blanks, they would take time by the square of its length.
_UP_TO_AT = re.compile(r"(?<![^\s\"'<>])[^\s\"'<>]+@")
# scheme://user:password, a slash forgotten or doubled, unless the part before the next slash can be nothing but a host.
_SCHEME = re.compile(r"(?i)\b[a-z][a-z0-9+.\-]{1,20}:/{1,3}(?![^:/@]*[/?#])")
# user:password@host without a scheme, as some cameras print it; a host must follow.
_BARE = re.compile(r"(?<![^\s\"'<>])([^\s\"'<>:/@]+):([^\s\"'<>/]+)@(?=[\w\[])")
# ?password=..., &token=..., and "password: ..." in what cameras and libraries print.
_NAMED = re.compile(
    r"(?i)(\b(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)|[?&](?:pass|pw|auth|key))(\s*[=:]\s*)"
    r"(\"[^\"]*\"|'[^']*'|[^\s&;,\"'<>]+)"
)
# HTTP basic and digest headers, as FFmpeg prints them at high verbosity.
_HEADER = re.compile(r"(?i)\b(authorization\s*:\s*)(basic|digest|bearer)\s+[^\r\n]+")


def redact(text: str) -> str:
    """Return text without user names and passwords of addresses, named secrets and authorisation headers.

    Redacting twice gives the same as once; text without secrets comes back unchanged.
    """
    if not text:
        return text
    text = _HEADER.sub(rf"\1\2 {MASK}", text)
    text = _UP_TO_AT.sub(_mask, text)
    text = _BARE.sub(rf"{MASK}@", text)
    return _NAMED.sub(rf"\1\2{MASK}", text)


def _mask(word: re.Match[str]) -> str:
    scheme = _SCHEME.search(word[0])
    return f"{word[0][: scheme.end()]}{MASK}@" if scheme else word[0]
