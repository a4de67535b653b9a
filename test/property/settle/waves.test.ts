import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { switchesOf, type WaveRecord } from "../../../src/model/records/wave-record.ts";
import { digestOf, type Digest } from "../../../src/model/values/digest.ts";
import type { WaveFunctionFacts } from "../../../src/settle/waves/function-facts.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import {
  DAY_MS,
  HOUR_MS,
  START_MS,
  SWITCHED,
  waveFunction,
  WaveRun,
} from "../../support/adopt/wave-facts.ts";

type Deed =
  | { readonly kind: "approve"; readonly forMs: number }
  | {
      readonly kind: "pass";
      readonly afterMs: number;
      readonly fails: number | null;
      readonly dies: number | null;
    }
  | { readonly kind: "set-back" | "deploy" | "change" | "delete" | "unread"; readonly at: number };

/** `change`: its old role is another one, so that the switch is another one. */
interface Function {
  readonly name: string;
  place: "old" | "declared" | "deleted";
  version: number;
  isUnread: boolean;
}

interface Seen {
  readonly atMs: number;
  /** The functions that the pass saw on other roles. */
  readonly elsewhere: ReadonlySet<string>;
}

const NAMES = ["a", "b", "c", "d"];

/** The waves of four functions, with a controller that writes what an approval of the open wave covers, and a law for each write. */
class Estate {
  readonly run = new WaveRun();
  readonly violations: string[] = [];
  readonly functions = NAMES.map((name): Function => ({ name, place: "old", version: 0, isUnread: false }));
  writes = 0;
  /** By subject: by function, the switch that the operator saw. */
  readonly #covered = new Map<string, ReadonlyMap<string, Digest>>();
  readonly #used = new Set<string>();
  readonly #passes: Seen[] = [];
  #nowMs = 0;

  do(deed: Deed): void {
    if (deed.kind === "approve") this.#approve(deed.forMs);
    else if (deed.kind === "pass") this.#pass(deed);
    else {
      const one = this.functions[deed.at % NAMES.length];
      if (one === undefined) throw new Error("there is no such function");
      DEEDS[deed.kind](one);
    }
  }

  #approve(forMs: number): void {
    const { open } = this.run.waves;
    if (open === null || open.approved !== null || switchesOf(open).length === 0) return;
    const shown = switchesOf(open).flatMap((member) =>
      member.switch === null ? [] : [[member.key, member.switch] as const],
    );
    this.#covered.set(open.subject, new Map(shown));
    for (const [key] of shown) this.#used.delete(`${open.subject} ${key}`);
    this.run.approve(forMs);
  }

  #pass({ afterMs, fails, dies }: Extract<Deed, { readonly kind: "pass" }>): void {
    this.#nowMs += afterMs;
    const failed = this.#write(fails, dies);
    // A killed process records nothing.
    if (dies !== null) return;
    const before = this.run.waves;
    const elsewhere = this.functions.filter((one) => one.place === "old" && !one.isUnread);
    this.#passes.push({ atMs: this.#nowMs, elsewhere: new Set(elsewhere.map(({ name }) => name)) });
    this.run.pass({
      functions: this.functions.map(factsOf),
      atMs: this.#nowMs,
      ...(failed !== null && { problems: { [failed]: { kind: "switch-failed", reason: "refused" } } }),
    });
    const { open, ended } = this.run.waves;
    if (before.open !== null && ended.length > before.ended.length) this.#checkEnd(before.open);
    if (open !== null && switchesOf(open).length > (open.number === 1 ? 1 : 10))
      this.violations.push("too many");
    for (const one of this.functions) one.isUnread = false;
  }

  /** As the judge does: what an approval of the open wave covers exactly, each once. */
  #write(fails: number | null, dies: number | null): string | null {
    const { open } = this.run.waves;
    const approval = this.run.approvals.find(
      ({ subject, expiresAt }) => subject === open?.subject && Date.parse(expiresAt) > START_MS + this.#nowMs,
    );
    if (open === null || approval === undefined) return null;
    let calls = 0;
    for (const one of this.functions) {
      const facts = factsOf(one);
      const approved = this.#covered.get(approval.subject)?.get(facts.key);
      const name = `${approval.subject} ${facts.key}`;
      const isWaiting = open.members.some((one) => one.key === facts.key && one.state === "waiting");
      if (!isWaiting || facts.switch === null || approved !== facts.switch || this.#used.has(name)) continue;
      calls += 1;
      if (calls === dies) return null;
      if (calls === fails) return one.name;
      this.#checkWrite(open, facts);
      this.#used.add(name);
      this.writes += 1;
      one.place = "declared";
    }
    return null;
  }

  #checkWrite({ members, stops }: WaveRecord, { key, switch: now }: WaveFunctionFacts): void {
    const member = members.find((one) => one.key === key);
    if (member === undefined || member.switch !== now) this.violations.push(`${key} is not in the open wave`);
    const after = Math.max(0, ...stops.map(({ atMs }) => atMs));
    const given = this.run.approvals.some(({ at }) => Date.parse(at) >= after);
    if (!given) this.violations.push(`${key} was switched after a stop without a new approval`);
  }

  /** No pass of the last day saw a function of it that is left on another role. */
  #checkEnd({ members }: WaveRecord): void {
    const endMs = this.#nowMs;
    const names = members
      .map(({ key }) => key.slice(key.lastIndexOf("/") + 1))
      .filter((name) => this.functions.some((one) => one.name === name && one.place !== "deleted"));
    const lastWrong = this.#passes.findLast(({ elsewhere }) => names.some((name) => elsewhere.has(name)));
    if (lastWrong !== undefined && endMs - lastWrong.atMs < DAY_MS) this.violations.push("ended too early");
  }
}

