"""YAML files that people write: "no" stays a word and a day stays text, as in the API's JSON."""

import re
from typing import Any

import yaml

_BOOLEAN = "tag:yaml.org,2002:bool"
_LEFT_AS_TEXT = ("tag:yaml.org,2002:timestamp", _BOOLEAN)


class _PlainLoader(yaml.SafeLoader):
    """A safe loader that reads only true and false as booleans, and no days."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _LEFT_AS_TEXT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(text: str) -> Any:
    """Return the content of a YAML file; raises yaml.YAMLError when it cannot be read."""
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506  # derived from the safe loader
