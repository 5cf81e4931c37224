// @ts-check
/** What the finished hands say of the players seen in them: rates, greyed where chances are few. */

import { make } from "./page.js";

/**
 * @typedef {{rate: number | null, chances: number, low: number | null, high: number | null}} Rate
 * @typedef {{player: string, hands: number, rates: Rate[]}} Player
 * @typedef {{stats: {short: string, name: string}[], players: Player[], error?: string}} Table
 */

/** With fewer chances a rate is greyed: its interval of 95 % is about as wide as all players differ. */
const FEW = 50;
const WAITING = "Statistics of the players come as soon as the kernel has time for them.";

/** Make the table of the players, or say why there is none. @param {Table | null} table */
export function statistics(table) {
  if (table?.error) return note(table.error);
  if (!table?.stats) return note(WAITING);
  if (!table.players.length) return note("No player was seen in a finished hand yet.");
  const head = ["Player", "Hands"].map((name) => make("th", { scope: "col" }, name));
  const rates = table.stats.map(({ short, name }) => make("th", { scope: "col", title: name }, short));
  return make("div", { class: "pkl-scroll pkl-few-rows", tabindex: 0, role: "region", "aria-label": "Statistics of the players seen" },
    make("table", { "aria-label": "Statistics of the players seen in finished hands" },
      make("thead", {}, make("tr", {}, ...head, ...rates)),
      make("tbody", {}, ...table.players.map(player))));
}

/** @param {Player} player */
function player({ player: name, hands, rates }) {
  return make("tr", {},
    make("th", { scope: "row" }, name),
    make("td", {}, String(hands)),
    ...rates.map(rate));
}

/** @param {Rate} found */
function rate({ rate, chances, low, high }) {
  if (rate === null) return make("td", { class: "pkl-soft", title: "no chance yet" }, "–");
  const spread = low === null || high === null ? "" : `, 95 %: ${percent(low)} to ${percent(high)}`;
  const of = chances === 1 ? "1 chance" : `${chances} chances`;
  return make("td", { class: chances < FEW ? "pkl-soft" : "", title: `${percent(rate)} of ${of}${spread}` },
    percent(rate), " ", make("small", { class: "pkl-soft" }, `(${chances})`));
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** @param {string} text */
function note(text) {
  return make("div", { class: "pkl-empty" }, text);
}
