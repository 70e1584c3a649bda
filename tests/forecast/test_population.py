"""The virtual clients are what they are: their ranges change on purpose or not at all."""

import hashlib

from app.resources import resource_directory

DIGEST = "0c76e1f361c5a612e98767fe28b8b347d8cb2d26cba9fbe82292f273d7db17e1"


def test_the_population_is_frozen() -> None:
    """The ranges of the virtual clients have this digest: it is changed only on purpose, never to reach a target."""
    digest = hashlib.sha256()
    for path in sorted((resource_directory("seeds") / "population").glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    assert digest.hexdigest() == DIGEST
