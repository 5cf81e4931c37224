"""Pictures: what they are drawn from, and that they need no network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import altair as alt
import polars as pl
import pytest

import pokerlab as pk
from pokerlab import plots
from pokerlab.errors import SchemaError, UnitError

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("history")
    pk.sample.write(folder, 5_000, seed=3, truth=False)
    return pk.read_winamax(folder).seats


def points(chart: plots.Picture) -> pl.DataFrame:
    """Give the rows of the picture's largest frame."""
    return pl.DataFrame(max(chart.to_dict()["datasets"].values(), key=len), infer_schema_length=None)


def test_the_lines_end_at_the_sums_whatever_the_order_of_the_rows(seats: pl.DataFrame) -> None:
    own = seats.filter("is_hero", "dealt")
    drawn = points(plots.winnings(seats.sample(fraction=1, shuffle=True, seed=1)))
    last = drawn.filter(pl.col("at") == own.height)
    assert dict(last.select("line", "won").iter_rows()) == {
        "Net": pytest.approx(own["net"].sum() / 100),
        "All-in EV": pytest.approx(own["ev_net"].sum() / 100),
    }


def test_hands_are_drawn_in_the_order_of_their_times(seats: pl.DataFrame) -> None:
    own = seats.filter("is_hero", "dealt").head(40)
    drawn = points(plots.winnings(own.reverse())).filter(pl.col("line") == "Net").sort("at")
    assert drawn["won"].to_list() == pytest.approx([0, *(own["net"].cum_sum() / 100).to_list()])


def test_a_long_history_is_thinned_but_ends_at_its_end(seats: pl.DataFrame) -> None:
    drawn = points(plots.winnings(seats))
    own = seats.filter("is_hero", "dealt").height
    assert own > 2_000
    assert 1_000 < drawn.height / 2 <= 2_002
    assert drawn["at"].max() == own


def test_another_player_can_be_drawn_lazily(seats: pl.DataFrame) -> None:
    name = seats.filter(~pl.col("is_hero"), pl.col("dealt"))["player"].mode()[0]
    met = seats.filter(pl.col("dealt"), pl.col("player") == name).height
    assert f"{met:,} hands" in plots.winnings(seats.lazy(), player=name).to_dict()["title"]["text"]


def test_units_are_not_added_up(seats: pl.DataFrame) -> None:
    mixed = seats.head(400).with_columns(
        unit=pl.when(pl.int_range(pl.len()) < 200).then(pl.lit("chip")).otherwise("unit").cast(pk.schema.UNIT)
    )
    with pytest.raises(UnitError, match="in chip and eur_cent, which cannot be added up; filter on unit"):
        plots.winnings(mixed)


def test_ids_and_units_of_another_making_are_refused(seats: pl.DataFrame) -> None:
    with pytest.raises(UnitError, match="'usd_cent' is no unit of money; known are eur_cent"):
        plots.winnings(seats.with_columns(unit=pl.lit("usd_cent")))
    assert "5 hands" in plots.winnings(seats.filter("is_hero").head(5).with_columns(hand_id=pl.lit("abc"))).to_json()


def test_nothing_to_draw_is_said(seats: pl.DataFrame) -> None:
    with pytest.raises(SchemaError, match="no hand of 'nobody here'"):
        plots.winnings(seats, player="nobody here")
    with pytest.raises(SchemaError, match="no hand of the hero's"):
        plots.winnings(seats.clear())
    with pytest.raises(SchemaError, match=r"lacks a column that the picture needs: .*ev_net"):
        plots.winnings(seats.drop("ev_net"))


def test_a_chart_is_shown_without_network(seats: pl.DataFrame) -> None:
    shown = plots.winnings(seats)._repr_mimebundle_()
    major = alt.SCHEMA_VERSION.partition(".")[0]
    assert set(shown) == {"image/svg+xml", f"application/vnd.vegalite.{major}+json", "text/plain"}
    assert shown["image/svg+xml"].startswith("<svg")
    assert "Winnings over" in shown["image/svg+xml"]


def test_a_renderer_that_the_user_chose_stays() -> None:
    code = "import altair; altair.renderers.enable('png'); import pokerlab.plots; print(altair.renderers.active)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "png"
