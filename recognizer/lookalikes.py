"""Characters that look the same on plates, and what follows for comparing texts."""

# Every group holds characters that cameras, fonts or countries make hard to tell apart; the first stands for all.
LOOKALIKES: tuple[str, ...] = ("0ODQ", "1ILT", "8B", "5S", "2Z", "6G", "VY", "MW", "4A", "UV")

_FOLD = str.maketrans({"O": "0", "I": "1"})
_FOLD_WIDELY = str.maketrans({other: group[0] for group in LOOKALIKES[:6] for other in group[1:]})


def fold(text: str, widely: bool = False) -> str:
    """Fold look-alikes: O to 0 and I to 1; widely also D, Q, L, T, B, S, Z and G to the digit they resemble."""
    return text.upper().translate(_FOLD_WIDELY if widely else _FOLD)


def confusable(first: str, second: str) -> bool:
    """Whether two characters are the same or stand together in one group of LOOKALIKES."""
    return first == second or any(first in group and second in group for group in LOOKALIKES)
