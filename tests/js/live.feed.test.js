// @ts-check
/** How a page follows the feed: its questions, their answers, and what it does when either is lost. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { dealt, gap, Model, run, snapshot, View } from "./model.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe("the question", () => {
  test("says what the snapshot holds, under a name that the kernel accepts", () => {
    const model = new Model({ snapshot: snapshot(run(3, 4), 4) });
    const view = new View(model);
    expect(view.numbers).toEqual([4, 3]);
    expect(model.questions).toEqual([{ kind: "ready", view: expect.any(String), epoch: "e1", seq: "4", first: "3" }]);
    expect(model.question.view).toMatch(/^[0-9A-Za-z-]{1,64}$/);
  });

  test("of a page without a snapshot has no epoch and asks for all", () => {
    const model = new Model({ snapshot: null });
    new View(model);
    expect(model.question).toMatchObject({ epoch: null, seq: "0" });
  });

  test("keeps numbers exact beyond what a JavaScript number holds", () => {
    const first = 2n ** 53n;
    const model = new Model({ snapshot: { epoch: "e1", seq: String(first), messages: [] } });
    const view = new View(model);
    model.answer();
    model.announce({ ...dealt(1), seq: String(first + 1n) }, { ...dealt(2), seq: String(first + 2n) });
    expect(view.numbers).toEqual([2, 1]);
    model.announce({ ...dealt(4), seq: String(first + 4n) });
    expect(model.question.seq).toBe(String(first + 2n));
  });

  test("has another name each time and in each view", () => {
    const model = new Model();
    new View(model);
    new View(model);
    vi.advanceTimersByTime(3000);
    expect(model.questions).toHaveLength(4);
    expect(new Set(model.questions.map((question) => question.view)).size).toBe(4);
  });
});

describe("numbers", () => {
  test("are taken one after the other, and again is not once more", () => {
    const model = new Model({ snapshot: snapshot(run(1, 2)) });
    const view = new View(model);
    model.answer(run(3, 4));
    model.announce(...run(2, 5));
    model.announce(dealt(5));
    expect(view.numbers).toEqual([5, 4, 3, 2, 1]);
    expect(model.questions).toHaveLength(1);
  });

  test("that come before the answer are no loss, since the answer brings what lies between", () => {
    const model = new Model();
    const view = new View(model);
    model.announce(dealt(3));
    expect(view.numbers).toEqual([]);
    expect(model.questions).toHaveLength(1);
    model.answer(run(1, 3));
    expect(view.numbers).toEqual([3, 2, 1]);
  });

  test("that skip one after the answer make the page ask again from its last", () => {
    const model = new Model();
    const view = new View(model);
    model.answer(run(1, 2));
    model.announce(dealt(4));
    expect(view.numbers).toEqual([2, 1]);
    expect(model.questions).toHaveLength(2);
    expect(model.question).toMatchObject({ epoch: "e1", seq: "2" });
    model.announce(dealt(5));
    expect(model.questions).toHaveLength(2);
    model.answer(run(3, 5));
    expect(view.numbers).toEqual([5, 4, 3, 2, 1]);
  });

  test("are missed when a part of a long answer is lost", () => {
    const model = new Model();
    const view = new View(model);
    model.answer(run(1, 2));
    model.answer(run(5, 6));
    expect(model.question.seq).toBe("2");
    model.answer(run(3, 6));
    expect(view.numbers).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test("in an answer to another view are left alone", () => {
    const model = new Model();
    const view = new View(model);
    model.deliver("v-other", run(1, 2));
    model.fire("msg:custom", { kind: "weather", view: null, messages: run(1, 2) });
    model.fire("msg:custom", null);
    expect(view.numbers).toEqual([]);
  });

  test("reach two views of one model, each once", () => {
    const model = new Model({ snapshot: snapshot(run(1, 1)) });
    const first = new View(model);
    model.answer();
    model.announce(dealt(2));
    const second = new View(model);
    model.announce(dealt(3));
    model.answer(run(2, 3));
    expect(first.numbers).toEqual([3, 2, 1]);
    expect(second.numbers).toEqual([3, 2, 1]);
  });
});

describe("an answer that is overdue", () => {
  test("is asked for again, after twice the time each time and at most a minute", () => {
    const model = new Model();
    new View(model);
    for (const wait of [3000, 6000, 12000, 24000, 48000, 60000, 60000]) {
      const asked = model.questions.length;
      vi.advanceTimersByTime(wait - 1);
      expect(model.questions).toHaveLength(asked);
      vi.advanceTimersByTime(1);
      expect(model.questions).toHaveLength(asked + 1);
    }
  });

  test("shows that the kernel is busy until it comes", () => {
    const model = new Model();
    const view = new View(model);
    vi.advanceTimersByTime(2999);
    expect(view.status.textContent).not.toContain("kernel");
    vi.advanceTimersByTime(1);
    expect(view.status.textContent).toContain("waiting for the kernel, which is busy or gone");
    expect(view.status.dataset.level).toBe("warn");
    model.answer();
    expect(view.status.textContent).toBe("Watching · 0 hands");
    expect(view.status.dataset.level).toBe("");
  });

  test("is not asked for again once the kernel is gone, and the page says so", () => {
    const model = new Model({ snapshot: snapshot(run(1, 2)) });
    const view = new View(model);
    model.fire("comm_live_update");
    vi.advanceTimersByTime(120_000);
    expect(model.questions).toHaveLength(1);
    expect(view.status.textContent).toBe("The kernel was restarted or is gone; run the cell again · 2 hands");
    expect(view.status.dataset.level).toBe("warn");
    expect(view.numbers).toEqual([2, 1]);
  });

  test("counts for the last question only, and once", () => {
    const model = new Model();
    const view = new View(model);
    vi.advanceTimersByTime(9000);
    const [first, , last] = model.questions;
    model.answer(run(1, 1), first);
    expect(view.numbers).toEqual([]);
    model.answer(run(1, 1), last);
    model.answer(run(1, 1), last);
    expect(view.numbers).toEqual([1]);
  });

  test("is waited for no more once it came, and the next question has the first patience", () => {
    const model = new Model();
    new View(model);
    vi.advanceTimersByTime(9000);
    model.answer();
    vi.advanceTimersByTime(600_000);
    expect(model.questions).toHaveLength(3);
    model.announce(dealt(2));
    vi.advanceTimersByTime(3000);
    expect(model.questions).toHaveLength(5);
  });
});

describe("a gap", () => {
  test("is said with its size, and the feed goes on behind it", () => {
    const model = new Model({ snapshot: snapshot(run(1, 2)) });
    const view = new View(model);
    model.answer([gap(3, 7), dealt(8)]);
    expect(view.numbers).toEqual([8, 2, 1]);
    expect(view.status.textContent).toBe(
      "Watching · 8 hands · 5 earlier hands are not shown here, they are in the store",
    );
    expect(view.status.dataset.level).toBe("warn");
    expect(model.questions).toHaveLength(1);
  });

  test("of one hand is said in the singular", () => {
    const model = new Model();
    const view = new View(model);
    model.answer([gap(1, 1), dealt(2)]);
    expect(view.status.textContent).toContain("1 earlier hand is not shown here, it is in the store");
  });

  test("behind the last number is none", () => {
    const model = new Model({ snapshot: snapshot(run(1, 5)) });
    const view = new View(model);
    model.answer([gap(2, 4), dealt(6)]);
    expect(view.numbers).toEqual([6, 5, 4, 3, 2, 1]);
    expect(view.status.textContent).toBe("Watching · 6 hands");
  });

  test("does not count hands that came while the question was on its way", () => {
    const model = new Model();
    const view = new View(model);
    model.announce(dealt(1), dealt(2));
    model.answer([gap(1, 5), dealt(6)]);
    expect(view.numbers).toEqual([6, 2, 1]);
    expect(view.status.textContent).toContain("3 earlier hands");
  });

  test("from another epoch starts the count anew and keeps the rows", () => {
    const model = new Model({ snapshot: snapshot(run(8, 9), 9) });
    const view = new View(model);
    const hands = [1, 2].map((seq) => ({ ...dealt(20 + seq), epoch: "e2", seq: String(seq) }));
    model.answer([gap(0, 0), ...hands]);
    expect(view.numbers).toEqual([22, 21, 9, 8]);
    expect(view.status.textContent).toBe("Watching · 2 hands");
    model.announce({ ...dealt(24), epoch: "e2", seq: "4" });
    expect(model.question).toMatchObject({ epoch: "e2", seq: "2" });
  });

  test("from another epoch counts what is gone of it", () => {
    const model = new Model({ snapshot: snapshot(run(1, 2)) });
    const view = new View(model);
    model.answer([gap(0, 30), { ...dealt(31), epoch: "e2" }]);
    expect(view.numbers).toEqual([31, 2, 1]);
    expect(view.status.textContent).toContain("30 earlier hands");
  });
});

describe("older hands", () => {
  test("of a view that opens late come with the first answer, below those of the snapshot", () => {
    const model = new Model({ snapshot: snapshot(run(4, 5), 5) });
    const view = new View(model);
    expect(model.question).toMatchObject({ seq: "5", first: "4" });
    model.answer([dealt(3), dealt(2), dealt(1), dealt(6)]);
    expect(view.numbers).toEqual([6, 5, 4, 3, 2, 1]);
    expect(view.status.textContent).toBe("Watching · 6 hands");
  });

  test("are taken one below the other, once, and from an answer only", () => {
    const model = new Model({ snapshot: snapshot(run(4, 5), 5) });
    const view = new View(model);
    model.announce(dealt(3));
    model.answer([dealt(3), dealt(1), dealt(3)]);
    expect(view.numbers).toEqual([5, 4, 3]);
    model.announce(dealt(7));
    expect(model.question).toMatchObject({ seq: "5", first: "3" });
    model.answer([dealt(2), dealt(1), dealt(6), dealt(7)]);
    expect(view.numbers).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  test("do not push the newest out of a table that is full", () => {
    const model = new Model({ snapshot: snapshot(run(4, 5), 5), max_rows: 3 });
    const view = new View(model);
    model.answer([dealt(3), dealt(2), dealt(1)]);
    expect(view.numbers).toEqual([5, 4, 3]);
  });
});

describe("a page that was offline", () => {
  test("asks again as soon as it is back, unless the kernel is gone", () => {
    const model = new Model();
    const view = new View(model);
    model.answer(run(1, 2));
    dispatchEvent(new Event("online"));
    expect(model.questions).toHaveLength(2);
    expect(model.question.seq).toBe("2");
    model.fire("comm_live_update");
    dispatchEvent(new Event("online"));
    expect(model.questions).toHaveLength(2);
    view.close();
  });
});

describe("a line that loses a third of all it carries", () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))("shows every hand once and in order, seed %i", (seed) => {
    const random = randomly(seed);
    const model = new Model();
    const view = new View(model);
    const line = new Line(model, () => random() < 1 / 3);
    for (let step = 0; step < 80; step++) {
      const dice = random();
      if (dice < 0.3) line.publish();
      else if (dice < 0.5) line.hear();
      else if (dice < 0.9) line.carry();
      else vi.advanceTimersByTime(9000 * random());
    }
    line.mend();
    for (let turn = 0; turn < 3; turn++) {
      line.publish();
      while (line.carry());
      vi.advanceTimersByTime(60_000);
      line.hear();
      while (line.carry());
    }
    expect(view.numbers).toEqual(line.hands.map((_, index) => line.hands.length - index));
    expect(view.status.textContent).toBe(`Watching · ${line.hands.length} hands`);
  });
});

/** A kernel that answers as pokerlab's does, in batches of three, over a line that may lose each batch and question. */
class Line {
  /** @param {Model} model @param {() => boolean} loses */
  constructor(model, loses) {
    this.model = model;
    this.loses = loses;
    this.heard = 0;
    /** @type {import("./model.js").Message[]} */
    this.hands = [];
    /** @type {[string | null, import("./model.js").Message[]][]} */
    this.batches = [];
  }

  publish() {
    this.hands.push(dealt(this.hands.length + 1));
    this.batches.push([null, this.hands.slice(-1)]);
  }

  hear() {
    for (const { view, seq } of this.model.questions.slice(this.heard)) {
      if (this.loses()) continue;
      const rest = this.hands.slice(Number(seq));
      do this.batches.push([view, rest.splice(0, 3)]);
      while (rest.length);
    }
    this.heard = this.model.questions.length;
  }

  /** Carry the next batch to the page; tells whether there was one. */
  carry() {
    const batch = this.batches.shift();
    if (batch && !this.loses()) this.model.deliver(...batch);
    return Boolean(batch);
  }

  mend() {
    this.loses = () => false;
  }
}

/** Numbers from 0 to 1 that a seed gives again (a linear congruence; chance of no quality is enough). @param {number} seed */
function randomly(seed) {
  let state = seed + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
