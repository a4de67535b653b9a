import { expect, test } from "@jest/globals";
import { mayStartKey } from "../../../../src/controller/pass/planned/may-start.ts";
import type { PassContext } from "../../../../src/judge/subject.ts";
import type { Desired, Waiver } from "../../../../src/model/desired.ts";
import { NOW_MS, ORIGIN } from "../../../support/pass/bindings.ts";
import { KEY, passOf, seenOf } from "../../../support/pass/passes.ts";

const WAITS = (): boolean => true;
const NOTHING_WAITS = (): boolean => false;

function waiverUntil(ms: number): Waiver {
  const until = new Date(NOW_MS + ms).toISOString();
  return { name: "w", rule: "ACT-001", binding: KEY, reason: "r", owner: "o", until, origin: ORIGIN };
}

function passWith(desired: Partial<Desired>, change: Partial<PassContext> = {}): PassContext {
  const pass = passOf();
  return { ...pass, ...seenOf(), desired: { ...pass.desired, ...desired }, nowMs: NOW_MS, ...change };
}

const WINDOW = { windows: [{}] } as unknown as Partial<Desired>;
const PLANNED = { scope: { kind: "keys", keys: [KEY], isPlanned: true } } as const;

test.each([
  { ms: 60_000, waits: WAITS, is: true, because: "a read of minutes must be followed by writes" },
  { ms: 60_001, waits: WAITS, is: false, because: "other work of the account waits" },
  { ms: 60_001, waits: NOTHING_WAITS, is: true, because: "nothing else waits" },
  { ms: 600_001, waits: NOTHING_WAITS, is: false, because: "what was written is recorded at the end" },
  {
    ms: 60_001,
    waits: NOTHING_WAITS,
    desired: WINDOW,
    is: false,
    because: "a change window may have closed",
  },
  {
    ms: 60_001,
    waits: NOTHING_WAITS,
    desired: { waivers: [waiverUntil(30_000)] },
    is: false,
    because: "a waiver has ended since the verdict",
  },
  {
    ms: 60_001,
    waits: NOTHING_WAITS,
    desired: { waivers: [waiverUntil(90_000), waiverUntil(-1)] },
    is: true,
    because: "no waiver has ended since the verdict",
  },
])("a pass may start a key $ms ms after its read: $is, because $because", ({ ms, waits, desired, is }) => {
  expect(mayStartKey(passWith(desired ?? {}), NOW_MS + ms, waits)).toBe(is);
});

test("a pass over planned keys, which reads nothing first, ends sooner for other work", () => {
  const pass = passWith({}, { ...PLANNED, base: seenOf().live });

  expect([10_000, 10_001].map((ms) => mayStartKey(pass, NOW_MS + ms, WAITS))).toEqual([true, false]);
  expect(mayStartKey(pass, NOW_MS + 10_001, NOTHING_WAITS)).toBe(true);
});