const DEEDS = {
  "set-back": (one) => {
    if (one.place === "declared") one.place = "old";
  },
  deploy: (one) => {
    if (one.place === "old") one.place = "declared";
  },
  change: (one) => {
    one.version += 1;
  },
  delete: (one) => {
    one.place = "deleted";
  },
  unread: (one) => {
    one.isUnread = true;
  },
} as const satisfies Readonly<Record<Exclude<Deed["kind"], "approve" | "pass">, (one: Function) => void>>;

function factsOf({ name, place, version, isUnread }: Function): WaveFunctionFacts {
  if (isUnread) return waveFunction(name, { place: "unread", isUnread, switch: null });
  if (place === "deleted") return waveFunction(name, { place: "left", switch: null });
  return place === "declared"
    ? waveFunction(name, SWITCHED)
    : waveFunction(name, { switch: digestOf(`${name} ${version}`) });
}

const call = fc.option(fc.integer({ min: 1, max: 3 }), { freq: 5 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<Deed>(
      { kind: "approve", forMs: HOUR_MS },
      { kind: "approve", forMs: 40 * HOUR_MS },
    ),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      afterMs: fc.constantFrom(1, HOUR_MS, 5 * HOUR_MS, 5 * HOUR_MS, 30 * HOUR_MS),
      fails: fc.constant(null),
      dies: fc.constant(null),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      afterMs: fc.constant(1),
      fails: call,
      dies: call,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "set-back" as const,
        "deploy" as const,
        "change" as const,
        "delete" as const,
        "unread" as const,
      ),
      at: fc.nat(3),
    }),
  },
);
const deeds = fc.array(deed, { maxLength: 60, size: "max" });

function after(all: readonly Deed[]): Estate {
  const estate = new Estate();
  for (const one of all) estate.do(one);
  return estate;
}

describe("the waves of a namespace", () => {
  test(
    "write only switches that the operator was shown, none after a stop without a new approval, and end only after a day in which no function was seen on another role",
    () => {
      fc.assert(
        fc.property(deeds, (all) => {
          expect(after(all).violations).toEqual([]);
        }),
        { numRuns: FC_RUNS * 5 },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test("reach a third wave, stop and are killed in some of these runs, so that the law is about all of it", () => {
    const estates = fc.sample(deeds, { numRuns: 600, seed: 3 }).map(after);

    expect(Math.max(...estates.map(({ writes }) => writes))).toBeGreaterThan(2);
    expect(Math.max(...estates.map(({ run }) => run.waves.ended.length))).toBeGreaterThan(1);
    expect(estates.some(({ run }) => (run.waves.open?.stops.length ?? 0) > 0)).toBe(true);
  });
});
