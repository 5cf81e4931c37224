// @ts-check
/** The range grid: painting by mouse and keys, the text it writes, what the kernel says, and what is kept. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import range_grid from "../../pokerlab/widgets/static/range_grid.js";
import { CLASSES, written } from "../../pokerlab/widgets/static/range_text.js";
import { Model } from "./model.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

/** @param {Record<string, number>} given */
function weightsOf(given) {
  return CLASSES.map((name) => given[name] ?? 0);
}

/** @param {string} range @param {Record<string, number>} given @param {object} [mixed] */
function meaning(range, given, mixed = {}) {
  return { range, weights: weightsOf(given), mixed };
}

/** @param {object} [traits] */
function show(traits) {
  const model = new Model({ range: "AA", brush: 1, fault: {}, shown: meaning("AA", { AA: 1 }), ...traits });
  const el = document.createElement("div");
  document.body.append(el);
  const close = range_grid.render({ model, el });
  /** @template {HTMLElement} [E=HTMLElement] @param {string} selector */
  const find = (selector) => /** @type {E} */ (el.querySelector(selector));
  /** @param {string} name */
  const cell = (name) => /** @type {HTMLElement} */ (el.querySelectorAll(".pkl-class")[CLASSES.indexOf(name)]);
  const text = /** @type {HTMLInputElement} */ (find(".pkl-text"));
  /** Draw a stroke over classes. @param {...string} names */
  const drag = (...names) => {
    // jsdom has no layout: where the pointer is, is told instead.
    let at = cell(names[0]);
    /** @type {any} */ (document).elementFromPoint = () => at;
    const pointer = (/** @type {string} */ kind) => at.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, button: 0 }));
    pointer("pointerdown");
    for (const name of names.slice(1)) {
      at = cell(name);
      pointer("pointermove");
    }
    pointer("pointerup");
  };
  /** @param {string} key @param {KeyboardEventInit} [held] */
  const key = (key, held) => document.activeElement?.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held }));
  /** @param {string} typed */
  const type = (typed) => {
    text.value = typed;
    text.dispatchEvent(new Event("input"));
    text.dispatchEvent(new Event("change"));
  };
  const said = () => [...el.querySelectorAll(".pkl-say")].map((node) => node.textContent).join("");
  return { model, el, close, find, cell, text, drag, key, type, said };
}

describe("painting", () => {
  test("a stroke paints all that it crosses, and tells the kernel once", () => {
    const { model, drag, text, find } = show();
    drag("KK", "QQ", "AKs");
    expect(text.value).toBe("QQ+,AKs");
    expect(model.saved).toEqual([{ range: "QQ+,AKs" }]);
    expect(find(".pkl-count").textContent).toBe("22 combinations, 1.7% of all");
  });

  test("a stroke that begins on what is painted takes away", () => {
    const { drag, text, find } = show({ range: "QQ+", shown: meaning("QQ+", { AA: 1, KK: 1, QQ: 1 }) });
    drag("AA", "KK", "32o");
    expect(text.value).toBe("QQ");
    drag("QQ");
    expect(text.value).toBe("");
    expect(find(".pkl-count").textContent).toBe("0 combinations, 0% of all");
  });

  test("with a weight fills a part, and the eraser takes any away", () => {
    const { model, drag, text, cell, find } = show();
    const weight = /** @type {HTMLInputElement} */ (find(".pkl-weight"));
    weight.value = "50";
    weight.dispatchEvent(new Event("change"));
    drag("AA", "A5s");
    expect(text.value).toBe("AA@0.5,A5s@0.5");
    expect(cell("A5s").style.getPropertyValue("--pkl-fill")).toBe("50%");
    expect(cell("A5s").getAttribute("aria-label")).toBe("A5s, 50%");
    /** @type {HTMLElement} */ (find('[aria-pressed="false"]')).click();
    drag("72o", "AA");
    expect(text.value).toBe("A5s@0.5");
    expect(model.saved[0]).toEqual({ brush: 0.5 });
  });

  test("by keyboard moves, paints, takes away, and draws with Shift", () => {
    const { cell, key, text, el } = show();
    cell("AA").focus();
    key("ArrowRight");
    key(" ");
    expect(text.value).toBe("AA,AKs");
    key("ArrowRight", { shiftKey: true });
    key("ArrowDown", { shiftKey: true });
    expect(text.value).toBe("AA,AQs+,KQs");
    key(" ");
    expect(text.value).toBe("AA,AQs+");
    key("Home");
    key("ArrowLeft");
    expect(document.activeElement).toBe(cell("AKo"));
    expect(el.querySelectorAll('.pkl-grid [tabindex="0"]')).toHaveLength(1);
    expect(key("Enter", { shiftKey: true })).toBe(true);
  });

  test("goes on while the kernel says nothing, and an old answer does not undo it", () => {
    const { model, drag, text } = show();
    drag("KK");
    drag("QQ");
    model.sync("shown", meaning("KK+", { AA: 1, KK: 1 }));
    expect(text.value).toBe("QQ+");
    model.sync("shown", meaning("QQ+", { AA: 1, KK: 1, QQ: 1 }));
    expect(text.value).toBe("QQ+");
  });

  test("everything, and nothing", () => {
    const { find, text, model } = show();
    /** @type {HTMLElement} */ ([.../** @type {any} */ (find(".pkl-bar")).querySelectorAll("button")].at(-1)).click();
    expect(text.value).toBe("");
    expect(model.saved).toEqual([{ range: "" }]);
  });
});

