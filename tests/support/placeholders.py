"""What a text template leaves open."""

from string import Formatter


def placeholders(text: str) -> set[str]:
    """Return the names of the facts that a template asks for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}
