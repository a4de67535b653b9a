import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { unreportedChanges } from "../../../../src/judge/policy-reads/unreported-changes.ts";
import type { EventProof } from "../../../../src/model/changes/event-proof.ts";
import type { PastWrite } from "../../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction } from "../../../../src/model/live.ts";
import { withFunction } from "../../../support/pass/apply.ts";
import { BINDING } from "../../../support/pass/passes.ts";
import { NOW_MS, REGION } from "../../../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { MINUTE_MS, PROOF } from "../../../support/pass/settled-keys.ts";

const BEFORE_MS = NOW_MS - 10 * MINUTE_MS;
const OPEN = presentPolicy({ Principal: "*" });
const ABSENT = { kind: "absent" } as const;
const UNREAD = { kind: "unknown", reason: "throttled" } as const;

type Policy = typeof OPEN | typeof ABSENT | typeof UNREAD;

function account(policy: Policy, change: Partial<LiveFunction>): LiveAccount {
  const policies = new Map([["", policy]]);
  return withFunction(emptyAccount(), REGION, liveFunctionOf(BINDING, { policies, ...change }));
}

function writeAt(atMs: number): PastWrite {
  const { key, functionArn: target } = BINDING;
  return {
    key,
    target,
    atMs,
    call: "lambda:AddPermission",
    step: 1,
    beforeHash: null,
    afterHash: null,
  } as never;
}

interface Case {
  readonly because: string;
  readonly before?: Policy;
  readonly after?: Policy;
  readonly readMs?: number;
  readonly proof?: Partial<EventProof>;
  readonly writes?: readonly PastWrite[];
}

function found({ before = ABSENT, after = OPEN, readMs = NOW_MS, proof = {}, writes = [] }: Case): number {
  return unreportedChanges({
    before: account(before, { policiesReadMs: BEFORE_MS }),
    after: account(after, { policiesReadMs: readMs }),
    proof: { ...PROOF, ...proof },
    writes: recentWrites(writes),
  }).length;
}

const reported = (ms: number): Partial<EventProof> => ({
  reportedMs: new Map([[REGION, new Map([[BINDING.functionName, ms]])]]),
});

describe("a policy that differs from its earlier reading", () => {
  test.each<Case>([
    { because: "a statement was added" },
    { because: "the policy was removed", before: OPEN, after: ABSENT },
    { because: "a statement was changed", before: presentPolicy({ Principal: "x" }) },
    { because: "the event was long before the reading", proof: reported(BEFORE_MS - 2 * MINUTE_MS) },
    { because: "our own write was long before it", writes: [writeAt(BEFORE_MS - 2 * MINUTE_MS)] },
    { because: "our own write is later than the second reading", writes: [writeAt(NOW_MS + 1)] },
    {
      because: "another event of the region is late, and the changes still have events",
      proof: { sinceMs: new Map() },
    },
  ])("changed without an event if $because", (change) => {
    expect(found(change)).toBe(1);
  });

  test.each<Case>([
    { because: "it is the same", before: OPEN },
    { because: "it was not read before", before: UNREAD },
    { because: "it is not read now", after: UNREAD },
    { because: "it was kept", readMs: BEFORE_MS },
    { because: "an event reports it", proof: reported(NOW_MS - MINUTE_MS) },
    { because: "an event reports it that the first reading did not show", proof: reported(BEFORE_MS - 1) },
    { because: "the events of the region prove nothing", proof: { expectedMs: new Map() } },
    { because: "they prove nothing of that time", proof: { expectedMs: new Map([[REGION, BEFORE_MS + 1]]) } },
    { because: "we wrote it", writes: [writeAt(NOW_MS - MINUTE_MS)] },
    {
      because: "its caller was deleted",
      before: OPEN,
      after: presentPolicy({ Principal: { AWS: "AROAEXAMPLE0000000001" } }),
    },
  ])("is explained or unknown if $because", (change) => {
    expect(found(change)).toBe(0);
  });
});
