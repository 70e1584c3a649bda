"""The docs page: its own files only, under a strict policy; sign-in in a real browser."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page, sync_playwright

import app.docs_ui
from app.docs_ui import SWAGGER_UI_VERSION
from app.main import create_app
from tests.conftest import settings_for
from tests.gym import PASSWORD, Gym
from tests.support.quick import Quick

_HERE = Path(app.docs_ui.__file__).parent
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_FLAGS += ["--disable-background-networking", "--disable-component-update"]


def test_the_page_and_its_files_are_served(client: TestClient) -> None:
    """Everything the page names is here, and nothing else is."""
    page = client.get("/docs")
    assert page.status_code == 200
    names = re.findall(r'(?:src|href)="docs/([^"]+)"', page.text)
    assert len(names) == 5
    for name in names:
        assert client.get(f"/docs/{name}").status_code == 200
    for name in ("static/LICENSE", "../main.py", "__init__.py", "static/swagger-ui-bundle.js.map"):
        assert client.get(f"/docs/{name}").status_code == 404


def test_the_policy_allows_this_server_only(client: TestClient) -> None:
    """No inline script or style, no other origin."""
    page = client.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script>|<style|\son\w+=|style=|https?://", page.text)


def test_the_vendored_files_are_the_named_version() -> None:
    """The bundle carries its version, its licence and its notice."""
    bundle = (_HERE / "static/swagger-ui-bundle.js").read_text(encoding="utf-8")
    assert f'"{SWAGGER_UI_VERSION}"' in bundle
    assert "Apache License" in (_HERE / "static/LICENSE").read_text(encoding="utf-8")
    assert (_HERE / "static/NOTICE").read_text(encoding="utf-8").strip()


def test_docs_can_be_switched_off(database_url: str) -> None:
    """An operator may serve neither the page nor the description."""
    with Quick(create_app(settings_for(database_url, docs=False))) as client:
        assert [client.get(path).status_code for path in ("/docs", "/openapi.json")] == [404, 404]


def test_operation_ids_are_unique_function_names(app: FastAPI) -> None:
    """Generated clients get one short name for each operation."""
    operations = [operation for path in app.openapi()["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", found) for found in ids)


def test_every_error_is_documented_as_a_problem(app: FastAPI) -> None:
    """No operation describes an error in another shape."""
    document = app.openapi()
    for path in document["paths"].values():
        for operation in path.values():
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            assert {"401", "422", "500"} <= set(errors)
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in errors.values())
    assert "HTTPValidationError" not in json.dumps(document)


# --- in a browser -------------------------------------------------------------------------------------------------


@pytest.fixture
def address(app: FastAPI, gym: Gym) -> Iterator[str]:
    """Serve the app under test on a free port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    """Return a page of Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        opened = browser.new_page()
        yield opened
        browser.close()


def _sign_in(page: Page, email: str) -> None:
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.browser
@pytest.mark.sqlite_only
def test_signing_in_authorizes_try_it_out(page: Page, address: str, gym: Gym) -> None:
    """The form signs in, an executed request carries the token, and the console stays quiet."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/docs#/Sign-in/get_me")
    _sign_in(page, gym.coach.email)
    page.get_by_text(f"Signed in as {gym.coach.email}").wait_for()
    operation = page.locator("#operations-Sign-in-get_me")
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table").get_by_text('"coach"').first.wait_for()
    page.reload()
    page.get_by_text(f"Signed in as {gym.coach.email}").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    # Swagger UI takes the underscores of an operation id in the address for an old way to write spaces.
    assert [text for text in complaints if not text.startswith("Deprecated: escaping deep link")] == []


@pytest.mark.browser
@pytest.mark.sqlite_only
def test_the_token_is_renewed_silently(page: Page, address: str, gym: Gym) -> None:
    """A token that is about to end is exchanged before the next request, without a word."""
    page.goto(f"{address}/docs#/Sign-in/get_me")
    _sign_in(page, gym.coach.email)
    page.get_by_text(f"Signed in as {gym.coach.email}").wait_for()
    before = page.evaluate("JSON.parse(localStorage.getItem('squatback.sign-in')).access")
    page.evaluate(
        "() => { const kept = JSON.parse(localStorage.getItem('squatback.sign-in'));"
        " kept.ends = Date.now() + 1000; localStorage.setItem('squatback.sign-in', JSON.stringify(kept)); }"
    )
    operation = page.locator("#operations-Sign-in-get_me")
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table").get_by_text('"coach"').first.wait_for()
    assert page.evaluate("JSON.parse(localStorage.getItem('squatback.sign-in')).access") != before


@pytest.mark.browser
@pytest.mark.sqlite_only
def test_a_wrong_password_is_told_beside_the_form(page: Page, address: str) -> None:
    """The message of the problem appears; nobody is signed in."""
    page.goto(f"{address}/docs")
    page.locator("#email").fill("coach@home.example")
    page.locator("#password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("status").get_by_text("E-mail address or password is wrong").wait_for()
