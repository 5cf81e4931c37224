// @ts-check
/** The table and its bar: pausing, filtering, moving, selecting, the status line, the theme, and leaving. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Model, View, dealt, run, snapshot } from "./model.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
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
    view.find("thead th").click();
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
    expect({ ...view.root.dataset }).toEqual({ theme: "light", forced: "light" });
    model.sync("theme", "dark");
    expect({ ...view.root.dataset }).toEqual({ theme: "dark", forced: "dark" });
    document.body.dataset.jpThemeLight = "true";
    model.sync("theme", "auto");
    expect({ ...view.root.dataset }).toEqual({ theme: "light" });
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
