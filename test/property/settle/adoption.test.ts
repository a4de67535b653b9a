import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { UsedRole } from "../../../src/model/keys/used-role.ts";
import type { AdoptionRecord, AdoptionState, NeedReading } from "../../../src/model/keys/adoption.ts";
import { adoptionAfter } from "../../../src/settle/adoption/adoption.ts";
import type { AdoptionFacts, SeenFunction } from "../../../src/settle/adoption/adoption-facts.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { DAY_MS, DECLARED, equalTo, OLD, ON_V1, seen, START_MS } from "../../support/pass/adoption.ts";

interface Read {
  readonly facts: AdoptionFacts;
  /** Whether the drawn comparison finds no difference. */
  readonly isEqual: boolean;
  readonly atMs: number;
}

const unknown = (arn: string): UsedRole => ({ kind: "unknown", arn, reason: "throttled" });
const NOTHING_UNMET = { kind: "read", unmet: [] } as const;

const aliases: fc.Arbitrary<SeenFunction["aliases"]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "read" as const, elsewhere: [] }) },
  fc.constant(ON_V1),
  fc.constant({ kind: "failed" as const, reason: "throttled", elsewhere: [] }),
  fc.constant({ kind: "not-asked" as const, elsewhere: [] }),
);
const needs: fc.Arbitrary<NeedReading> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(NOTHING_UNMET) },
  fc.constant({ kind: "failed" as const, reason: "denied" }),
  fc.constant({ kind: "not-asked" as const, unmet: [] }),
  fc.constant({ kind: "read" as const, unmet: [{ what: "tracing", hint: "tracing: true" }] }),
);
const often = (value: boolean): fc.Arbitrary<boolean> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, fc.constant(!value));

const seenFunction = fc
  .record({
    roleArn: fc.constantFrom(OLD, OLD, DECLARED, DECLARED, `${OLD}-2`),
    aliases,
    needs,
    isOurs: often(true),
    isComplete: often(true),
    isEqual: often(true),
    isSweep: often(true),
    mode: fc.constantFrom("observe" as const, "enforce" as const),
    isApplied: often(true),
    isSilent: often(true),
  })
  .map(({ isOurs, isComplete, isEqual, ...facts }) => ({
    isEqual,
    facts: seen({
      ...facts,
      compare: isEqual ? equalTo : unknown,
      ownRole: { isOurs, problem: isOurs && isComplete ? null : "it is incomplete" },
    }),
  }));
const read: fc.Arbitrary<Omit<Read, "atMs">> = fc.oneof(
  { weight: 12, arbitrary: seenFunction },
  fc.constant({ isEqual: false, facts: { kind: "unread" as const, reason: "throttled" } }),
  fc.constant({ isEqual: false, facts: { kind: "no-function" as const } }),
  fc.constant({ isEqual: false, facts: { kind: "undoing" as const, reason: "an undo has begun" } }),
);
/** Hours between two reads: a clock may go back. */
const hours = fc.constantFrom(0, 1, 12, 24, 25, 30, -2, -48);

const reads = fc.array(fc.tuple(read, hours), { minLength: 1, maxLength: 8 }).map((drawn) => {
  let atMs = START_MS;
  return drawn.map(([one, after]): Read => {
    atMs += after * 3_600_000;
    return { ...one, atMs };
  });
});

/** The states that are shown, each from a record that was written to the store and read again. */
function shown(all: readonly Read[]): readonly AdoptionState[] {
  let record: AdoptionRecord | undefined;
  return all.map(({ facts, atMs }) => {
    const adoption = adoptionAfter(record, facts, atMs);
    record = JSON.parse(JSON.stringify(adoption.record)) as AdoptionRecord;
    return adoption.status.state;
  });
}

/** What was read, by a reader that knows nothing of records. */
const isOnOther = ({ facts }: Read): boolean =>
  facts.kind === "seen" && (facts.roleArn !== DECLARED || !facts.ownRole.isOurs);
const hasOther = (one: Read): boolean =>
  isOnOther(one) || (one.facts.kind === "seen" && one.facts.aliases.elsewhere.length > 0);
const isBroken = ({ facts, isEqual }: Read): boolean => {
  if (facts.kind !== "seen" || facts.aliases.kind === "failed" || !isEqual) return true;
  const found = facts.needs();
  return found.kind === "failed" || found.unmet.length > 0;
};
const isFull = (one: Read): boolean =>
  one.facts.kind === "seen" &&
  one.facts.isSweep &&
  one.facts.aliases.kind !== "not-asked" &&
  one.facts.needs().kind !== "not-asked";

/** Two full sweeps a day apart found no difference, and no read since the first one saw one or failed. */
function wasProven(all: readonly Read[]): boolean {
  return all.some((first, at) => {
    const since = all.slice(at);
    const onOther = since.filter((one) => hasOther(one) || one.facts.kind !== "seen");
    if (!isFull(first) || !hasOther(first) || onOther.some(isBroken)) return false;
    return since.some((later) => isFull(later) && later.atMs - first.atMs >= DAY_MS);
  });
}

const hasMoved = ({ facts }: Read): boolean => facts.kind === "seen" && facts.roleArn !== DECLARED;

/** Since a complete read of its aliases within the last day, which found none elsewhere, no read saw $LATEST elsewhere. */
function wasSwitched(all: readonly Read[]): boolean {
  const nowMs = all.at(-1)?.atMs ?? 0;
  return all.some((one, at) => {
    const { facts } = one;
    if (facts.kind !== "seen" || facts.aliases.kind !== "read" || facts.aliases.elsewhere.length > 0)
      return false;
    const ageMs = nowMs - one.atMs;
    return ageMs >= 0 && ageMs < DAY_MS && !all.slice(at).some(hasMoved);
  });
}

function wasSilent(all: readonly Read[]): boolean {
  return all.some(
    ({ facts }) => facts.kind === "seen" && facts.isSilent && facts.isApplied && facts.mode === "enforce",
  );
}

const SEEN: Readonly<Record<AdoptionState, (all: readonly Read[], last: AdoptionFacts) => boolean>> = {
  observed: (_, last) => last.kind === "seen",
  proven: wasProven,
  adopted: (all, last) => wasProven(all) && last.kind === "seen" && last.ownRole.problem === null,
  switched: (all, last) =>
    wasSwitched(all) && all.some(hasOther) && last.kind === "seen" && last.ownRole.isOurs,
  enforced: (all, last) =>
    wasSwitched(all) && wasSilent(all) && last.kind === "seen" && last.mode === "enforce" && last.isApplied,
  "not-needed": (all, last) => last.kind === "no-function" || wasSwitched(all),
  undoing: (_, last) => last.kind === "undoing",
  unknown: () => true,
};

describe("the stage of an adoption", () => {
  test(
    "is never one whose facts were not seen, for any reads, restarts and clocks",
    () => {
      fc.assert(
        fc.property(reads, (all) => {
          for (const [at, state] of shown(all).entries()) {
            const last = all[at]?.facts;
            if (last === undefined) throw new Error("a state without a read");
            expect({ state, isSeen: SEEN[state](all.slice(0, at + 1), last) }).toEqual({
              state,
              isSeen: true,
            });
          }
        }),
        { numRuns: FC_RUNS * 5 },
      );
    },
    LAW_TIMEOUT_MS,
  );

  test("is each of them for some reads, so that the law is about all", () => {
    const states = fc.sample(reads, { numRuns: 3_000, seed: 1 }).flatMap(shown);

    expect([...new Set(states)].sort()).toEqual(Object.keys(SEEN).sort());
  });
});
