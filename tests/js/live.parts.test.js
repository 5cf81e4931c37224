// @ts-check
/** What stands beside the table when it is asked for: the players' statistics, and a hand's replay. */

import { afterEach, describe, expect, test } from "vitest";
import { HOSTILE, Model, View, run, snapshot } from "./model.js";

afterEach(() => {
  document.body.replaceChildren();
});

/** @param {object} [traits] */
function show(traits) {
  const model = new Model({ snapshot: snapshot(run(1, 3)), ...traits });
  const view = new View(model);
  model.answer();
  return { model, view };
}

const RATES = [
  { rate: 0.254, chances: 120, low: 0.18, high: 0.34 },
  { rate: 0.5, chances: 4, low: 0.15, high: 0.85 },
  { rate: null, chances: 0, low: null, high: null },
];
const TABLE = {
  stats: [{ short: "VPIP", name: "Voluntarily put money in" }, { short: "PFR", name: "Raised" }, { short: "3B", name: "3-bet" }],
  players: [{ player: HOSTILE, hands: 120, rates: RATES }],
};

describe("the statistics of players", () => {
  const part = (/** @type {View} */ view) => view.find("[aria-label=Players]");

  test("are not in the page unless they are asked for", () => {
    const { model, view } = show({ players: TABLE });
    expect([part(view).hidden, part(view).textContent]).toEqual([true, ""]);
    view.find("[data-trait=show_stats]").click();
    expect(model.saved).toEqual([{ show_stats: true }]);
    expect([...part(view).querySelectorAll("td, tbody th")].map((cell) => cell.textContent)).toEqual([
      HOSTILE, "120", "25 % (120)", "50 % (4)", "–",
    ]);
    expect(view.el.querySelector("img")).toBeNull();
  });

  test("are grey where chances are few, and tell chances and interval", () => {
    const { view } = show({ players: TABLE, show_stats: true });
    const cells = [...part(view).querySelectorAll("td")].slice(1);
    expect(cells.map((cell) => cell.className)).toEqual(["", "pkl-soft", "pkl-soft"]);
    expect(cells.map((cell) => cell.title)).toEqual([
      "25 % of 120 chances, 95 %: 18 % to 34 %", "50 % of 4 chances, 95 %: 15 % to 85 %", "no chance yet",
    ]);
  });

  test("are awaited while the kernel is busy, and follow it", () => {
    const { model, view } = show({ show_stats: true });
    expect(part(view).textContent).toContain("as soon as the kernel has time");
    model.sync("players", { stats: TABLE.stats, players: [] });
    expect(part(view).textContent).toContain("No player was seen");
    model.sync("players", TABLE);
    expect(part(view).querySelectorAll("tbody tr")).toHaveLength(1);
    model.sync("players", { error: `${HOSTILE} cannot be read` });
    expect(part(view).textContent).toBe(`${HOSTILE} cannot be read`);
    expect(view.el.querySelector("img")).toBeNull();
  });
});

describe("the replay of a hand", () => {
  const panel = (/** @type {View} */ view) => view.find("[aria-label=Replay]");
  const SEAT = { player: HOSTILE, dealt: true, position: "SB", is_hero: true, stack: 200, net: -1, x: 1, y: 1, bet_x: 1, bet_y: 1 };
  const STEP = {
    street: "preflop", who: 0, action: "fold", words: "folds", amount: null, told: "", all_in: false, stacks: [199], bets: [1],
    pots: [], board: "", cards: ["AsKd"], live: [true], equity: [null],
  };
  const WHOLE = {
    hand: {
      hand_id: "1-2", format: "cash", game: "holdem", limit: "no_limit", unit: "eur_cent", small_blind: 1, big_blind: 2, ante: 0,
      max_seats: 6, pot: 3, rake: 0, played_at: "2024-07-03T20:00:02Z", place: "Nice", button_seat: 1,
    },
    seats: [{ ...SEAT, seat: 1 }],
    steps: [STEP],
  };

  /** Answer the last question with a hand or an error. @param {Model} model @param {object} [changes] */
  function answer(model, changes) {
    const { view, hand_id } = /** @type {any} */ (model.question);
    model.fire("msg:custom", { kind: "replay", view, hand_id, hand: WHOLE, error: null, ...changes });
  }

  test.each(["click", "Enter"])("is asked of the kernel by a %s, and awaited", (way) => {
    const { model, view } = show();
    expect(panel(view).hidden).toBe(true);
    view.row(2).focus();
    if (way === "click") view.row(2).click();
    else view.press(way);
    expect(model.question).toEqual({ kind: "replay", view: expect.any(String), hand_id: "1-2" });
    expect(panel(view).hidden).toBe(false);
    expect(panel(view).textContent).toContain("Waiting for the kernel");
    answer(model);
    expect(panel(view).textContent).not.toContain("Waiting");
    expect(panel(view).textContent).toContain(HOSTILE);
    expect(view.el.querySelector("img")).toBeNull();
  });

  test("is that of the last row that was chosen", () => {
    const { model, view } = show();
    view.row(2).click();
    const early = /** @type {any} */ (model.question);
    view.row(3).click();
    model.fire("msg:custom", { kind: "replay", view: early.view, hand_id: "1-2", hand: WHOLE, error: null });
    expect(panel(view).textContent).toContain("Waiting for the kernel");
    answer(model, { view: "another view" });
    expect(panel(view).textContent).toContain("Waiting for the kernel");
    answer(model);
    expect(panel(view).textContent).not.toContain("Waiting");
  });

  test("says what went wrong", () => {
    const { model, view } = show();
    view.row(2).click();
    answer(model, { hand: null, error: `${HOSTILE} is not in the store` });
    expect(panel(view).textContent).toContain(`${HOSTILE} is not in the store`);
    expect(view.el.querySelector("img")).toBeNull();
  });

  test("says that the kernel is gone, before and after it was asked", () => {
    const { model, view } = show();
    view.row(2).click();
    model.fire("comm_live_update");
    expect(panel(view).textContent).toContain("The kernel is gone");
    const asked = model.questions.length;
    view.row(3).click();
    expect(panel(view).textContent).toContain("The kernel is gone");
    expect(model.questions).toHaveLength(asked);
  });

  test("has the colours of the page around it, also when they change", () => {
    const { model, view } = show({ theme: "dark", four_colour: true });
    view.row(2).click();
    answer(model);
    const shown = panel(view).querySelector(".pkl-replay");
    const look = () => [shown?.getAttribute("data-theme"), shown?.getAttribute("data-four-colour")];
    expect(look()).toEqual(["dark", "true"]);
    model.sync("theme", "light");
    model.sync("four_colour", false);
    expect(look()).toEqual(["light", "false"]);
  });

  test("is closed by its button, and does not come back by itself", () => {
    const { model, view } = show();
    view.row(2).click();
    panel(view).querySelector("button")?.click();
    expect(panel(view).hidden).toBe(true);
    answer(model);
    expect(panel(view).hidden).toBe(true);
  });
});
