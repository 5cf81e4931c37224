// @ts-check
/** What a row says of a hand, and that text from files stays text. */

import { afterEach, describe, expect, test } from "vitest";
import { money } from "../../pokerlab/widgets/static/page.js";
import { HERO, HOSTILE, Model, View, dealt, run, seat, snapshot } from "./model.js";

afterEach(() => {
  document.body.replaceChildren();
});

/** Show one hand with these differences. @param {Partial<import("./model.js").Hand>} [changes] @param {object} [traits] */
function show(changes, traits) {
  return new View(new Model({ snapshot: snapshot([dealt(1, changes)]), ...traits }));
}

describe("a row", () => {
  test("has time, game and table, stakes, position, cards, board, and pot, net and EV in big blinds", () => {
    const { cells } = show({ hero: { ...HERO, ev_net: 0.7 } });
    expect(cells).toEqual([
      "20:00:01", "NL Hold'em Nice", "0.01/0.02 €", "SB", "A♠K♦", "K♠7♦2♣", "1.5 bb", "−0.5 bb", "+0.4 bb",
    ]);
  });

  test("tells the money beside the big blinds", () => {
    const view = show({ pot: 123456, hero: { ...HERO, net: -150, ev_net: 12.5 } });
    const titles = [...view.find("[role=grid] tbody tr").children].slice(6).map((cell) => cell.getAttribute("title"));
    expect(titles).toEqual(["1,234.56 €", "−1.50 €", "+0.13 €"]);
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
    const cards = [...view.find("[role=grid] tbody tr").querySelectorAll("[role=img]")];
    expect(cards.map((card) => card.getAttribute("aria-label"))).toEqual([
      "ace of spades", "king of diamonds", "10 of hearts", "9 of clubs", "2 of diamonds",
    ]);
    expect(cards.map((card) => card.getAttribute("data-suit"))).toEqual(["s", "d", "h", "c", "d"]);
  });

  test.each([
    [150, "+75.0 bb", "pkl-won"],
    [-150, "−75.0 bb", "pkl-lost"],
    [0, "0.0 bb", "pkl-soft"],
    [-0.04, "0.0 bb", "pkl-lost"],
    [123456789, "+61,728,394.5 bb", "pkl-won"],
  ])("signs and colours a net and an EV of %d cents", (net, size, tone) => {
    const view = show({ hero: { ...HERO, net, ev_net: net } });
    expect(view.cells.slice(7)).toEqual([size, size]);
    const cells = [...view.find("[role=grid] tbody tr").children].slice(7);
    expect(cells.map((cell) => cell.className)).toEqual([tone, tone]);
  });

  test("of a hand without the hero has no position, cards or net", () => {
    expect(show({ hero: null }).cells.slice(3)).toEqual(["", "", "K♠7♦2♣", "1.5 bb", "", ""]);
  });

  test("of a hero who has no place and saw nothing is empty there", () => {
    expect(show({ hero: { ...HERO, position: null, hole: null }, board: null }).cells.slice(3, 6)).toEqual(["", "", ""]);
  });

  test("counts chips whole, with the ante", () => {
    const { cells } = show({ unit: "chip", small_blind: 1000, big_blind: 2000, ante: 250, hero: { ...HERO, net: 3500 } });
    expect([cells[2], cells[7]]).toEqual(["1,000/2,000 ante 250", "+1.8 bb"]);
  });

  test("of play money has no currency", () => {
    const { cells } = show({ unit: "play_cent", big_blind: null, ante: 1 });
    expect([cells[2], cells[7]]).toEqual(["0.01 ante 0.01", "−0.01"]);
  });

  test.each([
    [{ small_blind: null, big_blind: null, ante: null }, ""],
    [{ small_blind: null }, "0.02 €"],
    [{ small_blind: null, big_blind: null, ante: 5 }, "ante 0.05 €"],
  ])("leaves out a blind that is not known: %o", (changes, text) => {
    expect(show(changes).cells[2]).toBe(text);
  });

  test("counts no big blinds where there is none, and shows the net all the same", () => {
    const hero = { ...HERO, ev_net: -1.5 };
    expect(show({ big_blind: null, hero }).cells.slice(6)).toEqual(["0.03 €", "−0.01 €", "−0.02 €"]);
  });

  test("shows a game that is not known by its own name", () => {
    expect(show({ game: "badugi", limit: "spread_limit" }).cells[1]).toBe("spread_limit badugi Nice");
    expect(show({ game: "omaha4", limit: "pot_limit" }).cells[1]).toBe("PL Omaha Nice");
  });

  test("names the tournament before the pool before the table", () => {
    expect(show({ pool: "NOLA" }).cells[1]).toContain("Hold'em NOLA");
    expect(show({ pool: "NOLA", tournament_name: "Main Event" }).cells[1]).toContain("Hold'em Main Event");
  });
});

describe("players", () => {
  const seats = [seat({ player: "Hero", is_hero: true }), seat(), seat({ player: "away", dealt: false }), seat({ player: "eve" })];

  test("are not named unless it is wished", () => {
    expect(show({ seats }).root.textContent).not.toContain("bob");
  });

  test("who were dealt in are named beside the table, without the hero", () => {
    const view = show({ seats }, { show_players: true });
    expect(view.cells[1]).toBe("NL Hold'em Nice · bob · eve");
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
    expect(view.cells.slice(1, 5)).toEqual([`NL Hold'em ${HOSTILE} · ${HOSTILE}`, "0.01/0.02 €", HOSTILE, ""]);
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
