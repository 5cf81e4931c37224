"""What all widgets share."""

from __future__ import annotations

from typing import Any

import anywidget


class Widget(anywidget.AnyWidget):
    """An anywidget that saved notebooks and exported pages show as HTML."""

    def _repr_html_(self) -> str:
        """Draw it without a kernel and without a script of the page."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/html": self._repr_html_()}, metadata
