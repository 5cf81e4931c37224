// @ts-check
/** The session as a line: net and all-in adjusted net, in big blinds or in money, over a bounded number of points. */

import { draw, make } from "./page.js";
import { blinds, signed, tone } from "./live_rows.js";

/**
 * @typedef {import("./live_feed.js").Hand} Hand
 * @typedef {import("./live_feed.js").Line} Line
 * @typedef {import("./live_feed.js").Session} Session
 */

const MOST_POINTS = 400;
const [WIDTH, HEIGHT, EDGE] = [720, 120, 6];
/** @type {Record<string, string>} */
const MEASURES = { bb: "bb", eur_cent: "€", play_cent: "play money", chip: "chips" };

/** Add a hand to a line: each `every`-th is a point, and where points are too many, every second goes. @param {Line} line @param {number} net @param {number} ev */
export function extend(line, net, ev) {
  const [, wholeNet, wholeEv] = line.points[line.points.length - 1];
  // The last point always is the last hand; it stays where it is one of those that are kept.
  if (line.hands % line.every) line.points.pop();
  line.hands += 1;
  line.points.push([line.hands, wholeNet + net, wholeEv + ev]);
  if (line.points.length <= MOST_POINTS) return;
  line.every *= 2;
  line.points = line.points.filter(([at]) => at % line.every === 0 || at === line.hands);
}

export class Chart {
  constructor() {
    /** @type {Map<string, Line>} */
    this.lines = new Map();
    this.wish = "";
    this.zero = draw("line", { x1: 0, x2: WIDTH, class: "pkl-zero" });
    this.ev = draw("polyline", { class: "pkl-ev" });
    this.net = draw("polyline", { class: "pkl-net" });
    this.svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" }, this.zero, this.ev, this.net);
    this.told = make("span", { class: "pkl-told" });
    this.range = make("span", { class: "pkl-soft" });
    this.choice = make("select", { "aria-label": "The session in" });
    this.choice.addEventListener("change", () => {
      this.wish = this.choice.value;
      this.draw();
    });
    this.el = make("figure", { class: "pkl-chart" }, make("figcaption", {}, this.told, this.range, this.choice), this.svg);
  }

  /** Begin with what the kernel knows of the session. @param {Session} session */
  restore(session) {
    this.lines = new Map(session.lines.map((line) => [line.measure, structuredClone(line)]));
  }

  /** @param {Hand[]} hands */
  add(hands) {
    for (const hand of hands) {
      if (!hand.hero) continue;
      const { net, ev_net: ev } = hand.hero;
      const [size, adjusted] = [blinds(hand, net), blinds(hand, ev ?? net)];
      if (size !== null && adjusted !== null) extend(this.line("bb"), size, adjusted);
      extend(this.line(hand.unit), net, ev ?? net);
    }
  }

  /** @param {string} measure */
  line(measure) {
    const known = this.lines.get(measure);
    if (known) return known;
    /** @type {Line} */
    const line = { measure, hands: 0, every: 1, points: [[0, 0, 0]] };
    this.lines.set(measure, line);
    return line;
  }

  /** The line that is asked for, else big blinds, else the unit with the most hands. */
  get shown() {
    const most = [...this.lines.values()].sort((a, b) => b.hands - a.hands)[0];
    return this.lines.get(this.wish) ?? this.lines.get("bb") ?? most;
  }

  draw() {
    const line = this.shown;
    this.svg.toggleAttribute("hidden", !line);
    this.offer(line?.measure ?? "");
    if (!line) {
      this.range.textContent = "";
      this.told.textContent = "The session's line begins with the first hand.";
      return;
    }
    const values = line.points.flatMap(([, net, ev]) => [net, ev]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const x = (/** @type {number} */ at) => (WIDTH * at) / line.hands;
    const y = (/** @type {number} */ value) => EDGE + ((HEIGHT - 2 * EDGE) * (high - value)) / (high - low || 1);
    const path = (/** @type {1 | 2} */ of) => line.points.map((point) => `${x(point[0]).toFixed(1)},${y(point[of]).toFixed(1)}`).join(" ");
    this.net.setAttribute("points", path(1));
    this.ev.setAttribute("points", path(2));
    for (const end of ["y1", "y2"]) this.zero.setAttribute(end, y(0).toFixed(1));
    this.tell(line, low, high);
  }

  /** @param {Line} line @param {number} low @param {number} high */
  tell(line, low, high) {
    const [, net, ev] = line.points[line.points.length - 1];
    const write = (/** @type {number} */ amount) => signed(amount, line.measure);
    const hands = line.hands === 1 ? "1 hand played" : `${line.hands} hands played`;
    const range = `between ${write(low)} and ${write(high)}`;
    const part = (/** @type {string} */ name, /** @type {number} */ amount) =>
      make("span", { class: `pkl-key-${name.toLowerCase()}` }, `${name} `, make("b", { class: tone(amount) }, write(amount)));
    this.told.replaceChildren(`${hands} · `, part("Net", net), " · ", part("EV", ev));
    this.range.textContent = range;
    this.svg.setAttribute("aria-label", `The session, ${hands}: net ${write(net)}, all-in adjusted ${write(ev)}, ${range}`);
  }

  /** @param {string} shown */
  offer(shown) {
    const known = [...this.lines.keys()];
    this.choice.hidden = known.length < 2;
    if (known.length !== this.choice.options.length)
      this.choice.replaceChildren(...known.map((measure) => make("option", { value: measure }, MEASURES[measure] ?? measure)));
    this.choice.value = shown;
  }
}
