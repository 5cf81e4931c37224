// @ts-check
/**
 * What a view has of the feed: one number after the other, each once.
 *
 * A view tells what it has ("ready"), takes the number that follows its last one, and drops all else; when a later
 * number comes first, something was lost and it says "ready" again.
 */

/**
 * @typedef {import("./page.js").Model} Model
 * @typedef {{player: string, position: string | null, hole: string | null, net: number, ev_net: number | null}} Hero
 * @typedef {{player: string, hole: string | null, showed: boolean, dealt: boolean, is_hero: boolean, net: number}} Seat
 * @typedef {{hand_id: string, played_at: string, format: string, pool: string | null, game: string, limit: string,
 *   unit: string, table: string, small_blind: number | null, big_blind: number | null, ante: number | null,
 *   board: string | null, pot: number, rake: number, tournament_name: string | null, hero: Hero | null,
 *   seats: Seat[]}} Hand
 * @typedef {{type: "new_hand", epoch: string, seq: string, hand: Hand}} NewHand
 * @typedef {{type: "gap", from_seq: string, to_seq: string}} Gap
 * @typedef {{type: "error", code: string, message: string}} Fault
 * @typedef {{measure: string, hands: number, every: number, points: [number, number, number][]}} Line
 * @typedef {{type: "session", seq: string, lines: Line[]}} Session what the session was when hand `seq` was over
 * @typedef {NewHand | Gap | Fault | Session} Message
 * @typedef {{kind: "hands", view: string | null, messages: Message[]}} Batch
 * @typedef {{epoch: string, seq: string, messages: NewHand[], session?: Session}} Snapshot
 * @typedef {{show(hands: Hand[]): void, older(hands: Hand[]): void, session(session: Session): void,
 *   changed(): void}} Listener
 */

const ANSWER_MS = 3000;
const PATIENCE_MS = 60000;

export class Reader {
  /** @param {Model} model @param {Listener} listener */
  constructor(model, listener) {
    this.model = model;
    this.listener = listener;
    this.name = `v${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`;
    this.asks = 0;
    this.view = "";
    this.wait = ANSWER_MS;
    this.missed = 0n;
    this.fault = "";
    this.asked = false;
    this.late = false;
    this.timer = 0;
    this.gone = false;
    const snapshot = /** @type {Snapshot} */ (model.get("snapshot") ?? { epoch: "", seq: "0", messages: [] });
    this.epoch = snapshot.epoch ?? "";
    this.last = BigInt(snapshot.seq ?? 0);
    const messages = snapshot.messages ?? [];
    /** The lowest number that is here; an answer brings older hands, counted down from it. */
    this.first = messages.length ? BigInt(messages[0].seq) : this.last + 1n;
    listener.show(messages.map((message) => message.hand));
    // A session holds all hands before it, so it comes after them.
    if (snapshot.session) listener.session(snapshot.session);
  }

  /** Hands of this feed up to now, seen here or not. */
  get count() {
    return Number(this.last);
  }

  ask() {
    if (this.gone) return;
    this.asked = true;
    // A name for each question: the answer to an older one would bring what the page has by now.
    this.view = `${this.name}-${++this.asks}`;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.overdue(), this.wait);
    const have = { epoch: this.epoch || null, seq: String(this.last), first: String(this.first) };
    this.model.send({ kind: "ready", view: this.view, ...have });
  }

  overdue() {
    this.late = true;
    this.wait = Math.min(2 * this.wait, PATIENCE_MS);
    this.ask();
    this.listener.changed();
  }

  /** @param {Batch} batch */
  take(batch) {
    if (batch?.kind !== "hands" || (batch.view !== null && batch.view !== this.view)) return;
    /** @type {{fresh: Hand[], older: Hand[], lost: boolean}} */
    const found = { fresh: [], older: [], lost: false };
    for (const message of batch.messages) this.sort(message, batch.view === this.view, found);
    if (batch.view === this.view) this.answered();
    if (found.older.length) this.listener.older(found.older);
    if (found.fresh.length) this.listener.show(found.fresh);
    for (const message of batch.messages) if (message.type === "session") this.listener.session(message);
    // Before the first answer a later number is no loss: the replay that was asked for brings it.
    if (found.lost && !this.asked) this.ask();
    this.listener.changed();
  }

  /** @param {Message} message @param {boolean} answer @param {{fresh: Hand[], older: Hand[], lost: boolean}} found */
  sort(message, answer, found) {
    if (message.type === "error") this.fault = message.message;
    else if (message.type === "gap") this.skip(message);
    else if (message.type === "new_hand") {
      const seq = BigInt(message.seq);
      if (seq === this.last + 1n) {
        this.last = seq;
        this.epoch = message.epoch;
        found.fresh.push(message.hand);
      } else if (answer && seq === this.first - 1n && message.epoch === this.epoch) {
        this.first = seq;
        found.older.push(message.hand);
      } else found.lost ||= seq > this.last;
    }
  }

  answered() {
    this.asked = this.late = false;
    this.wait = ANSWER_MS;
    clearTimeout(this.timer);
  }

  /** @param {Gap} gap */
  skip(gap) {
    const to = BigInt(gap.to_seq);
    if (gap.from_seq === "0") this.last = this.first = 0n; // another epoch, counted from 1
    if (to <= this.last) return;
    this.missed += to - this.last;
    this.last = to;
  }

  /** The kernel is gone for good: nothing is asked any more. */
  leave() {
    this.gone = true;
    this.late = false;
    clearTimeout(this.timer);
  }
}
