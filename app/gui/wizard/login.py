"""User and password of a camera's address: apart in the window, together in the address that is opened."""

from urllib.parse import quote, unquote

_SCHEME = "://"


def split_login(address: str) -> tuple[str, str, str]:
    """Return an address without its login, the user and the password, both as a person writes them."""
    scheme, found, rest = address.partition(_SCHEME)
    host, slash, path = rest.partition("/")
    login, at, bare = host.rpartition("@")
    if not (found and at):
        return address, "", ""
    user, _, password = login.partition(":")
    return f"{scheme}{found}{bare}{slash}{path}", unquote(user), unquote(password)


def with_login(address: str, user: str, password: str) -> str:
    """Return an address with a login in it, whatever signs that holds; as it is without a user."""
    scheme, found, rest = address.partition(_SCHEME)
    if not (found and user):
        return address
    secret = f":{quote(password, safe='')}" if password else ""
    return f"{scheme}{found}{quote(user, safe='')}{secret}@{rest}"
