// @ts-check
/**
 * The widgets in a host that has what AFM promises and nothing else, as VS Code and marimo are: a model with six methods,
 * each output in a shadow tree.
 */

import { afterEach, describe, expect, test } from "vitest";
import live from "../../pokerlab/widgets/static/live.js";
import range_grid from "../../pokerlab/widgets/static/range_grid.js";
import { CLASSES } from "../../pokerlab/widgets/static/range_text.js";
import replayer from "../../pokerlab/widgets/static/replayer.js";
import { Model, dealt, run, snapshot } from "./model.js";

const PROMISED = new Set(["get", "set", "save_changes", "on", "off", "send"]);

afterEach(() => document.body.replaceChildren());

/** What a widget sees of a model: to ask for more is an error. @param {Model} model @returns {any} */
function plain(model) {
  return new Proxy(model, {
    get(target, name) {
      if (!PROMISED.has(String(name))) throw new Error(`AFM promises no model.${String(name)}`);
      return Reflect.get(target, name).bind(target);
    },
    set(_, name) {
      throw new Error(`model.${String(name)} is the host's own`);
    },
  });
}

/** Show a widget in a shadow tree. @param {{render: (context: any) => (() => void)}} widget @param {object} traits */
function show(widget, traits) {
  const model = new Model({ ...traits });
  const host = document.createElement("div");
  document.body.append(host);
  const shadow = host.attachShadow({ mode: "open" });
  const el = document.createElement("div");
  shadow.append(el);
  const close = widget.render({ model: plain(model), el });
  /** @template {HTMLElement} [E=HTMLElement] @param {string} selector */
  const find = (selector) => /** @type {E} */ (el.querySelector(selector));
  /** @param {string} key */
  const press = (key) => shadow.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
  return { model, shadow, el, find, press, close };
}

describe("in a plain host", () => {
  test("hands come, the focus stays, and a row asks for its hand", () => {
    const { model, el, find, shadow, press, close } = show(live, { snapshot: snapshot(run(1, 2)) });
    model.answer();
    const row = find('[data-hand="1-1"]');
    row.focus();
    for (const key of ["ArrowUp", "ArrowDown"]) press(key);
    model.announce(dealt(3));
    expect([...el.querySelectorAll("[role=grid] tbody tr")].map((line) => line.getAttribute("data-hand"))).toEqual(["1-3", "1-2", "1-1"]);
    expect(row.tabIndex).toBe(0);
    model.sync("show_players", true);
    expect(shadow.activeElement).toBe(find('[data-hand="1-1"]'));
    press("Enter");
    expect(model.saved).toContainEqual({ selected_hand_id: "1-1" });
    expect(model.question).toMatchObject({ kind: "replay", hand_id: "1-1" });
    close();
    expect(model.listeners).toEqual([]);
  });

  test("a range is painted by keys, and what is being typed is left alone", () => {
    const shown = { range: "AA", weights: CLASSES.map((name) => Number(name === "AA")), mixed: {} };
    const { model, find, press, close } = show(range_grid, { range: "AA", brush: 1, fault: {}, shown });
    const text = /** @type {HTMLInputElement} */ (find(".pkl-text"));
    text.focus();
    text.value = "AA, K";
    model.sync("range", "KK");
    model.sync("shown", { ...shown, range: "KK", weights: CLASSES.map((name) => Number(name === "KK")) });
    expect(text.value).toBe("AA, K");
    /** @type {HTMLElement} */ (find(".pkl-class")).focus();
    press("ArrowRight");
    press(" ");
    expect(text.value).toBe("KK,AKs");
    close();
    expect(model.listeners).toEqual([]);
  });

  test("a hand is stepped, and the focus walks along its list", () => {
    const seat = { dealt: true, is_hero: false, net: 0, x: 450, y: 81, bet_x: 450, bet_y: 168, stack: 200 };
    const seats = [{ ...seat, seat: 1, player: "Hero", position: "SB" }, { ...seat, seat: 2, player: "bob", position: "BB" }];
    const step = { street: "preflop", who: 0, action: "fold", words: "folds", amount: null, told: "", all_in: false, stacks: [200, 200],
      bets: [0, 0], pots: [], board: "", cards: ["AsKd", "????"], live: [true, true], equity: [null, null] };
    const hand = { hand_id: "7-1", format: "cash", game: "holdem", limit: "no_limit", unit: "eur_cent", small_blind: 1, big_blind: 2,
      ante: null, max_seats: 2, pot: 3, rake: 0, played_at: "2024-07-03T20:00:00Z", place: "Nice", button_seat: 1 };
    const data = { hand, seats, steps: [{ ...step, who: null, action: "start", words: "The hand begins" }, step] };
    const { model, find, shadow, press, close } = show(replayer, { hand: data, step: 0, amounts: "money", four_colour: false });
    const [first, second] = /** @type {any} */ (find(".pkl-list").querySelectorAll("button"));
    first.focus();
    press("ArrowDown");
    expect(shadow.activeElement).toBe(second);
    expect(find(".pkl-now").textContent).toContain("Hero folds");
    expect(model.get("step")).toBe(1);
    close();
    expect(model.listeners).toEqual([]);
  });
});
