"""Short names for rows: the same for the same thing after any crash, other for any other."""

from hashlib import sha256

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def short_id(name: str) -> str:
    """24 characters made from ``name``, so that Discord takes them for a nonce."""
    number = int.from_bytes(sha256(name.encode()).digest(), "big")
    digits = []
    for _ in range(24):
        number, digit = divmod(number, 36)
        digits.append(_BASE36[digit])
    return "".join(digits)
