// @ts-check
/** The replayer: stepping by keys and clicks, playing, jumping, amounts and colours, names, and leaving. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import replayer, { mount } from "../../pokerlab/widgets/static/replayer.js";
import { HOSTILE, Model } from "./model.js";

/**
 * @typedef {import("../../pokerlab/widgets/static/table.js").Hand} Hand
 * @typedef {import("../../pokerlab/widgets/static/table.js").Step} Step
 */

/** @param {Partial<Step>} changes @returns {Step} */
function step(changes) {
  return { street: "preflop", who: null, action: "street", words: "Pre-flop", amount: null, told: "", all_in: false,
    stacks: [200, 150], bets: [0, 0], pots: [], board: "", cards: ["AsKd", "????"], live: [true, true], equity: [null, null],
    ...changes };
}

/** @param {string} [name] @returns {Hand} */
function hand(name = "bob") {
  const seat = { dealt: true, is_hero: false, net: 0, x: 450, y: 81, bet_x: 450, bet_y: 168 };
  return {
    hand: { hand_id: "7-1", format: "cash", game: "holdem", limit: "no_limit", unit: "eur_cent", small_blind: 1, big_blind: 2,
      ante: null, max_seats: 2, pot: 24, rake: 0, played_at: "2024-07-03T20:00:00Z", place: "Nice", button_seat: 1 },
    seats: [{ ...seat, seat: 1, player: "Hero", position: "SB", stack: 200, is_hero: true },
      { ...seat, seat: 2, player: name, position: "BB", stack: 150 }],
    steps: [
      step({ street: "blinds", action: "start", words: "The hand begins", cards: ["", ""] }),
      step({ bets: [1, 2], cards: ["AsKd", "QhQc"], equity: [0.4321, 0.5679] }),
      step({ who: 0, action: "raise", words: "raises to", amount: 25, bets: [25, 2] }),
      step({ who: 1, action: "call", words: "calls", amount: 23, all_in: true, stacks: [175, 0], bets: [25, 25] }),
      step({ street: "flop", words: "Flop", told: "2c7h9s", board: "2c7h9s", pots: [50, 10] }),
      step({ street: "showdown", who: 0, action: "fold", words: "folds", live: [false, true] }),
    ],
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

/** @param {object} [traits] @param {Hand} [data] */
function show(traits, data = hand()) {
  const model = new Model({ hand: data, step: 1, amounts: "money", four_colour: false, ...traits });
  const el = document.createElement("div");
  document.body.append(el);
  const close = replayer.render({ model, el });
  /** @param {string} selector */
  const find = (selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  /** @param {string} name */
  const press = (name) => /** @type {HTMLElement} */ (
    [...el.querySelectorAll("button")].find((each) => (each.getAttribute("aria-label") ?? each.textContent) === name)).click();
  /** @param {string} key @param {KeyboardEventInit} [held] */
  const key = (key, held) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held });
    return (el.contains(document.activeElement) ? document.activeElement : find(".pkl-replay"))?.dispatchEvent(event);
  };
  const now = () => find(".pkl-now").textContent?.trim();
  return { model, el, close, find, press, key, now };
}

describe("stepping", () => {
  test("by keys goes forward, back and to the ends, and stays inside", () => {
    const { model, key, now } = show();
    expect(now()).toBe("Pre-flop");
    for (const [pressed, wanted] of [["ArrowRight", "Hero raises to 0.25 €"], ["ArrowRight", "bob calls 0.23 €, all-in"],
      ["ArrowLeft", "Hero raises to 0.25 €"], ["Home", "The hand begins"], ["ArrowLeft", "The hand begins"],
      ["End", "Hero folds"], ["ArrowRight", "Hero folds"]]) {
      expect(key(pressed)).toBe(false);
      expect(now()).toBe(wanted);
    }
    expect(model.traits.step).toBe(5);
  });

  test("leaves keys with a modifier, and all others, to the notebook", () => {
    const { key, now } = show();
    expect(key("Enter", { shiftKey: true })).toBe(true);
    expect(key("ArrowRight", { ctrlKey: true })).toBe(true);
    expect(key("a")).toBe(true);
    expect(now()).toBe("Pre-flop");
  });

  test("by buttons, by a line of the list and by a street", () => {
    const { el, press, now } = show();
    press("Step forward");
    expect(now()).toBe("Hero raises to 0.25 €");
    press("Flop");
    expect(now()).toBe("Flop 2♣7♥9♠");
    /** @type {HTMLElement} */ (el.querySelectorAll("ol button")[3]).click();
    expect(now()).toBe("bob calls 0.23 €, all-in");
    expect(el.querySelectorAll('[aria-current="step"]')).toHaveLength(1);
    press("First step");
    expect(now()).toBe("The hand begins");
  });

  test("is told to those who hear the page, with pots and equity", () => {
    const { find, press } = show();
    expect(find("[role=status]").textContent).toBe("Pre-flop. Hero 43.2%. bob 56.8%");
    press("Flop");
    expect(find("[role=status]").textContent)
      .toBe("Flop. 2 of clubs, 7 of hearts, 9 of spades. Main pot 0.50 € · side pot 0.10 €");
  });

  test("from the kernel moves the page and tells nothing back", () => {
    const { model, now } = show();
    model.sync("step", 2);
    expect(now()).toBe("Hero raises to 0.25 €");
    expect(model.saved).toEqual([]);
  });

  test("with the focus in the list takes the focus along", () => {
    const { el, key } = show();
    /** @type {HTMLElement} */ (el.querySelectorAll("ol button")[1]).focus();
    key("ArrowDown");
    expect(document.activeElement).toBe(el.querySelectorAll("ol button")[2]);
    expect(el.querySelectorAll('ol [tabindex="0"]')).toHaveLength(1);
  });
});

