import { describe, expect, test } from "@jest/globals";
import { AwsClock, type ClockReading } from "../../../src/aws/requests/aws-clock.ts";

const START = Date.parse("2026-07-01T10:00:00Z");

/** A machine whose clock is behind AWS's by so much. */
class Machine {
  readonly clock = new AwsClock();
  #steadyMs = 0;
  behindMs = 0;

  /** An answer that begins after so long. */
  answer({ tookMs = 20, date = true }: { readonly tookMs?: number; readonly date?: boolean } = {}): this {
    const sent = this.now();
    this.#steadyMs += tookMs;
    const text = date ? new Date(START + this.#steadyMs).toUTCString() : undefined;
    this.clock.answered({ date: text, sent, received: this.now() });
    return this;
  }

  wait(ms: number): this {
    this.#steadyMs += ms;
    return this;
  }

  now(): ClockReading {
    return { wallMs: START + this.#steadyMs - this.behindMs, steadyMs: this.#steadyMs };
  }

  offset() {
    return this.clock.offset(this.now());
  }
}

describe("the offset of AWS's clock", () => {
  test("is not known before an answer, nor from answers without a date", () => {
    const machine = new Machine();

    expect(machine.offset()).toBeNull();
    expect(machine.answer({ date: false }).offset()).toBeNull();
  });

  test("is known within a second and the time of the request, and narrower after further answers", () => {
    const machine = new Machine();
    machine.behindMs = 600_000;

    expect(machine.answer().offset()).toEqual({ minMs: 599_980, maxMs: 601_000, wasSet: false });
    expect(machine.wait(500).answer().wait(470).answer().offset()).toEqual({
      minMs: 599_980,
      maxMs: 600_480,
      wasSet: false,
    });
  });

  test("shows AWS's time, within the same limits, and not after the clock of the machine was set", () => {
    const machine = new Machine();
    machine.behindMs = 600_000;
    const time = () => machine.clock.time(machine.now());
    expect(time()).toBeNull();

    machine.answer().wait(5_000);
    expect(time()).toEqual({ earliestMs: START + 5_000, latestMs: START + 6_020 });

    machine.behindMs = 0;
    expect(time()).toBeNull();
    machine.answer();
    // The earlier offset does not count: the newest answer shows the time.
    expect(time()).toEqual({ earliestMs: START + 5_000, latestMs: START + 6_020 });
  });

  test("has the earlier one in it for 15 minutes after the clock was set", () => {
    const machine = new Machine().answer();
    machine.behindMs = -60_000;
    expect(machine.offset()).toBeNull();

    machine.wait(1_000).answer();
    const both = machine.offset();
    expect(both?.minMs).toBeLessThanOrEqual(-60_000);
    expect(both?.maxMs).toBeGreaterThanOrEqual(0);

    machine.wait(16 * 60_000).answer();
    expect(machine.offset()?.maxMs).toBeLessThan(-50_000);
  });

  test("is not known if the clock was set during the only request", () => {
    const machine = new Machine();
    const sent = machine.now();
    machine.behindMs = 5_000;
    machine.wait(20);
    machine.clock.answered({ date: new Date(START).toUTCString(), sent, received: machine.now() });

    expect(machine.offset()).toBeNull();
  });

  test("is not known 15 minutes after the last answer", () => {
    const machine = new Machine().answer();

    expect(machine.wait(14 * 60_000).offset()).not.toBeNull();
    expect(machine.wait(2 * 60_000).offset()).toBeNull();
  });

  test("has every offset of a clock that is set again and again in it, and keeps few of them", () => {
    const machine = new Machine().answer();
    for (let hour = 1; hour <= 60; hour += 1) {
      machine.behindMs = hour * 60_000;
      machine.wait(1_000).answer();
    }

    expect(machine.offset()).toMatchObject({ minMs: -20, wasSet: true });
  });
});
