"""Does what a Dockerfile says, without Docker: its steps run in a folder that plays the root of the file system.

`pip` is played by uv, which takes packages from its cache. What no folder can play (ports, volumes, users by name) is
kept for tests to look at.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

_PLACES = re.compile(r"(?<![\w./])/(?=(?:opt|build|srv|var/lib)\b)")
"""Absolute paths that belong to the image, and not to the machine it is played on."""

_PIP = """#!/bin/sh
[ "$1" = --python ] || exit 64
python=$2; shift 3
{uv} pip install --quiet --offline --python "$python" "$@" 2>/dev/null ||
  exec {uv} pip install --quiet --python "$python" "$@"
"""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word, its flags, the rest."""

    word: str
    flags: Mapping[str, str]
    rest: str

    @property
    def words(self) -> list[str]:
        """Return the arguments, of the JSON form too."""
        return json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)


def instructions(text: str) -> Iterator[Instruction]:
    """Yield what a Dockerfile says, in order."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    for line in filter(None, map(str.strip, joined.splitlines())):
        word, _, rest = line.partition(" ")
        flags = {}
        while found := re.match(r"--([a-z-]+)=(\S+)\s+", rest):
            flags[found[1]], rest = found[2], rest[found.end() :]
        yield Instruction(word.upper(), flags, rest)


@dataclass(slots=True)
class Image:
    """What the last stage is made of, in a folder."""

    root: Path
    context: Path
    tools: Path
    workdir: str = "/"
    user: str = "root"
    env: dict[str, str] = field(default_factory=dict)
    cmd: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)

    def at(self, path: str) -> Path:
        """Return where a path of the image is."""
        return self.root / path.lstrip("/") if path.startswith("/") else self.root / self.workdir.lstrip("/") / path

    def command(self, words: list[str]) -> list[str]:
        """Return a command with the image's places in the folder."""
        return [_PLACES.sub(f"{self.root}/", word) for word in words]

    def environment(self, machine: Mapping[str, str]) -> dict[str, str]:
        """Return what a command in the image finds set."""
        place = {name: _PLACES.sub(f"{self.root}/", value) for name, value in self.env.items()}
        return {**machine, **{name: value.replace("$PATH", machine["PATH"]) for name, value in place.items()}}


def build(dockerfile: Path, root: Path) -> Image:
    """Do every step; what is copied comes from the folder of the Dockerfile, as `.dockerignore` lets it through."""
    tools = root.parent / "tools"
    tools.mkdir()
    (tools / "pip").write_text(_PIP.format(uv=f"{sys.executable} -m uv"))
    (tools / "pip").chmod(0o755)
    (tools / "python").symlink_to(base_python())
    image = Image(root, dockerfile.parent, tools)
    for step in instructions(dockerfile.read_text(encoding="utf-8")):
        _STEPS[step.word](image, step)
    for left in root.iterdir():
        if not any(path.startswith(f"/{left.name}/") for path in image.copied):
            shutil.rmtree(left)
    return image


NOBODY: Final = 65534


def as_nobody() -> dict[str, Any]:
    """Return how a process is started as somebody without rights; who is not root has none anyway."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def base_python() -> str:
    """Return the interpreter that stands for the base image's: of no virtual environment, and for everybody to run."""
    version = "{}.{}".format(*sys.version_info)
    own = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    for found in (str(own), *(f"{folder}/python{version}" for folder in ("/usr/local/bin", "/usr/bin"))):
        with suppress(OSError):
            if subprocess.run([found, "-c", "import venv"], cwd="/", check=False, **as_nobody()).returncode == 0:
                return found
    raise AssertionError(f"no Python {version} that others than root may run: install one outside of /root")


def _from(image: Image, step: Instruction) -> None:
    name = step.words[0]
    image.bases.append(re.sub(r"\$\{(\w+)\}", lambda found: image.arguments[found[1]], name))
    image.workdir, image.env, image.copied = "/", {}, []


def _arg(image: Image, step: Instruction) -> None:
    name, _, value = step.rest.partition("=")
    image.arguments[name] = value


def _workdir(image: Image, step: Instruction) -> None:
    image.workdir = step.rest
    image.at(step.rest).mkdir(parents=True, exist_ok=True)


def _copy(image: Image, step: Instruction) -> None:
    *sources, target = step.words
    for source in sources:
        if "from" in step.flags:
            assert source == target, "what another stage made stays where it is"
            assert image.at(source).exists(), f"no stage made {source}"
            image.copied.append(f"{source}/")
            continue
        found, into = image.context / source, image.at(target)
        assert _is_sent(image.context, source), f".dockerignore keeps {source} back"
        if found.is_dir():
            shutil.copytree(found, into, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        else:
            shutil.copy(found, into / found.name if target.endswith("/") else into)


def _is_sent(context: Path, name: str) -> bool:
    """Tell whether a name at the top of the context reaches the builder."""
    sent = True
    for line in (context / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line and fnmatch(name, line.lstrip("!")):
            sent = line.startswith("!")
    return sent


def _run(image: Image, step: Instruction) -> None:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL", "SQUATBACK"))
    }
    clean["PATH"] = f"{image.tools}:{clean['PATH']}"
    command = _PLACES.sub(f"{image.root}/", step.rest)
    done = subprocess.run(
        ["sh", "-ec", command], cwd=image.at(image.workdir), env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{step.rest}\n{done.stdout}{done.stderr}"


def _env(image: Image, step: Instruction) -> None:
    image.env |= dict(word.partition("=")[::2] for word in step.words)


def _cmd(image: Image, step: Instruction) -> None:
    image.cmd = step.words


def _healthcheck(image: Image, step: Instruction) -> None:
    image.healthcheck = json.loads(step.rest.partition("CMD ")[2])


def _user(image: Image, step: Instruction) -> None:
    image.user = step.rest


def _volume(image: Image, step: Instruction) -> None:
    image.volumes += step.words


def _expose(image: Image, step: Instruction) -> None:
    assert step.rest in image.cmd or not image.cmd


_STEPS = {
    "FROM": _from,
    "ARG": _arg,
    "WORKDIR": _workdir,
    "COPY": _copy,
    "RUN": _run,
    "ENV": _env,
    "CMD": _cmd,
    "HEALTHCHECK": _healthcheck,
    "USER": _user,
    "VOLUME": _volume,
    "EXPOSE": _expose,
}
