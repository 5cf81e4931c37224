// @ts-check
/** A whole hand as a list: who sat there, and street by street what was done. */

import { cards } from "./cards.js";
import { make, money } from "./page.js";

/**
 * @typedef {{seat: number, player: string, position: string | null, dealt: boolean, stack: number, hole: string | null,
 *   net: number}} WholeSeat
 * @typedef {{street: string, player: string, action: string, amount: number | null, is_all_in: boolean | null}} Action
 * @typedef {{hand: {unit: string, board: string | null, game: string}, seats: WholeSeat[], actions: Action[]}} Whole
 */

/** Cards of the board when a street begins and ends. @type {Record<string, [number, number]>} */
const DEALT = { flop: [0, 3], turn: [3, 4], river: [4, 5] };

/** Draw a hand into a host. @param {HTMLElement} host @param {Whole} whole */
export function mount(host, whole) {
  const { unit, board } = whole.hand;
  const seats = whole.seats.filter((seat) => seat.dealt).map((seat) =>
    make("tr", {}, make("td", {}, seat.position ?? ""), make("td", {}, seat.player), make("td", {}, money(seat.stack, unit)),
      make("td", {}, cards(seat.hole)), make("td", {}, money(seat.net, unit, true))));
  const streets = [...new Set(whole.actions.map((action) => action.street))].map((street) =>
    make("li", {}, make("b", {}, street), " ", street in DEALT ? dealt(board, street) : "", " ",
      whole.actions.filter((action) => action.street === street).map((action) => told(action, unit)).join(", ")));
  host.replaceChildren(make("div", { class: "pkl-whole" }, make("table", { "aria-label": "Seats" }, make("tbody", {}, ...seats)),
    make("ol", {}, ...streets)));
}

/** @param {string | null} board @param {string} street */
function dealt(board, street) {
  const [from, to] = DEALT[street];
  return cards((board ?? "").slice(2 * from, 2 * to));
}

/** @param {Action} action @param {string} unit */
function told({ player, action, amount, is_all_in: allIn }, unit) {
  return [player, action.replaceAll("_", " "), amount ? money(amount, unit) : "", allIn ? "all-in" : ""].filter(Boolean).join(" ");
}
