"""The image, played in a folder: its steps run, and it serves, as nobody, on a file system that nobody can write to."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import httpx
import pytest

from app.secrets import new_secret
from tests.support.dockerfile import NOBODY, Image, as_nobody, build
from tests.support.server_process import BOUND_S, free_port, serving

ROOT = Path(__file__).parents[1]
CANARY = "zk7canaryq"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "a" * 24,
    "Sec-WebSocket-Version": "13",
}
"""uvicorn itself would log the path of a web socket."""
VIGNETTE = ROOT / "tests" / "scenarios" / "vignettes" / "V1_hip_motion.yaml"


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Return the image of the Dockerfile, nothing of it writable but its volumes."""
    place = Path(mkdtemp(prefix="squatback-image-"))
    place.chmod(0o755)
    try:
        (place / "root").mkdir()
        image = build(ROOT / "Dockerfile", place / "root")
        for path in list(folders(image.root)):
            path.chmod(0o555)
        for volume in image.volumes:
            image.at(volume).chmod(0o700)
            if as_nobody():
                os.chown(image.at(volume), NOBODY, NOBODY)
        yield image
    finally:
        for path in list(folders(place)):
            path.chmod(0o755)
        shutil.rmtree(place)


def folders(place: Path) -> Iterator[Path]:
    """Yield every folder in a place, from the top."""
    return (Path(folder) for folder, _, _ in os.walk(place))


def machine(image: Image, **settings: str) -> dict[str, str]:
    """Return the environment in the image, without anything of whoever runs the tests."""
    bare = {"PATH": "/usr/bin:/bin", "PYTHONPYCACHEPREFIX": str(image.at("/var/lib/squatback/compiled"))}
    return image.environment(bare) | settings


def run(image: Image, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in the image, as nobody."""
    return subprocess.run(
        image.command(list(words)), cwd=image.at(image.workdir), env=machine(image, **settings), capture_output=True,
        text=True, timeout=BOUND_S, check=False, **as_nobody(),
    )  # fmt: skip


def test_its_user_is_nobody_in_particular_and_its_base_can_be_pinned(image: Image) -> None:
    """A number, so that orchestrators can see that it is not root; one base for both stages, given as an argument."""
    uid, gid = map(int, image.user.split(":"))

    assert uid >= 10_000
    assert gid >= 10_000
    assert len(set(image.bases)) == 1
    assert ":" in image.bases[0]
    assert "latest" not in image.bases[0]
    assert image.arguments.keys() == {"PYTHON_IMAGE"}


def test_it_holds_what_runs_and_nothing_that_builds(image: Image) -> None:
    """One environment and one folder to write to; no pip, no tests, no sources beside the package."""
    assert {path.name for path in image.root.iterdir()} == {"opt", "var"}
    assert not list(image.at("/opt/squatback").glob("**/site-packages/pip"))
    assert not list(image.at("/opt/squatback").glob("**/site-packages/pytest"))


def test_nothing_can_be_written_but_its_volume(image: Image) -> None:
    code = "import pathlib, sys; pathlib.Path(sys.argv[1], 'x').touch()"
    for place, written in (("/opt/squatback", False), ("/opt/squatback/bin", False), ("/var/lib/squatback", True)):
        done = run(image, "python", "-c", code, str(image.at(place)))
        assert (done.returncode == 0) is written, (place, done.stderr)


def test_it_plans_from_its_own_catalogue(image: Image) -> None:
    """The installed package is whole: code, seeds, templates, locked packages."""
    copied = image.at("/var/lib/squatback") / "client.yaml"
    copied.write_bytes(VIGNETTE.read_bytes())
    copied.chmod(0o644)
    done = run(image, "squatback", "plan", str(copied), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"]["limiting_factor"] == "hip"
    lab = run(image, "squatback", "lab", "--clients", "1", "--weeks", "1", "--report", "lab.html")
    assert lab.returncode == 0, lab.stderr
    assert "no evidence about people" in image.at("lab.html").read_text(encoding="utf-8")


def test_without_settings_it_does_not_start(image: Image) -> None:
    """The image is a production one: its command names what is missing."""
    done = run(image, *image.cmd)

    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "SQUATBACK_ALLOWED_HOSTS",
        "SQUATBACK_WEBHOOK_KEY",
        "SQUATBACK_FACTOR_KEY",
    ]


def test_it_serves_is_healthy_and_ends_quietly(image: Image) -> None:
    """Its own command on an empty volume, its own health check; every line it says is JSON and tells no secret."""
    port = free_port()
    command = [word.replace("8000", str(port)) for word in image.cmd]
    check = [word.replace("8000", str(port)) for word in image.healthcheck]
    assert command != image.cmd
    assert check != image.healthcheck
    keys = {name: new_secret() for name in ("SQUATBACK_WEBHOOK_KEY", "SQUATBACK_FACTOR_KEY")}
    settings = machine(image, SQUATBACK_ALLOWED_HOSTS="127.0.0.1", **keys)
    with serving(image.at(image.workdir), image.command(command), port, only=settings, process=as_nobody()) as server:
        server.wait_until_ready()
        assert run(image, *check).returncode == 0
        refused = server.post("/v1/auth/login", {"email": f"{CANARY}@gym.example", "password": CANARY})
        assert refused.status_code == 401
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            assert http.get(f"/week/{CANARY}", headers=UPGRADE).status_code == 404
        assert server.stop() == 0, server.said
    said = "".join(server.said)
    lines = [json.loads(line) for line in said.splitlines()]
    assert {"/week/{token}", "/v1/auth/login"} <= {line["route"] for line in lines if line["event"] == "request"}
    assert CANARY not in said
    assert not any(key in said for key in keys.values())
    assert (image.at(image.workdir) / "var" / "squatback.db").is_file()
    assert run(image, *check).returncode != 0
