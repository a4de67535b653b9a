import { describe, expect, test } from "@jest/globals";
import { requeueOf } from "../../../src/settle/requeue.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { type KeyOutcome, outcomeView } from "../../../src/settle/outcome/outcome.ts";
import type { NotApplied } from "../../../src/judge/judgement.ts";
import {
  HELD,
  KEY,
  actionOf,
  driftOf,
  invalidSubject,
  passOf,
  planOf,
  settleContext,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import { settle } from "../../../src/settle/settle.ts";
import { complete } from "../../../src/model/values/steps.ts";

const PROBE_MS = 300_000;

/** The delay until the key is compared again; null: at the next sweep. */
function delayOf(outcome: KeyOutcome, attempt = 0): number | null {
  const attempts = new Map(attempt === 0 ? [] : [[KEY, attempt] as const]);
  const { requeue } = requeueOf([outcomeView(outcome, [])], passOf().account, {
    nowMs: NOW_MS,
    attempts,
    random: () => 0.5,
  });
  const [first] = requeue;
  return first === undefined ? null : first.dueMs - NOW_MS;
}

function attemptsAfter(outcome: KeyOutcome, attempt: number): number | undefined {
  const context = { nowMs: NOW_MS, attempts: new Map([[KEY, attempt]]), random: () => 0.5 };
  return requeueOf([outcomeView(outcome, [])], passOf().account, context).attempts.get(KEY);
}

function failing(
  kind: "retry" | "throttled" | "replan" | "terminal" | "circuit",
  isOverdue = false,
): KeyOutcome {
  return writtenOf(
    {},
    {
      writes: [{ kind: "failed", action: actionOf(), intent: 1, error: awsError(kind), isOverdue }],
      readBack: { kind: "not-read", reason: "x" },
    },
  );
}

function skipped(notApplied: NotApplied): KeyOutcome {
  return skippedOf(notApplied, { plan: planOf([actionOf()]) });
}

describe("a plan that waits for a change window", () => {
  const opensAt = new Date(NOW_MS + 7_200_000).toISOString();
  const held = { ...HELD, code: "change-window", opensAt } as const;
  const facts = { verdict: held, plan: planOf([actionOf()]) };

  test("is due when the window opens", () => {
    expect(delayOf(skippedOf({ kind: "nothing-due" }, facts))).toBe(7_200_000);
  });

  test("is due when it opens, if only an approved part of it waits", () => {
    const waiting = { windowOpensAt: opensAt, plan: planOf([]) };
    const approved = [{ digest: digestOf("part"), by: "dana", until: opensAt }];
    expect(delayOf(skippedOf({ kind: "nothing-due" }, { ...waiting, approved }))).toBe(7_200_000);
    expect(delayOf(skippedOf({ kind: "nothing-due" }, waiting))).toBeNull();
  });

  test("is due before, if it is to be tried again", () => {
    const failed = skippedOf({ kind: "dependency", policy: KEY }, facts);

    expect(delayOf(failed)).toBeLessThan(7_200_000);
  });

  test.each([
    { outcome: skippedOf({ kind: "observe" }, facts), because: "nothing would be written" },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { ...facts, verdict: HELD }),
      because: "it waits for an approval",
    },
  ])("is not due: $because", ({ outcome }) => {
    expect(delayOf(outcome)).toBeNull();
  });
});

const suspension = {
  id: "s",
  scope: { accountId: null, namespace: null, key: null },
  reason: "x",
  actor: "x",
  at: "",
  until: "",
};
const stalled = {
  digest: digestOf("x"),
  live: digestOf("x"),
  atMs: 0,
  reason: "RejectedByAws",
  message: "no",
} as const;

const SEEN = { kind: "seen", drifts: [], unread: [] } as const;
const SWITCH = digestOf("switch");
/** A plan whose only call is the switch of the function, which waits for its role. */
const HOUR_MS = 3_600_000;
const APPROVED = { digest: SWITCH, by: "dana", until: new Date(NOW_MS + HOUR_MS).toISOString() };
const WAITING = actionOf({ call: "lambda:UpdateFunctionConfiguration", due: { kind: "after-wait" } });
const SWITCHING = planOf([], {
  approvable: [
    {
      reason: "x",
      actions: [
        actionOf({ call: "lambda:UpdateFunctionConfiguration", due: { kind: "at", atMs: NOW_MS + 9_000 } }),
      ],
      digest: SWITCH,
    },
  ],
});

