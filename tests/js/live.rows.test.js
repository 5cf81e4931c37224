// @ts-check
/** What a row says of a hand, and that text from files stays text. */

import { afterEach, describe, expect, test } from "vitest";
import { money } from "../../pokerlab/widgets/static/live.js";
import { HERO, HOSTILE, Model, View, dealt, run, seat, snapshot } from "./model.js";

afterEach(() => {
  document.body.replaceChildren();
});

/** Show one hand with these differences. @param {Partial<import("./model.js").Hand>} [changes] @param {object} [traits] */
function show(changes, traits) {
  return new View(new Model({ snapshot: snapshot([dealt(1, changes)]), ...traits }));
}

describe("a row", () => {
  test("has time, game with stakes and table, position, cards, board, net and big blinds", () => {
    const { cells } = show();
    expect(cells).toEqual(["20:00:01", "NL Hold'em 0.01/0.02 € Nice", "SB", "A♠K♦", "K♠7♦2♣", "−0.01 €", "−0.5"]);
  });

  test("stands above the older ones", () => {
    const model = new Model({ snapshot: snapshot(run(1, 2)) });
    const view = new View(model);
    model.answer(run(3, 4));
    model.announce(dealt(5));
    expect(view.numbers).toEqual([5, 4, 3, 2, 1]);
  });

  test("writes the time after midnight as 00, not 24", () => {
    expect(show({ played_at: "2024-07-03T00:05:00Z" }).cells[0]).toBe("00:05:00");
  });

  test("says cards in words to those who cannot see them", () => {
    const view = show({ board: "Th9c2d" });
    const cards = [...view.find("tbody tr").querySelectorAll("[role=img]")];
    expect(cards.map((card) => card.getAttribute("aria-label"))).toEqual([
      "A of spades", "K of diamonds", "T of hearts", "9 of clubs", "2 of diamonds",
    ]);
    expect(cards.map((card) => card.getAttribute("data-suit"))).toEqual(["s", "d", "h", "c", "d"]);
  });

  test.each([
    [150, "+1.50 €", "+75.0", "pkl-won"],
    [-150, "−1.50 €", "−75.0", "pkl-lost"],
    [0, "0.00 €", "0.0", "pkl-soft"],
    [123456789, "+1,234,567.89 €", "+61728394.5", "pkl-won"],
  ])("signs and colours a net of %i cents", (net, euros, size, tone) => {
    const view = show({ hero: { ...HERO, net } });
    expect(view.cells.slice(5)).toEqual([euros, size]);
    expect([...view.find("tbody tr").children].slice(5).map((cell) => cell.className)).toEqual([tone, tone]);
  });

  test("of a hand without the hero has no position, cards or net", () => {
    expect(show({ hero: null }).cells.slice(2)).toEqual(["", "", "K♠7♦2♣", "", ""]);
  });

  test("of a hero who has no place and saw nothing is empty there", () => {
    expect(show({ hero: { ...HERO, position: null, hole: null }, board: null }).cells.slice(2, 5)).toEqual(["", "", ""]);
  });

  test("counts chips whole, with the ante", () => {
    const { cells } = show({ unit: "chip", small_blind: 1000, big_blind: 2000, ante: 250, hero: { ...HERO, net: 3500 } });
    expect([cells[1], cells[5], cells[6]]).toEqual(["NL Hold'em 1,000/2,000 ante 250 Nice", "+3,500", "+1.8"]);
  });

  test("of play money has no currency", () => {
    const { cells } = show({ unit: "play_cent" });
    expect([cells[1], cells[5]]).toEqual(["NL Hold'em 0.01/0.02 Nice", "−0.01"]);
  });

  test.each([
    [{ small_blind: null, big_blind: null, ante: null }, "NL Hold'em Nice"],
    [{ small_blind: null }, "NL Hold'em 0.02 € Nice"],
    [{ small_blind: null, big_blind: null, ante: 5 }, "NL Hold'em ante 0.05 € Nice"],
  ])("leaves out a blind that is not known: %o", (changes, text) => {
    expect(show(changes).cells[1]).toBe(text);
  });

  test("counts no big blinds where there is none, and shows the net all the same", () => {
    expect(show({ big_blind: null }).cells.slice(5)).toEqual(["−0.01 €", ""]);
  });

  test("shows a game that is not known by its own name", () => {
    expect(show({ game: "badugi", limit: "spread_limit" }).cells[1]).toBe("spread_limit badugi 0.01/0.02 € Nice");
    expect(show({ game: "omaha4", limit: "pot_limit" }).cells[1]).toBe("PL Omaha 0.01/0.02 € Nice");
  });

  test("names the tournament before the pool before the table", () => {
    expect(show({ pool: "NOLA" }).cells[1]).toContain("€ NOLA");
    expect(show({ pool: "NOLA", tournament_name: "Main Event" }).cells[1]).toContain("€ Main Event");
  });
});

