import { describe, expect, test } from "@jest/globals";
import type { PolicyReads } from "../../../../src/judge/policy-reads/kept-policies.ts";
import { keptFunctions } from "../../../../src/judge/reads.ts";
import type { Pass } from "../../../../src/judge/subject.ts";
import type { Suspension } from "../../../../src/model/approval.ts";
import { caller, NOW_MS, REGION } from "../../../support/pass/bindings.ts";
import { presentPolicy } from "../../../support/pass/live-state.ts";
import {
  keyNamed,
  MINUTE_MS,
  PROOF,
  sweepOf,
  type SettledFunction,
} from "../../../support/pass/settled-keys.ts";

/** Older than `f`, so that the slice of ten has its members. */
const OTHERS: readonly SettledFunction[] = Array.from({ length: 10 }, (_, at) => ({
  name: `other-${at}`,
  readMs: NOW_MS - 20 * MINUTE_MS,
}));
const KEY = keyNamed("f");
const SUSPENSION: Suspension = {
  id: "s1",
  scope: { key: KEY, accountId: null, namespace: null },
  reason: "test",
  actor: "lee",
  at: new Date(NOW_MS).toISOString(),
  until: new Date(NOW_MS + MINUTE_MS).toISOString(),
};

interface Case {
  readonly found?: Partial<SettledFunction>;
  readonly pass?: Partial<Pass>;
  readonly reads?: Partial<PolicyReads>;
}

function isKept({ found = {}, pass = {}, reads = {} }: Case): boolean {
  const sweep = sweepOf([{ name: "f", ...found }, ...OTHERS], { pass, reads });
  return keptFunctions(sweep.subjects, sweep.pass).has(KEY);
}

const received = (ms: number) => new Map([[REGION, new Map([["f", ms]])]]);
const DRIFT = [{}] as never;
const UNREAD = { kind: "unknown", reason: "throttled" } as const;

describe("a sweep", () => {
  test("keeps the policies of a function that matched Git, as the events prove them unchanged", () => {
    expect(isKept({})).toBe(true);
  });

  test("of a process that reads without change events keeps nothing", () => {
    const { subjects, pass } = sweepOf([{ name: "f" }, ...OTHERS]);
    const { policyReads: _, ...without } = pass;

    expect(keptFunctions(subjects, without).size).toBe(0);
    expect(keptFunctions(subjects, { ...pass, base: null }).size).toBe(0);
  });

  test.each<Case & { readonly because: string }>([
    { because: "no policy of it was read", found: { live: { policiesReadMs: 0 } } },
    { because: "the reading failed", found: { live: { policies: new Map([["", UNREAD]]) } } },
    {
      because: "an alias is declared that was not read",
      found: {
        binding: { callers: [caller("b", "live")] },
        live: { policies: new Map([["", { kind: "absent" }]]) },
      },
    },
    { because: "the region has no proof", reads: { proof: { ...PROOF, sinceMs: new Map() } } },
    {
      because: "the proof begins after the reading",
      reads: { proof: { ...PROOF, sinceMs: new Map([[REGION, NOW_MS - 9 * MINUTE_MS]]) } },
    },
    {
      because: "an event of it arrived since",
      reads: { proof: { ...PROOF, changedMs: received(NOW_MS - MINUTE_MS) } },
    },
    {
      because: "an event arrived shortly before: the read may show an older state",
      reads: { proof: { ...PROOF, changedMs: received(NOW_MS - 11 * MINUTE_MS) } },
    },
    { because: "it changed in Git", reads: { uncompared: new Map([[KEY, NOW_MS]]) } },
    { because: "this process has not compared it", reads: { views: new Map() } },
    { because: "someone asked for it", pass: { requestedKeys: new Set([KEY]) } },
    { because: "it is suspended", pass: { suspensions: [SUSPENSION] } },
    { because: "it differs", found: { view: { drifts: DRIFT } } },
    { because: "a part was not read", found: { view: { unread: ["x"] } } },
    { because: "nothing was planned", found: { view: { plan: null } } },
    { because: "its manifest has an error", found: { view: { isInvalid: true } } },
    { because: "something stops its writes", found: { view: { obstacle: { reason: "x", missing: null } } } },
    { because: "its verdict is no allow", found: { view: { verdict: { kind: "refuse" } as never } } },
    { because: "its record does not match", found: { record: { status: null } } },
    { because: "its incident is open", found: { record: { incidentSinceMs: 1 } } },
    { because: "its write is tried again", found: { record: { retryingSinceMs: 1 } } },
    { because: "its reading is of the future", found: { readMs: NOW_MS + 1 } },
    { because: "it would become too old", found: { readMs: NOW_MS - 51 * MINUTE_MS } },
  ])("reads them if $because", (change) => {
    expect(isKept(change)).toBe(false);
  });

  test("keeps them if the event is older than any state that the read may have shown", () => {
    expect(isKept({ reads: { proof: { ...PROOF, changedMs: received(NOW_MS - 12 * MINUTE_MS) } } })).toBe(
      true,
    );
  });

  test.each([
    { because: "all principals", statement: { Principal: "*" }, isOpen: true },
    {
      because: "another account",
      statement: { Principal: { AWS: "arn:aws:iam::999900001111:root" } },
      isOpen: true,
    },
    {
      because: "its own account",
      statement: { Principal: { AWS: "arn:aws:iam::111122223333:root" } },
      isOpen: false,
    },
  ])(
    "reads policies that let in $because before others of the same age: $isOpen",
    ({ statement, isOpen }) => {
      const policies = new Map([["", presentPolicy(statement)]]);
      const readMs = NOW_MS - 15 * MINUTE_MS;

      expect(isKept({ found: { live: { policies }, readMs } })).toBe(!isOpen);
    },
  );

  test("reads the policies of a function that two bindings name", () => {
    const twice = [{ name: "f" }, { name: "g", binding: { functionName: "f" } }, ...OTHERS];
    const { subjects, pass } = sweepOf(twice);

    const kept = keptFunctions(subjects, pass);

    expect(kept.has(KEY)).toBe(false);
    expect(kept.has(keyNamed("g"))).toBe(false);
  });
});
