"""What a text template leaves open."""

from string import Formatter


def placeholders(text: str) -> set[str]:
    """Return the names of the facts that a template asks for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def pieces(text: str) -> list[str]:
    """Return what a template says between the facts."""
    return [said for said, _, _, _ in Formatter().parse(text) if said]