describe("playing", () => {
  test("steps by itself until the end, and pauses", () => {
    const { key, now, find } = show();
    key(" ");
    vi.advanceTimersByTime(1200);
    expect(now()).toBe("Hero raises to 0.25 €");
    key(" ");
    vi.advanceTimersByTime(10_000);
    expect(now()).toBe("Hero raises to 0.25 €");
    key(" ");
    vi.advanceTimersByTime(10_000);
    expect(now()).toBe("Hero folds");
    expect(find(".pkl-replay").textContent).toContain("Play");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("begins anew at the end, in the chosen speed, and ends with the view", () => {
    const { press, now, find, close, key } = show();
    key("End");
    const speed = /** @type {HTMLSelectElement} */ (find("select"));
    speed.value = "300";
    press("Play");
    expect(now()).toBe("The hand begins");
    vi.advanceTimersByTime(600);
    expect(now()).toBe("Hero raises to 0.25 €");
    close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the table", () => {
  test("shows stacks, bets, positions, the button, known cards and backs", () => {
    const { el, press } = show({ step: 3 });
    const texts = [...el.querySelectorAll("svg text")].map((node) => node.textContent);
    expect(texts).toEqual(expect.arrayContaining(["Hero", "1.75 € · SB", "bob", "all-in · BB", "0.25 €", "D", "A", "♠", "K", "♦"]));
    expect(el.querySelectorAll("svg .pkl-back")).toHaveLength(2);
    press("Flop");
    expect(el.querySelectorAll("svg .pkl-board .pkl-card")).toHaveLength(3);
    press("Last step");
    expect(el.querySelectorAll("svg .pkl-out")).toHaveLength(1);
  });

  test("writes amounts in big blinds and suits in four colours without the kernel", () => {
    const { model, press, now, find, el } = show({ step: 2 });
    press("bb: amounts in big blinds");
    expect(now()).toBe("Hero raises to 12.5 bb");
    expect(el.querySelectorAll("ol button")[2].textContent).toBe("Hero raises to 12.5 bb");
    press("Four colours");
    expect(find(".pkl-replay").dataset.fourColour).toBe("true");
    expect(model.saved).toEqual([{ amounts: "bb" }, { four_colour: true }]);
  });

  test("writes a hostile name as text, cut on the seat and whole in the list", () => {
    const { el } = show({ step: 3 }, hand(HOSTILE));
    expect(el.querySelector("img")).toBeNull();
    expect(el.querySelectorAll("ol button")[3].textContent).toContain(HOSTILE);
    expect([...el.querySelectorAll(".pkl-name")].map((node) => node.firstChild?.textContent)).toContain("<img src=x on…");
  });
});

describe("a host of its own", () => {
  test("needs no model: a hand and an element do", () => {
    const host = document.createElement("div");
    const { set, end } = mount(host, hand());
    expect(host.querySelector(".pkl-now")?.textContent?.trim()).toBe("Pre-flop");
    set("step", 99);
    expect(host.querySelector(".pkl-now")?.textContent?.trim()).toBe("Hero folds");
    end();
    expect(host.childElementCount).toBe(0);
  });

  test("another hand takes the place of the first", () => {
    const { model, el } = show();
    const other = hand("ann");
    model.sync("hand", other);
    expect(el.querySelectorAll(".pkl-replay")).toHaveLength(1);
    expect(el.textContent).toContain("ann");
  });
});

test("leaving takes everything along", () => {
  const { model, el, close } = show();
  close();
  expect(el.childElementCount).toBe(0);
  expect(model.listeners).toEqual([]);
});
