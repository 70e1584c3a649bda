"""Values that nobody changes once they are made, cheap to make.

A block is made of thousands, and one that is frozen when it runs costs three times as much to make. So mypy refuses
a change, as of any frozen dataclass, and the interpreter does not look. Facts, which come from outside, and the
catalogue, which all clients share, are frozen in both ways.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:
    import dataclasses

    Class = TypeVar("Class")
    Value = TypeVar("Value")

    def dataclass(*, frozen: bool = False, **options: bool) -> Callable[[type[Class]], type[Class]]:
        """Return `dataclasses.dataclass`, with the hash of a frozen value in place of its lock."""
        make = dataclasses.dataclass(unsafe_hash=frozen and options.get("eq", True), repr=False, **options)

        def made(cls: type[Class]) -> type[Class]:
            cls.__repr__ = shown
            return make(cls)

        return made

    def shown(value: object) -> str:
        """Return a value as the standard library shows it, with one method for all instead of one for each class."""
        told = [f"{field.name}={getattr(value, field.name)!r}" for field in dataclasses.fields(value) if field.repr]
        return f"{value.__class__.__qualname__}({', '.join(told)})"

    def replace(value: Value, /, **changes: object) -> Value:
        """Return a value with changes, in half the time `dataclasses.replace` takes by way of `__init__`.

        One of many fields that changes often goes without slots, and without `cached_property`: its fields are
        copied all at once.
        """
        cls = value.__class__
        if cls.__dataclass_params__.frozen:
            return dataclasses.replace(value, **changes)
        made = object.__new__(cls)
        if cls.__dictoffset__:
            made.__dict__ = value.__dict__ | changes
            return made
        for name in value.__slots__:
            setattr(made, name, getattr(value, name))
        for name, changed in changes.items():
            setattr(made, name, changed)
        return made


__all__ = ["dataclass", "replace"]
