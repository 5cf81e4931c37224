// @ts-check
/** The line of the session: what it adds up, how it stays short, and what it tells those who do not see it. */

import { afterEach, describe, expect, test } from "vitest";
import { extend } from "../../pokerlab/widgets/static/live_chart.js";
import { HERO, Model, View, dealt, run, snapshot } from "./model.js";

/** @typedef {import("../../pokerlab/widgets/static/live_feed.js").Line} Line */

afterEach(() => {
  document.body.replaceChildren();
});

/** A hand in which the hero won so much. @param {number} number @param {number} net @param {object} [changes] */
function won(number, net, changes) {
  return dealt(number, { hero: { ...HERO, net, ev_net: net / 2 }, ...changes });
}

/** @param {...import("./model.js").Message} messages */
function show(...messages) {
  const model = new Model();
  const view = new View(model);
  model.answer(messages);
  return { model, view };
}

const told = (/** @type {View} */ view) => view.find(".pkl-told").textContent;
const spoken = (/** @type {View} */ view) => view.find(".pkl-chart svg").getAttribute("aria-label");

/** @returns {Line} */
const nothing = () => ({ measure: "bb", hands: 0, every: 1, points: [[0, 0, 0]] });

describe("the line", () => {
  test("adds net and EV up in big blinds, and says them, their range and the hands in words", () => {
    const { model, view } = show(won(1, 20), won(2, -60));
    expect(told(view)).toBe("2 hands played · Net −20.0 bb · EV −10.0 bb");
    expect(spoken(view)).toBe(
      "The session, 2 hands played: net −20.0 bb, all-in adjusted −10.0 bb, between −20.0 bb and +10.0 bb",
    );
    model.announce(won(3, 100));
    expect(told(view)).toBe("3 hands played · Net +30.0 bb · EV +15.0 bb");
  });

  test("goes from the first hand at the left to the last at the right, from the highest above to the lowest below", () => {
    const { view } = show(won(1, 20), won(2, -60));
    expect(view.find(".pkl-net").getAttribute("points")).toBe("0.0,42.0 360.0,6.0 720.0,114.0");
    expect(view.find(".pkl-ev").getAttribute("points")).toBe("0.0,42.0 360.0,24.0 720.0,78.0");
    expect(view.find(".pkl-zero").getAttribute("y1")).toBe("42.0");
  });

  test("takes the net where a hand has no adjusted one, and leaves hands without the hero out", () => {
    const { view } = show(dealt(1), dealt(2, { hero: null }));
    expect(told(view)).toBe("1 hand played · Net −0.5 bb · EV −0.5 bb");
  });

  test("is in money where there are no big blinds, and where it is wished", () => {
    const { model, view } = show(won(1, 500, { big_blind: null }));
    const choice = /** @type {HTMLSelectElement} */ (view.find(".pkl-chart select"));
    expect([told(view), choice.hidden]).toEqual(["1 hand played · Net +5.00 € · EV +2.50 €", true]);
    model.announce(won(2, 20), won(3, 7, { unit: "chip" }));
    expect(told(view)).toBe("2 hands played · Net +13.5 bb · EV +6.8 bb");
    expect([...choice.options].map((option) => option.text)).toEqual(["€", "bb", "chips"]);
    choice.value = "eur_cent";
    choice.dispatchEvent(new Event("change"));
    expect(told(view)).toBe("2 hands played · Net +5.20 € · EV +2.60 €");
    model.announce(won(4, 20));
    expect(told(view)).toBe("3 hands played · Net +5.40 € · EV +2.70 €");
  });

  test("begins with the first hand", () => {
    const { model, view } = show();
    expect([told(view), view.find(".pkl-chart svg").hasAttribute("hidden")]).toEqual([
      "The session's line begins with the first hand.", true,
    ]);
    model.announce(won(1, 1));
    expect(view.find(".pkl-chart svg").hasAttribute("hidden")).toBe(false);
  });

  test("of a view that opens late is the kernel's, and goes on from there", () => {
    /** @type {Line} */
    const line = { measure: "bb", hands: 80, every: 1, points: [[0, 0, 0], [80, 40, 30]] };
    const session = { type: "session", seq: "80", lines: [line] };
    const model = new Model({ snapshot: { ...snapshot(run(79, 80), 80), session } });
    const view = new View(model);
    expect(told(view)).toBe("80 hands played · Net +40.0 bb · EV +30.0 bb");
    const later = { ...line, hands: 81, points: [...line.points, /** @type {[number, number, number]} */ ([81, 50, 50])] };
    model.answer([won(81, 20), { type: "session", seq: "81", lines: [later] }]);
    expect(told(view)).toBe("81 hands played · Net +50.0 bb · EV +50.0 bb");
    model.announce(won(82, -20));
    expect(told(view)).toBe("82 hands played · Net +40.0 bb · EV +45.0 bb");
    expect(later.points).toHaveLength(3);
  });

  test("waits with its table while it is paused", () => {
    const { model, view } = show(won(1, 2));
    model.set("paused", true);
    model.announce(won(2, 2));
    expect(told(view)).toContain("1 hand played · Net +1.0 bb");
    model.set("paused", false);
    expect(told(view)).toContain("2 hands played · Net +2.0 bb");
  });
});

describe("a long line", () => {
  test("keeps a few hundred points, evenly, its last hand and its sum", () => {
    const line = nothing();
    for (let hand = 1; hand <= 50_001; hand++) {
      extend(line, 1, -1);
      expect(line.points.length).toBeLessThanOrEqual(400);
    }
    expect(line.points.at(-1)).toEqual([50_001, 50_001, -50_001]);
    expect(line.every).toBe(128);
    const steps = line.points.slice(1, -1).map(([at], index) => at - line.points[index][0]);
    expect(new Set(steps)).toEqual(new Set([128]));
  });

  test("is what it would be of each hand alone, as far as it is kept", () => {
    const line = nothing();
    const sums = [0];
    for (let hand = 1; hand <= 3000; hand++) {
      const net = ((hand * 7919) % 41) - 20;
      sums.push(sums[hand - 1] + net);
      extend(line, net, 0);
    }
    expect(line.points.map(([at, net]) => [at, net])).toEqual(line.points.map(([at]) => [at, sums[at]]));
  });
});
