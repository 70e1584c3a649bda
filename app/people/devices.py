"""What somebody signs in with, in words people know it by: a browser or an app, and the system it runs on."""

import re
from typing import Final, NamedTuple

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""By what their User-Agent holds; the first that fits, for most of them name others too."""
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BROWSER: Final = "Mozilla/"
_APP: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class Device(NamedTuple):
    """Names that need no translation; empty where nothing is known."""

    app: str = ""
    system: str = ""


def device_of(user_agent: str) -> Device:
    """Return what a User-Agent names; of an app that is no browser, the name it gives itself."""
    if user_agent.startswith(_BROWSER):
        return Device(_named(user_agent, _BROWSERS), _named(user_agent, _SYSTEMS))
    app = _APP.match(user_agent)
    return Device(app[0] if app else "", _named(user_agent, _SYSTEMS))


def _named(user_agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in user_agent), "")
