"""Small things of English that several commands say."""


def counted(count: int, name: str, plural: str = "") -> str:
    """Return a number with what it counts, one or many; plural where it is not name with an s."""
    return f"{count} {name if count == 1 else plural or name + 's'}"
