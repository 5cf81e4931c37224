"""How a chart is shown: as an image, without network."""

from __future__ import annotations

from typing import Any

import altair as alt


def enable() -> None:
    """Show charts so, unless the user has chosen how."""
    alt.renderers.register("pokerlab", _as_svg)
    if alt.renderers.active in {"", "default"}:
        alt.renderers.enable("pokerlab")


def _as_svg(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Show a chart without network: an image for all, the specification for programs that draw it themselves."""
    import vl_convert

    own = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    known = vl_convert.get_vegalite_versions()
    return {
        "image/svg+xml": vl_convert.vegalite_to_svg(spec, vl_version=own if own in known else known[-1]),
        f"application/vnd.vegalite.{alt.SCHEMA_VERSION.split('.')[0]}+json": spec,
        "text/plain": "<Altair chart>",
    }
