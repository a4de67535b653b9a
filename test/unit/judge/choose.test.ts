import { describe, expect, test } from "@jest/globals";
import { choose, dueActions } from "../../../src/judge/choose.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import type { WriteIntended } from "../../../src/controller/ports/audit-log.ts";
import type { Action } from "../../../src/model/plan.ts";
import { liveDigest } from "../../../src/judge/live-digest.ts";
import type { StalledPlan } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { binding, NOW_MS } from "../../support/pass/bindings.ts";
import { convergedAccount, emptyAccount } from "../../support/pass/live-state.ts";
import {
  actionOf,
  HELD,
  invalidSubject,
  judgedOf,
  KEY,
  knownRecord,
  passOf,
  planOf,
  REFUSED,
  removedSubject,
  subjectOf,
} from "../../support/pass/passes.ts";
import type { KeyJudgement } from "../../../src/judge/judgement.ts";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";

const ACTION = actionOf();
const OTHER = actionOf({ call: "iam:TagRole", step: 12 });
const PLAN = planOf([ACTION]);
const suspension = {
  id: "s",
  scope: { accountId: null, namespace: null, key: KEY },
  reason: "x",
  actor: "dana",
  at: "",
  until: "2026-10-02T00:00:00.000Z",
};
const LIVE = convergedAccount(binding());
const LIVE_ELSE = emptyAccount();
const stalled = {
  digest: PLAN.digest,
  live: liveDigest(subjectOf(), LIVE),
  atMs: NOW_MS - 1,
  reason: "RejectedByAws",
  message: "no",
} as const;

const OF_VERSION_0_1_0 = {
  digest: PLAN.digest,
  reason: "RejectedByAws",
  message: "no",
} as unknown as StalledPlan;

function chosen(
  judged: Partial<KeyJudgement>,
  pass: Partial<Pass> = {},
  open: readonly number[] = [],
  live: LiveAccount = LIVE,
) {
  const intents = new Map(open.map((seq) => [KEY, { seq } as WriteIntended]));
  const context = { ...passOf(undefined, pass), live, writes: recentWrites([]), nowMs: NOW_MS };
  const choice = choose(judgedOf(judged), intents, context);
  return choice.kind === "run" ? choice.actions : choice.why.kind;
}

describe("the actions that are written for a key now", () => {
  const observing = { ...subjectOf(), desired: binding({}, { mode: "observe" }) } as KeyJudgement["subject"];
  const { account } = passOf();

  test.each<{
    readonly judged: Partial<KeyJudgement>;
    readonly pass?: Partial<Pass>;
    readonly open?: readonly number[];
    readonly live?: LiveAccount;
    readonly is: string | readonly Action[];
    readonly because: string;
  }>([
    { judged: { plan: PLAN }, is: [ACTION], because: "the plan is allowed and due" },
    { judged: {}, is: "nothing-due", because: "nothing is planned" },
    { judged: { plan: PLAN }, pass: { mode: "observe" }, is: "observe", because: "the process observes" },
    {
      judged: { plan: PLAN },
      pass: { account: { ...account, mode: "observe" } },
      is: "observe",
      because: "the account observes",
    },
    { judged: { plan: PLAN, subject: observing }, is: "observe", because: "the manifest observes" },
    {
      judged: { plan: PLAN },
      pass: { suspensions: [suspension] },
      is: "suspended",
      because: "it is suspended",
    },
    {
      judged: { plan: PLAN },
      open: [7],
      is: "open-intent",
      because: "the result of an earlier call is not known yet",
    },
    {
      judged: { plan: PLAN, verdict: HELD },
      is: "nothing-due",
      because: "it is held, and there is nothing to undo",
    },
    {
      judged: { plan: PLAN, verdict: HELD, undo: planOf([OTHER]) },
      is: [OTHER],
      because: "a held plan leaves the undo plan",
    },
    {
      judged: { plan: PLAN, verdict: REFUSED, undo: planOf([OTHER]), released: [ACTION] },
      is: [OTHER],
      because: "a refused plan releases nothing",
    },
    { judged: { released: [OTHER] }, is: [OTHER], because: "an approved part runs" },
    {
      judged: { plan: planOf([OTHER]), released: [ACTION] },
      is: [ACTION, OTHER],
      because: "an approved part keeps its place in the order",
    },
    {
      judged: { plan: PLAN, subject: subjectOf(knownRecord({ stalled })) },
      is: "stalled",
      because: "AWS refused the same plan before",
    },
    {
      judged: { plan: PLAN, subject: subjectOf(knownRecord({ stalled })) },
      live: LIVE_ELSE,
      is: [ACTION],
      because: "live has changed since AWS refused it",
    },
    {
      judged: {
        plan: PLAN,
        subject: subjectOf(knownRecord({ stalled: { ...stalled, atMs: NOW_MS - 3_600_000 } })),
      },
      is: [ACTION],
      because: "an hour has passed since AWS refused it",
    },
    {
      judged: { plan: PLAN, subject: subjectOf(knownRecord({ stalled: OF_VERSION_0_1_0 })) },
      is: [ACTION],
      because: "an older version recorded neither live nor the time",
    },
    {
      judged: { plan: planOf([OTHER]), subject: subjectOf(knownRecord({ stalled })) },
      is: [OTHER],
      because: "a different plan is tried",
    },
    {
      judged: { plan: PLAN, released: [OTHER], subject: subjectOf(knownRecord({ stalled })) },
      is: [ACTION, OTHER],
      because: "an approval is a new input",
    },
    {
      judged: { plan: PLAN, subject: subjectOf(knownRecord({ stalled })) },
      pass: { requestedKeys: new Set([KEY]) },
      is: [ACTION],
      because: "an operator asks to try it again: a quota may have been raised",
    },
    {
      judged: { plan: PLAN, subject: invalidSubject() },
      is: [ACTION],
      because: "an invalid manifest is undone to the last good state",
    },
    {
      judged: { plan: planOf([ACTION], { purpose: "delete" }), subject: removedSubject() },
      is: [ACTION],
      because: "a complete read confirms the delete",
    },
    {
      judged: { plan: planOf([ACTION], { purpose: "delete" }), subject: removedSubject() },
      pass: { scope: { kind: "keys", keys: [KEY] } },
      is: "nothing-due",
      because: "older listings never prove that it is unused",
    },
  ])("$because", ({ judged, pass, open, live, is }) => {
    expect(chosen(judged, pass, open, live)).toEqual(is);
  });
});

describe("the actions that may run now", () => {
  const now = actionOf();
  const later = actionOf({ due: { kind: "after-wait" }, step: 10 });
  const inGrace = actionOf({ due: { kind: "at", atMs: NOW_MS + 1 }, cause: "out-of-band" });
  const settling = actionOf({ due: { kind: "at", atMs: NOW_MS + 1 } });
  const due = actionOf({ due: { kind: "at", atMs: NOW_MS } });

  test.each<{
    readonly actions: readonly Action[];
    readonly run: readonly Action[];
    readonly because: string;
  }>([
    { actions: [now, due], run: [now, due], because: "a time that has passed is now" },
    { actions: [now, later, now], run: [now], because: "no action overtakes a wait" },
    { actions: [settling, now], run: [], because: "no action overtakes a propagation wait" },
    {
      actions: [inGrace, now],
      run: [now],
      because: "a revert in its grace period delays no other action",
    },
  ])("$because", ({ actions, run }) => {
    expect(dueActions(actions, NOW_MS)).toEqual(run);
  });
});