describe("text", () => {
  test("that is typed is read by the kernel, which is said while it is busy", () => {
    const { model, type, text, said } = show();
    type("15%");
    expect(model.questions).toEqual([{ kind: "read", text: "15%" }]);
    expect(model.saved).toEqual([]);
    expect(said()).toBe("The kernel reads this as soon as it is free.");
    model.sync("range", "15%");
    model.sync("shown", meaning("15%", { KK: 1 }));
    expect(said()).toBe("");
    expect(text.value).toBe("15%");
  });

  test("that is wrong stays, with what is wrong, until it is mended or painted over", () => {
    const { model, type, text, said, drag } = show();
    type("AA, KZ");
    model.sync("fault", { text: "AA, KZ", message: "column 5: 'KZ' is not understood", token: "KZ", column: 5 });
    expect(said()).toContain("column 5");
    expect(text.getAttribute("aria-invalid")).toBe("true");
    drag("KK");
    expect(said()).toBe("");
    expect(text.value).toBe("KK+");
  });

  test("as it was needs no kernel", () => {
    const { model, type, said } = show();
    type("AA");
    expect(model.questions).toEqual([]);
    expect(said()).toBe("");
  });

  test("from the kernel paints the grid", () => {
    const { model, cell, text } = show();
    model.sync("range", "KQo@0.25");
    model.sync("shown", meaning("KQo@0.25", { KQo: 0.25 }));
    expect(text.value).toBe("KQo@0.25");
    expect(cell("KQo").getAttribute("aria-selected")).toBe("true");
    expect(cell("AA").getAttribute("aria-selected")).toBe("false");
  });
});

describe("single suits", () => {
  const suited = { range: "AhKh@0.5", shown: meaning("AhKh@0.5", { AKs: 0.125 }, { AKs: { AhKh: 0.5 } }) };

  test("are said, counted and kept beside what is painted", () => {
    const { drag, text, said, cell, find } = show(suited);
    expect(said()).toContain("Of AKs the range has single suits");
    expect(find(".pkl-count").textContent).toBe("0.5 combinations, 0% of all");
    drag("AA");
    expect(text.value).toBe("AA,AhKh@0.5");
    expect(cell("AKs").title).toBe("AKs: 12.5% AhKh 50%");
  });

  test("are gone where their class is painted over", () => {
    const { drag, text, said } = show(suited);
    drag("AKs");
    expect(text.value).toBe("AKs");
    expect(said()).toBe("");
  });
});

test("what is written is short, and of every class", () => {
  expect(CLASSES).toHaveLength(169);
  expect(written(CLASSES.map(() => 1), {})).toBe("random");
  expect(written(CLASSES.map(() => 0.5), {}).split(",").slice(0, 3)).toEqual(["22+@0.5", "A2s+@0.5", "K2s+@0.5"]);
  expect(written(weightsOf({ AQs: 1, AJs: 1, KQs: 1, "72o": 1e-7 }), {})).toBe("AQs-AJs,KQs,72o@0.0000001");
});

test("leaving tells what was painted last, and takes everything along", () => {
  const { model, el, cell, key, close } = show();
  cell("KK").focus();
  key(" ");
  close();
  expect(model.saved).toEqual([{ range: "KK+" }]);
  expect(el.childElementCount).toBe(0);
  expect(model.listeners).toEqual([]);
});
