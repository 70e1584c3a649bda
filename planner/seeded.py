"""Dataclasses of what is made once and asked often: facts, the catalogue, its limits and doses.

The standard library writes six methods for each frozen one and compiles them while the planner is imported: half of
its start. These are compared, hashed and shown too seldom for methods of their own; those here give the same.
"""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from collections.abc import Callable

    from planner.values import shown

    Class = TypeVar("Class")

    def dataclass(*, eq: bool = True, repr: bool = True, **options: bool) -> Callable[[type[Class]], type[Class]]:
        """Return `dataclasses.dataclass` with the methods of this module."""
        make = dataclasses.dataclass(eq=False, repr=False, **options)

        def made(cls: type[Class]) -> type[Class]:
            if eq:
                cls.__eq__, cls.__hash__ = _equal, _hashed
            if repr:
                cls.__repr__ = shown
            return make(cls)

        return made

    def _compared(value: object) -> tuple[object, ...]:
        return tuple([getattr(value, field.name) for field in dataclasses.fields(value) if field.compare])

    def _equal(value: object, other: object) -> bool:
        return _compared(value) == _compared(other) if other.__class__ is value.__class__ else NotImplemented

    def _hashed(value: object) -> int:
        return hash(_compared(value))


__all__ = ["dataclass"]
