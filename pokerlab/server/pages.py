"""Pages for people, /docs and /redoc: all that they load comes from an installed package, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse  # noqa: TC002 - FastAPI reads it
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from fastapi import FastAPI

ASSETS = "/docs/assets"
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def add_pages(app: FastAPI) -> None:
    """Add /docs (Swagger UI) and /redoc, and the scripts and styles that both load."""
    app.mount(ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]))
    document = str(app.openapi_url)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return _with_policy(
            get_swagger_ui_html(
                openapi_url=document,
                title=app.title,
                swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
                swagger_css_url=f"{ASSETS}/swagger-ui.css",
                swagger_favicon_url="data:,",
            )
        )

    @app.get("/redoc", include_in_schema=False)
    async def redoc() -> HTMLResponse:
        return _with_policy(
            get_redoc_html(
                openapi_url=document,
                title=app.title,
                redoc_js_url=f"{ASSETS}/redoc.standalone.js",
                redoc_favicon_url="data:,",
                with_google_fonts=False,
            )
        )


def _with_policy(page: HTMLResponse) -> HTMLResponse:
    """Let a page run its own scripts, known by their digests, and style itself; and reach this server alone."""
    digests = (hashlib.sha256(script).digest() for script in _SCRIPT.findall(bytes(page.body)))
    scripts = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    page.headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "worker-src blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return page
