"""Short ways to use the week page like a browser: read it, fill in its forms, follow where they lead."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.gym import PASSWORD, Account


@dataclass
class FoundForm:
    """A form of a page: where it goes and what its fields hold before anybody touches them."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    chosen: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(FoundForm(told["action"]))
        elif tag == "input" and self.forms:
            place = self.forms[-1].fields if told.get("type") == "hidden" else self.forms[-1].choices
            place.append((told["name"], told.get("value", "on")))
            if "checked" in told:
                self.forms[-1].chosen.append(place[-1])


def forms_of(page: Response | str, ending: str) -> list[FoundForm]:
    """Return the forms of a page whose address ends like this."""
    read = _Forms()
    read.feed(page if isinstance(page, str) else page.text)
    return [form for form in read.forms if form.action.endswith(ending)]


@dataclass
class Browser:
    """A browser that keeps its cookies; `headers` go with every request."""

    http: TestClient
    headers: dict[str, str] = field(default_factory=dict)

    def open(self, address: str = "/week", status: int = 200) -> Response:
        """Open a page and check the status."""
        answer = self.http.get(address, headers=self.headers, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer

    def send(self, form: FoundForm, status: int = 303, **filled: str | list[str]) -> Response:
        """Send a form filled in; a list stands for several ticks."""
        pairs = list(form.fields)
        for name, value in filled.items():
            pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return self.post(form.action, pairs, status)

    def post(self, address: str, pairs: list[tuple[str, str]], status: int = 303) -> Response:
        """Send fields to an address."""
        data: dict[str, list[str]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        answer = self.http.post(address, data=data, headers=self.headers, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer

    def follow(self, answer: Response) -> Response:
        """Open the page a form led to."""
        return self.open(answer.headers["location"])

    def sign_in(self, who: Account) -> Response:
        """Sign in through the form."""
        return self.post("/week/sign-in", [("email", who.email), ("password", PASSWORD)])


def text_of(page: Response) -> str:
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
