"""The grammar's table: its codes fit the kernels and the schema, its shapes fit the table's sizes."""

from __future__ import annotations

import re
from pathlib import Path

from pokerlab import schema
from pokerlab.facts import MEANINGS
from pokerlab.winamax import docs, grammar
from pokerlab.winamax.rejects import REASONS
from pokerlab_kernels import records, tokens


def test_codes_of_the_kernels_are_those_of_the_schema() -> None:
    assert tuple(schema.ACTION.categories) == records.ACTIONS
    assert tuple(schema.POSITION.categories) == records.POSITIONS
    assert tuple(schema.STREET.categories) == records.STREETS


def test_every_section_has_its_street() -> None:
    streets = dict(zip(records.SECTIONS, (records.STREETS[code] for code in records.STREET_OF), strict=True))
    assert {name: street for name, street in streets.items() if name in records.STREETS and name != street} == {}
    assert [streets[f"bet{n}"] for n in (1, 2, 3, 4)] == ["preflop", "draw1", "draw2", "draw3"]


def test_every_rule_has_a_reason_and_every_fact_a_meaning() -> None:
    assert set(records.RULES) - {"ok"} <= set(REASONS)
    assert tuple(MEANINGS) == records.FACTS


def test_every_shape_has_a_known_kind_and_section() -> None:
    for shape in grammar.SHAPES:
        assert shape.kind in records.KINDS
        assert set(shape.sections) <= set(records.SECTIONS)
        assert "{player}" not in shape.matched


def test_the_table_fits_its_record() -> None:
    code = sum(len(grammar.program(shape.matched)) for shape in grammar.SHAPES)
    assert code <= records.GRAMMAR["programs"].shape[0]
    assert len(grammar.SHAPES) <= records.MAX_SHAPES
    assert len(grammar.GAMES) <= records.MAX_GAMES
    assert max(len(game.text) for game in grammar.GAMES) < records.GRAMMAR["games"].shape[1]


def test_a_template_becomes_literals_and_field_codes() -> None:
    code = grammar.program("calls {money}{all_in}")
    assert code == b"calls " + bytes([tokens.MONEY, tokens.ALL_IN, tokens.END])


def test_the_page_of_the_format_is_the_grammar() -> None:
    committed = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
    assert committed == docs.page(), "run: python -m pokerlab.winamax.docs > docs/format.md"


def test_the_page_explains_every_kind_and_field() -> None:
    assert set(docs.MEANINGS) == {shape.kind for shape in grammar.SHAPES}
    fields = {field for shape in grammar.SHAPES for field in re.findall(r"\{(\w+)\}", shape.template)}
    assert set(docs.FIELDS) == fields
    assert fields - {"player", "roles"} <= set(tokens.FIELDS)
