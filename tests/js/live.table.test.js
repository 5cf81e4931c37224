// @ts-check
/** The table and its bar: pausing, filtering, moving, selecting, the status line, the theme, and leaving. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HERO, Model, View, dealt, frames, run, snapshot } from "./model.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  frames.held = null;
  document.body.replaceChildren();
  delete document.body.dataset.jpThemeLight;
});

/** A view of some hands whose question is answered. @param {number} hands @param {object} [traits] */
function show(hands, traits) {
  const model = new Model({ snapshot: snapshot(run(1, hands)), ...traits });
  const view = new View(model);
  model.answer();
  return { model, view };
}

/** Let observers of the page hear of its changes. */
const heard = () => Promise.resolve();

describe("pausing", () => {
  test("holds new rows back and says how many, until Resume", () => {
    const { model, view } = show(1);
    const button = view.find("button");
    expect(button.textContent).toBe("Pause");
    button.click();
    expect(model.saved).toEqual([{ paused: true }]);
    expect(button.textContent).toBe("Resume");
    model.announce(dealt(2));
    model.announce(dealt(3), dealt(4));
    expect(view.numbers).toEqual([1]);
    expect(view.status.textContent).toBe("Watching · 4 hands · 3 new");
    button.click();
    expect(model.saved).toEqual([{ paused: true }, { paused: false }]);
    expect(view.numbers).toEqual([4, 3, 2, 1]);
    expect(view.status.textContent).toBe("Watching · 4 hands");
  });

  test("from the kernel or another view pauses this one too", () => {
    const { model, view } = show(1);
    const other = new View(model);
    other.find("button").click();
    model.announce(dealt(2));
    expect(view.numbers).toEqual([1]);
    expect(view.find("button").textContent).toBe("Resume");
    model.sync("paused", false);
    expect(view.numbers).toEqual([2, 1]);
  });

  test("keeps what a page begins with", () => {
    const { model, view } = show(3, { paused: true });
    expect(view.numbers).toEqual([3, 2, 1]);
    model.announce(dealt(4));
    expect(view.numbers).toEqual([3, 2, 1]);
    expect(view.status.textContent).toBe("Watching · 4 hands · 1 new");
  });

  test("for long keeps no more than the table would hold", () => {
    const { model, view } = show(0, { paused: true, max_rows: 3 });
    model.announce(...run(1, 4));
    model.announce(...run(5, 6));
    expect(view.status.textContent).toBe("Watching · 6 hands · 3 new");
    model.sync("paused", false);
    expect(view.numbers).toEqual([6, 5, 4]);
    expect(view.status.textContent).toBe("Watching · 6 hands");
  });
});

