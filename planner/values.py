"""Values that nobody changes once they are made, cheap to make.

A block is made of thousands, and one that is frozen when it runs costs three times as much to make. So mypy refuses
a change, as of any frozen dataclass, and the interpreter does not look. Facts, which come from outside, and the
catalogue, which all clients share, are frozen in both ways.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    Class = TypeVar("Class")

    def dataclass(*, frozen: bool = False, **options: bool) -> Callable[[type[Class]], type[Class]]:
        """Return `dataclasses.dataclass`, with the hash of a frozen value in place of its lock."""
        return dataclasses.dataclass(unsafe_hash=frozen and options.get("eq", True), **options)


__all__ = ["dataclass"]