describe("players", () => {
  const seats = [seat({ player: "Hero", is_hero: true }), seat(), seat({ player: "away", dealt: false }), seat({ player: "eve" })];

  test("are not named unless it is wished", () => {
    expect(show({ seats }).root.textContent).not.toContain("bob");
  });

  test("who were dealt in are named beside the table, without the hero", () => {
    const view = show({ seats }, { show_players: true });
    expect(view.cells[1]).toBe("NL Hold'em 0.01/0.02 € Nice · bob · eve");
    expect(view.row(1).children[1].getAttribute("title")).toBe("Nice · bob · eve");
  });

  test("come and go in all rows, which stay what they were", () => {
    const model = new Model({ snapshot: snapshot(run(1, 3)), selected_hand_id: "1-2" });
    const view = new View(model);
    view.row(2).focus();
    view.row(2).click();
    model.sync("show_players", true);
    expect(view.rows.map((row) => row.textContent?.includes("bob"))).toEqual([true, true, true]);
    expect(view.rows.map((row) => row.getAttribute("aria-selected"))).toEqual(["false", "true", "false"]);
    expect(document.activeElement).toBe(view.row(2));
    expect(view.stops).toEqual([2]);
    model.sync("show_players", false);
    expect(view.root.textContent).not.toContain("bob");
    expect(view.numbers).toEqual([3, 2, 1]);
  });
});

describe("hostile text", () => {
  test.each(["table", "pool", "tournament_name", "hand_id", "game", "limit", "unit", "played_at", "board"])(
    "in %s becomes no element", (field) => {
      const view = show({ [field]: HOSTILE });
      expect(view.el.querySelector("img, script")).toBeNull();
      expect(view.rows).toHaveLength(1);
    },
  );

  test("is shown as it was written", () => {
    const hero = { ...HERO, position: HOSTILE, hole: HOSTILE };
    const view = show({ table: HOSTILE, hero, seats: [seat({ player: HOSTILE })] }, { show_players: true });
    expect(view.cells.slice(1, 4)).toEqual([`NL Hold'em 0.01/0.02 € ${HOSTILE} · ${HOSTILE}`, HOSTILE, ""]);
    expect(view.el.querySelector("img")).toBeNull();
  });

  test("in an error of the watcher or of the feed becomes no element", () => {
    const model = new Model({ error: HOSTILE, status: HOSTILE });
    const view = new View(model);
    expect(view.status.textContent).toBe(`${HOSTILE} · 0 hands · ${HOSTILE}`);
    model.announce({ type: "error", code: "bad_message", message: `${HOSTILE} is not understood` });
    expect(view.status.textContent).toBe(`${HOSTILE} · 0 hands · ${HOSTILE} is not understood`);
    expect(view.el.querySelector("img")).toBeNull();
  });

  test("in the name of a hand selects that hand and nothing else", () => {
    const name = `"] , tr ${HOSTILE}`;
    const model = new Model({ snapshot: snapshot([dealt(1), dealt(2, { hand_id: name })]) });
    const view = new View(model);
    view.rows[0].click();
    expect(model.saved).toEqual([{ selected_hand_id: name }]);
    expect(view.rows.map((row) => row.getAttribute("aria-selected"))).toEqual(["true", "false"]);
  });
});

describe("money", () => {
  test.each([
    [null, "eur_cent", ""],
    [5, "eur_cent", "0.05 €"],
    [-123456, "eur_cent", "−1,234.56 €"],
    [1500, "chip", "1,500"],
    [-20, "chip", "−20"],
    [250, "play_cent", "2.50"],
  ])("writes %o %s", (amount, unit, text) => {
    expect(money(amount, unit)).toBe(text);
  });

  test("has a plus only where it is asked for, and none on zero", () => {
    expect([money(5, "chip", true), money(0, "chip", true), money(-5, "chip", true)]).toEqual(["+5", "0", "−5"]);
  });
});