describe("the filter", () => {
  test("shows only rows with the text, whatever its case, and also those to come", () => {
    const { model, view } = show(2);
    model.announce(dealt(3, { table: "Marseille" }), dealt(4));
    view.filter("  marsEILLE ");
    expect(view.numbers).toEqual([3]);
    model.announce(dealt(5), dealt(6, { table: "Marseille" }));
    expect(view.numbers).toEqual([6, 3]);
    view.filter("");
    expect(view.numbers).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test("finds cards by their sign, and takes no pattern", () => {
    const { model, view } = show(1);
    model.announce(dealt(2, { board: "QhJhTh" }));
    view.filter("q♥j♥");
    expect(view.numbers).toEqual([2]);
    view.filter(".*");
    expect(view.numbers).toEqual([]);
  });

  test("holds when players' names come and go", () => {
    const { model, view } = show(2);
    view.filter("bob");
    expect(view.numbers).toEqual([]);
    model.sync("show_players", true);
    expect(view.numbers).toEqual([2, 1]);
    model.sync("show_players", false);
    expect(view.numbers).toEqual([]);
  });
});

describe("sorting", () => {
  /** Big blinds that the hero won in each of the hands. @param {(number | null)[]} nets */
  function won(nets) {
    const model = new Model();
    const view = new View(model);
    const hands = nets.map((net, at) => dealt(at + 1, { hero: net === null ? null : { ...HERO, net, ev_net: -net } }));
    model.answer(hands);
    return { model, view };
  }

  /** @param {View} view @param {string} name */
  function header(view, name) {
    const buttons = /** @type {HTMLElement[]} */ ([...view.el.querySelectorAll("thead button")]);
    const found = buttons.find((button) => button.textContent === name);
    if (!found) throw new Error(`no column ${name} to sort by`);
    return found;
  }

  const sorts = (/** @type {View} */ view) =>
    [...view.el.querySelectorAll("[role=grid] th[aria-sort]")].map((cell) => [cell.textContent, cell.getAttribute("aria-sort")]);

  test("begins with the newest first, and turns round", () => {
    const { view } = won([1, 2, 3]);
    expect(sorts(view)).toEqual([["Time", "descending"]]);
    header(view, "Time").click();
    expect(view.numbers).toEqual([1, 2, 3]);
    expect(sorts(view)).toEqual([["Time", "ascending"]]);
  });

  test("by net puts the most first, hands without one last, and of equal ones the newest first", () => {
    const { view } = won([5, null, 7, 5, -3]);
    header(view, "Net").click();
    expect(view.numbers).toEqual([3, 4, 1, 5, 2]);
    expect(sorts(view)).toEqual([["Net", "descending"]]);
    header(view, "Net").click();
    expect(view.numbers).toEqual([5, 4, 1, 3, 2]);
    header(view, "EV").click();
    expect(view.numbers).toEqual([5, 4, 1, 3, 2]);
  });

  test("puts hands that come later where they belong, and lets the oldest go", () => {
    const { model, view } = won([5, 9, 1]);
    model.sync("max_rows", 4);
    header(view, "Net").click();
    model.announce(dealt(4, { hero: { ...HERO, net: 7 } }));
    expect(view.numbers).toEqual([2, 4, 1, 3]);
    model.announce(dealt(5, { hero: { ...HERO, net: 6 } }), dealt(6, { hero: { ...HERO, net: 20 } }));
    expect(view.numbers).toEqual([6, 4, 5, 3]);
  });

  test.each([
    ["Pot", { pot: 9 }, { pot: 40 }, [2, 1]],
    ["Stakes", { big_blind: 50 }, { big_blind: 10 }, [1, 2]],
    ["Game", { game: "omaha4" }, { game: "holdem" }, [2, 1]],
    ["Position", { hero: { ...HERO, position: "BTN" } }, { hero: { ...HERO, position: "UTG" } }, [2, 1]],
  ])("by %s has its own order", (name, first, second, order) => {
    const { model, view } = show(0);
    model.announce(dealt(1, first), dealt(2, second));
    header(view, name).click();
    expect(view.numbers).toEqual(order);
  });

  test("goes on with the filter, the focus and the kernel gone", () => {
    const { model, view } = won([5, 7, 6]);
    model.fire("comm_live_update");
    view.filter("+3");
    header(view, "Net").click();
    expect(view.numbers).toEqual([2, 3]);
    expect(view.stops).toEqual([2]);
    view.row(2).focus();
    view.press("End");
    expect(document.activeElement).toBe(view.row(3));
    view.press("Home");
    expect(document.activeElement).toBe(view.row(2));
  });

  test("asks the kernel nothing", () => {
    const { model, view } = won([1, 2]);
    header(view, "Net").click();
    expect([model.saved, model.questions.length]).toEqual([[], 1]);
  });
});

describe("a burst", () => {
  test("is drawn once a frame, however many batches came", () => {
    const { model, view } = show(1);
    frames.held = [];
    model.announce(...run(2, 60));
    model.announce(...run(61, 120));
    expect(view.numbers).toEqual([1]);
    expect(frames.held).toHaveLength(1);
    frames.held.pop()?.(0);
    expect(view.rows).toHaveLength(120);
    model.announce(dealt(121));
    expect(frames.held).toHaveLength(1);
  });

  test("in a page that is not seen keeps no more than the table will hold", () => {
    const { model, view } = show(0, { max_rows: 5 });
    frames.held = [];
    for (let number = 1; number <= 1000; number++) model.announce(dealt(number));
    expect([view.rows.length, frames.held.length]).toEqual([0, 1]);
    frames.held.pop()?.(0);
    expect(view.numbers).toEqual([1000, 999, 998, 997, 996]);
    expect(view.status.textContent).toBe("Watching · 1000 hands");
  });

  test("of fifty thousand hands leaves as much in the page as one of two thousand", { timeout: 60_000 }, () => {
    const { model, view } = show(0, { max_rows: 5 });
    const size = () => [view.el.querySelectorAll("*").length, model.listeners.length, points(view) <= 401];
    for (let from = 1; from <= 2000; from += 250) model.announce(...run(from, from + 249));
    const early = size();
    for (let from = 2001; from <= 50_000; from += 250) model.announce(...run(from, from + 249));
    expect(size()).toEqual(early);
    expect(early[2]).toBe(true);
    expect(view.status.textContent).toBe("Watching · 50000 hands");
    expect(view.find(".pkl-told").textContent).toContain("50000 hands played · Net −25,000.0 bb");
  });

  /** Points of the session's line. @param {View} view */
  function points(view) {
    return view.find(".pkl-net").getAttribute("points")?.split(" ").length ?? 0;
  }
});

describe("what can be switched on and off", () => {
  const button = (/** @type {View} */ view, /** @type {string} */ trait) => view.find(`[data-trait=${trait}]`);

  test.each(["show_chart", "show_stats", "show_players", "four_colour"])("%s is turned round by its button and by the kernel", (trait) => {
    const { model, view } = show(1);
    const before = model.get(trait);
    expect(button(view, trait).getAttribute("aria-pressed")).toBe(String(before));
    button(view, trait).click();
    expect(model.saved).toEqual([{ [trait]: !before }]);
    expect(button(view, trait).getAttribute("aria-pressed")).toBe(String(!before));
    model.sync(trait, before);
    expect(button(view, trait).getAttribute("aria-pressed")).toBe(String(before));
  });

  test("shows its part where it is on", () => {
    const { view } = show(1);
    const seen = () => [".pkl-chart", "[aria-label=Players]"].map((part) => !view.find(part).hidden);
    expect(seen()).toEqual([true, false]);
    button(view, "show_chart").click();
    button(view, "show_stats").click();
    expect(seen()).toEqual([false, true]);
  });

  test("gives the suits four colours, also of the cards that are there", () => {
    const { view } = show(1);
    expect(view.root.dataset.fourColour).toBe("false");
    button(view, "four_colour").click();
    expect(view.root.dataset.fourColour).toBe("true");
  });
});

describe("the number of rows", () => {
  test("stays at its limit, and the oldest go", () => {
    const { model, view } = show(5, { max_rows: 4 });
    expect(view.numbers).toEqual([5, 4, 3, 2]);
    model.announce(dealt(6));
    expect(view.numbers).toEqual([6, 5, 4, 3]);
    model.sync("max_rows", 2);
    expect(view.numbers).toEqual([6, 5]);
    expect(view.status.textContent).toBe("Watching · 6 hands");
  });

  test("of none is explained", () => {
    const { model, view } = show(0);
    expect(view.find(".pkl-empty").hidden).toBe(false);
    model.announce(dealt(1));
    expect(view.find(".pkl-empty").hidden).toBe(true);
  });
});

describe("selecting", () => {
  const selected = (/** @type {View} */ view) =>
    view.rows.filter((row) => row.getAttribute("aria-selected") === "true").map((row) => row.dataset.hand);

  test("by a click on any part of a row tells the kernel", () => {
    const { model, view } = show(3);
    /** @type {HTMLElement} */ (view.row(2).querySelector("[role=img]")).click();
    expect(model.saved).toEqual([{ selected_hand_id: "1-2" }]);
    expect(selected(view)).toEqual(["1-2"]);
    view.find("thead button").click();
    expect(model.saved).toHaveLength(1);
  });

  test("by the kernel shows in every view", () => {
    const { model, view } = show(3);
    const other = new View(model);
    model.sync("selected_hand_id", "1-1");
    expect([selected(view), selected(other)]).toEqual([["1-1"], ["1-1"]]);
    model.sync("selected_hand_id", null);
    expect([selected(view), selected(other)]).toEqual([[], []]);
    expect(model.saved).toEqual([]);
  });

  test("holds for a row that comes later", () => {
    const { model, view } = show(1, { selected_hand_id: "1-2" });
    model.announce(dealt(2));
    expect(selected(view)).toEqual(["1-2"]);
  });

  test.each(["Enter", " "])("by the key '%s' tells the kernel, and the notebook does not hear the key", (key) => {
    const { model, view } = show(2);
    const around = vi.fn();
    document.body.addEventListener("keydown", around, { once: true });
    view.row(1).focus();
    expect(view.press(key)).toBe(false);
    expect(around).not.toHaveBeenCalled();
    expect(model.saved).toEqual([{ selected_hand_id: "1-1" }]);
  });

  test.each([["Enter", { shiftKey: true }], ["Enter", { ctrlKey: true }], ["ArrowDown", { altKey: true }],
    ["ArrowUp", { metaKey: true }], ["x", {}]])("leaves the notebook its key %s with %o", (key, held) => {
    const { model, view } = show(3);
    view.row(2).focus();
    expect(view.press(key, held)).toBe(true);
    expect(document.activeElement).toBe(view.row(2));
    expect(model.saved).toEqual([]);
  });
});

describe("the keyboard", () => {
  test("moves by arrows over the rows that are seen, and stops at the ends", () => {
    const { model, view } = show(2);
    model.announce(dealt(3, { table: "Marseille" }), dealt(4));
    view.filter("nice");
    view.row(4).focus();
    const walked = ["ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"].map((key) => {
      view.press(key);
      return /** @type {HTMLElement} */ (document.activeElement).dataset.hand;
    });
    expect(walked).toEqual(["1-4", "1-2", "1-1", "1-1", "1-2"]);
    expect(view.stops).toEqual([2]);
  });

  test("enters the table at the newest row while nobody is inside", () => {
    const { model, view } = show(2);
    expect(view.stops).toEqual([2]);
    model.announce(dealt(3));
    expect(view.stops).toEqual([3]);
  });

  test("stays at its row when hands come, until that row leaves", () => {
    const { model, view } = show(2, { max_rows: 3 });
    view.row(2).focus();
    view.press("ArrowUp");
    view.press("ArrowDown");
    view.press("ArrowUp");
    model.announce(dealt(3));
    expect(document.activeElement).toBe(view.row(2));
    expect(view.stops).toEqual([2]);
    model.announce(...run(4, 6));
    expect(view.stops).toEqual([6]);
  });

  test("enters the table at a row that the filter shows", () => {
    const { model, view } = show(2);
    view.filter("20:00:01");
    expect(view.stops).toEqual([1]);
    model.announce(dealt(3));
    expect(view.stops).toEqual([1]);
    view.filter("");
    expect(view.stops).toEqual([3]);
  });

  test("reaches one row at a time", () => {
    const { view } = show(4);
    view.row(2).focus();
    view.row(2).click();
    view.press("ArrowDown");
    expect(view.rows.filter((row) => row.tabIndex === 0)).toEqual([view.row(1)]);
  });
});

describe("the status line", () => {
  test.each([
    ["starting", "Starting…", ""],
    ["watching", "Watching", ""],
    ["restarting", "The watcher stopped and is being started again", "warn"],
    ["stopped", "Stopped", ""],
    ["asleep", "asleep", ""],
  ])("says %s", (status, text, level) => {
    const { model, view } = show(1, { status: "starting" });
    model.sync("status", status);
    expect(view.status.textContent).toBe(`${text} · 1 hand`);
    expect(view.status.dataset.level).toBe(level);
  });

  test("shows what went wrong until it is over", () => {
    const { model, view } = show(2);
    model.sync("error", "no space is left in the store");
    expect(view.status.textContent).toBe("Watching · 2 hands · no space is left in the store");
    expect(view.status.dataset.level).toBe("warn");
    model.sync("error", "");
    expect(view.status.textContent).toBe("Watching · 2 hands");
    expect(view.status.dataset.level).toBe("");
  });

  test("shows what the kernel did not understand, and the feed goes on", () => {
    const { model, view } = show(1);
    model.announce({ type: "error", code: "bad_message", message: "'x' is not understood" }, dealt(2));
    expect(view.status.textContent).toBe("Watching · 2 hands · 'x' is not understood");
    expect(view.status.dataset.level).toBe("warn");
    expect(view.numbers).toEqual([2, 1]);
  });

  test("is told to those who do not see it", () => {
    expect(show(0).view.status.getAttribute("aria-live")).toBe("polite");
  });
});

describe("the theme", () => {
  /** Make the system's wish for dark pages; the test can change it. @param {boolean} matches */
  function system(matches) {
    const wish = Object.assign(new EventTarget(), { matches });
    vi.stubGlobal("matchMedia", () => wish);
    return wish;
  }

  test("is the one that was asked for, whatever the page is", () => {
    system(true);
    document.body.dataset.jpThemeLight = "false";
    const { model, view } = show(0, { theme: "light" });
    expect({ ...view.root.dataset }).toMatchObject({ theme: "light", forced: "light" });
    model.sync("theme", "dark");
    expect({ ...view.root.dataset }).toMatchObject({ theme: "dark", forced: "dark" });
    document.body.dataset.jpThemeLight = "true";
    model.sync("theme", "auto");
    expect(view.root.dataset).toMatchObject({ theme: "light" });
    expect(view.root.dataset.forced).toBeUndefined();
  });

  test("follows JupyterLab before the system", async () => {
    system(true);
    document.body.dataset.jpThemeLight = "true";
    const { view } = show(0);
    expect(view.root.dataset.theme).toBe("light");
    document.body.dataset.jpThemeLight = "false";
    await heard();
    expect(view.root.dataset.theme).toBe("dark");
  });

  test.each([
    ["data-vscode-theme-kind", "vscode-light", "vscode-dark"],
    ["data-vscode-theme-kind", "vscode-high-contrast-light", "vscode-high-contrast"],
    ["data-theme", "light", "dark"],
  ])("follows the %s of VS Code and marimo: %s, %s", async (mark, light, dark) => {
    delete document.body.dataset.jpThemeLight;
    system(true);
    document.body.setAttribute(mark, light);
    const { view } = show(0);
    expect(view.root.dataset.theme).toBe("light");
    document.body.setAttribute(mark, dark);
    await heard();
    expect(view.root.dataset.theme).toBe("dark");
    document.body.removeAttribute(mark);
  });

  test("follows the system outside of JupyterLab", () => {
    const wish = system(false);
    const { view } = show(0);
    expect(view.root.dataset.theme).toBe("light");
    wish.matches = true;
    wish.dispatchEvent(new Event("change"));
    expect(view.root.dataset.theme).toBe("dark");
  });

  test("is light where the page cannot tell", () => {
    expect(globalThis.matchMedia).toBeUndefined();
    expect(show(0).view.root.dataset.theme).toBe("light");
  });
});

describe("leaving", () => {
  test("takes back every listener, the timer and the node", async () => {
    const wish = Object.assign(new EventTarget(), { matches: false });
    vi.stubGlobal("matchMedia", () => wish);
    const model = new Model({ snapshot: snapshot(run(1, 2)) });
    const view = new View(model);
    const { root } = view;
    expect(model.listeners).not.toEqual([]);
    view.close();
    expect(model.listeners).toEqual([]);
    expect(view.el.childNodes).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
    wish.matches = true;
    wish.dispatchEvent(new Event("change"));
    document.body.dataset.jpThemeLight = "false";
    await heard();
    expect(root.dataset.theme).toBe("light");
  });

  test("lets another view of the same model go on", () => {
    const { model, view } = show(1);
    const other = new View(model);
    view.close();
    model.answer([dealt(2)]);
    expect(other.numbers).toEqual([2, 1]);
    other.row(1).click();
    expect(model.saved).toEqual([{ selected_hand_id: "1-1" }]);
  });
});