describe("when a key is compared again", () => {
  test.each<{
    readonly outcome: KeyOutcome;
    readonly delays: readonly (number | null)[];
    readonly because: string;
  }>([
    { outcome: skipped({ kind: "observe" }), delays: [null, null], because: "in observe sweeps are enough" },
    {
      outcome: skipped({ kind: "suspended", suspension }),
      delays: [null, null],
      because: "the suspension's end wakes it",
    },
    { outcome: skipped({ kind: "stalled", stalled }), delays: [null, null], because: "no retry helps" },
    { outcome: skipped({ kind: "cut-short" }), delays: [0, 0], because: "a key that was not started is due" },
    {
      outcome: skipped({ kind: "changed-meanwhile" }),
      delays: [0, 2_000],
      because: "it is planned again immediately, and later if it keeps changing",
    },
    {
      outcome: skipped({ kind: "open-intent", intent: 1 }),
      delays: [500, 2_000],
      because: "the result of a lost answer is looked up",
    },
    {
      outcome: skipped({ kind: "read-failed", error: awsError("throttled") }),
      delays: [500, 2_000],
      because: "a read is tried again",
    },
    {
      outcome: skipped({ kind: "dependency", policy: KEY }),
      delays: [500, 2_000],
      because: "it waits for a policy",
    },
    {
      outcome: { kind: "unknown", subject: subjectOf(), reason: "x" },
      delays: [500, 2_000],
      because: "a failed read is tried again",
    },
    {
      outcome: { kind: "unusable", subject: invalidSubject() },
      delays: [null, null],
      because: "only a change in Git fixes it",
    },
    { outcome: skippedOf({ kind: "nothing-due" }), delays: [null, null], because: "AWS matches Git" },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        { plan: planOf([actionOf()], { nextDueMs: NOW_MS + 7_000 }) },
      ),
      delays: [7_000, 7_000],
      because: "a wait ends then",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        { verdict: HELD, undo: planOf([actionOf()], { nextDueMs: NOW_MS + 7_000 }) },
      ),
      delays: [7_000, 7_000],
      because: "the undo plan's wait ends then",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { verdict: HELD }),
      delays: [null, null],
      because: "it is held",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { drifts: [driftOf({ certainty: "pending" })] }),
      delays: [1_000, 1_000],
      because: "a stale read ends soon",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { plan: SWITCHING, approved: [APPROVED] }),
      delays: [9_000, 9_000],
      because: "an approved switch waits until its role has propagated",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        {
          plan: planOf([], { approvable: [{ reason: "x", actions: [WAITING], digest: SWITCH }] }),
          approved: [APPROVED],
        },
      ),
      delays: [HOUR_MS, HOUR_MS],
      because: "the approval of a switch that waits for its role ends then, and it awaits another one",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { plan: SWITCHING }),
      delays: [null, null],
      because: "no one approved the switch; an approval makes the account due",
    },
    {
      outcome: writtenOf({ approved: [APPROVED] }, { readBack: { ...SEEN, plan: SWITCHING } }),
      delays: [9_000, 9_000],
      because: "the role of an approved switch was completed",
    },
    { outcome: writtenOf(), delays: [null, null], because: "written and read back" },
    {
      outcome: writtenOf(
        {},
        {
          readBack: {
            kind: "seen",
            drifts: [],
            unread: [],
            plan: planOf([actionOf()], { nextDueMs: NOW_MS + 60_000 }),
          },
        },
      ),
      delays: [60_000, 60_000],
      because: "the propagation wait ends then",
    },
    {
      outcome: writtenOf(
        {},
        {
          readBack: {
            kind: "seen",
            drifts: [driftOf({ certainty: "pending" })],
            unread: [],
            plan: planOf(),
          },
        },
      ),
      delays: [15_000, 15_000],
      because: "AWS may need a while to show it",
    },
    {
      outcome: writtenOf(
        {},
        { readBack: { kind: "seen", drifts: [], unread: [], plan: planOf([actionOf()]) } },
      ),
      delays: [1_000, 1_000],
      because: "something is still to be done",
    },
    {
      outcome: writtenOf({}, { readBack: { kind: "not-read", reason: "x" } }),
      delays: [500, 2_000],
      because: "the read-back is tried again",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { unread: ["its function"] }),
      delays: [500, 2_000],
      because: "a part was not read",
    },
    { outcome: failing("retry"), delays: [500, 2_000], because: "time may fix it" },
    { outcome: failing("throttled"), delays: [500, 2_000], because: "AWS throttles" },
    { outcome: failing("replan"), delays: [0, 2_000], because: "the live state was different" },
    { outcome: failing("terminal"), delays: [null, null], because: "only a different input helps" },
    { outcome: failing("circuit"), delays: [PROBE_MS, PROBE_MS], because: "access is probed" },
    {
      outcome: failing("retry", true),
      delays: [PROBE_MS, PROBE_MS],
      because: "an overdue failure is probed",
    },
  ])("$because", ({ outcome, delays }) => {
    expect([delayOf(outcome), delayOf(outcome, 2)]).toEqual(delays);
  });
});

describe("failures in a row", () => {
  test("are counted while they last and forgotten by a success", () => {
    expect(attemptsAfter(failing("throttled"), 3)).toBe(4);
    expect(attemptsAfter(writtenOf(), 3)).toBeUndefined();
  });

  test("stay as they were when the account could not be read", () => {
    const attempts = new Map([[KEY, 3]]);
    const result = { kind: "failed", pass: passOf(), error: awsError("throttled") } as const;

    expect(complete(settle(result, settleContext({ attempts })))).toMatchObject({ requeue: [], attempts });
  });
});
