"""The server's pages for people, in a browser that reaches nothing but the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pokerlab._lab import Lab
from pokerlab.server import BackgroundServer, ServerSettings, create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("page_of", ["docs", "redoc"])
def test_a_page_shows_the_routes_without_a_network(browser: Browser, page_of: str) -> None:
    app = create_app(ServerSettings(warm_up=False), lab=Lab(None))  # type: ignore[arg-type]
    with BackgroundServer(app) as server, browser.new_context() as context:
        elsewhere: list[str] = []
        context.on("request", lambda asked: asked.url.startswith(server.url) or elsewhere.append(asked.url))
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.url}/{page_of}")
        expect(page.get_by_text("/api/v1/equity/multiway").first).to_be_visible(timeout=30_000)
        assert errors == []
        # Redoc's logo, which the page's policy keeps from being loaded.
        assert [
            address for address in elsewhere if not address.startswith(("data:", "blob:", "https://cdn.redoc"))
        ] == []
