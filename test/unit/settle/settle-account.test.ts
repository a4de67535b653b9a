import { describe, expect, test } from "@jest/globals";
import type { Pass } from "../../../src/judge/subject.ts";
import { settleAccount } from "../../../src/settle/account/settle-account.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import type { HoldCode } from "../../../src/model/verdict.ts";
import { NOW_MS, REGION } from "../../support/pass/bindings.ts";
import { convergedAccount } from "../../support/pass/live-state.ts";
import {
  actionOf,
  BINDING,
  doneOf,
  HELD,
  KEY,
  passOf,
  planOf,
  REFUSED,
  removedSubject,
  skippedOf,
  subjectOf,
  TIME,
  writtenOf,
} from "../../support/pass/passes.ts";
import { type KeyOutcome, type PassResult, outcomeView } from "../../../src/settle/outcome/outcome.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { AccountRecord } from "../../../src/model/records/account-record.ts";

type DonePass = Extract<PassResult, { readonly kind: "done" }>;

const SUBJECT = digestOf("held");
const HOLD: Hold = {
  subject: SUBJECT,
  code: "needs-approval",
  reason: "x",
  account: "prod",
  keys: [KEY],
  actions: 1,
  sinceMs: 5,
};
function holdOf(code: HoldCode): Hold {
  return { ...HOLD, code };
}

const DAY_MS = 86_400_000;
const NEVER_APPLIED = subjectOf(emptyKeyRecord(KEY));
const WITHHELD = planOf([], { withheld: [{ kind: "dependency", subject: "x", reason: "x", fix: null }] });
const REFUSED_KEY = skippedOf({ kind: "nothing-due" }, { subject: NEVER_APPLIED, verdict: REFUSED });
const CLAIMED = skippedOf(
  { kind: "nothing-due" },
  { subject: subjectOf({ ...emptyKeyRecord(KEY), claimedFunction: "orders-api" }), plan: WITHHELD },
);

function heldBy(code: HoldCode): KeyOutcome {
  return skippedOf(
    { kind: "nothing-due" },
    { verdict: { kind: "hold", code, reason: "x", subject: SUBJECT } },
  );
}

function after(
  outcomes: readonly KeyOutcome[],
  change: {
    readonly pass?: Partial<Pass>;
    readonly done?: Partial<DonePass>;
    readonly holds?: readonly Hold[];
  } = {},
  before: Partial<AccountRecord> = {},
) {
  const pass = passOf(undefined, change.pass);
  const result = doneOf(
    outcomes,
    { ...pass, history: { ...pass.history, record: { ...pass.history.record, ...before } } },
    change.done,
  );
  const views = result.outcomes.map((outcome) => outcomeView(outcome, []));
  return settleAccount({ ...result, views, waves: {} }, change.holds ?? [], TIME);
}

function liveWith(region: "off" | "failed"): LiveAccount {
  const live = convergedAccount(BINDING);
  return { ...live, regions: new Map([[REGION, { kind: region, reason: "x" }]]) };
}

const UNKNOWN: KeyOutcome = { kind: "unknown", subject: subjectOf(), reason: "x" };
const CALM = skippedOf({ kind: "nothing-due" });

describe("the age of a pending plan", () => {
  test.each<{ outcomes: readonly KeyOutcome[]; holds: readonly Hold[]; kept: object; because: string }>([
    { outcomes: [CALM], holds: [HOLD], kept: { [SUBJECT]: 5 }, because: "it is still pending" },
    { outcomes: [CALM], holds: [], kept: {}, because: "it is no longer pending" },
    { outcomes: [UNKNOWN], holds: [], kept: { [SUBJECT]: 5 }, because: "its plan could not be computed" },
  ])("is $kept in the record: $because", ({ outcomes, holds, kept }) => {
    const { record } = after(outcomes, { holds }, { heldSinceMs: { [SUBJECT]: 5 } });

    expect(record.heldSinceMs).toEqual(kept);
  });
});

describe("the first enforcing pass of an account is done", () => {
  test.each<{
    readonly outcomes: readonly KeyOutcome[];
    readonly change?: Parameters<typeof after>[1];
    readonly started: boolean;
    readonly because: string;
  }>([
    { outcomes: [CALM], started: true, because: "a complete pass held nothing" },
    { outcomes: [], started: false, because: "nothing was compared" },
    { outcomes: [CALM], change: { pass: { mode: "observe" } }, started: false, because: "it was in observe" },
    {
      outcomes: [CALM],
      change: { pass: { scope: { kind: "keys", keys: [KEY] } } },
      started: false,
      because: "only some keys were compared",
    },
    {
      outcomes: [heldBy("first-enforcing-pass")],
      change: { holds: [holdOf("first-enforcing-pass")] },
      started: false,
      because: "it is held",
    },
    {
      outcomes: [heldBy("lost-database")],
      change: { holds: [holdOf("lost-database")] },
      started: false,
      because: "the record was lost",
    },
    {
      outcomes: [heldBy("limit-deletes")],
      change: { holds: [holdOf("limit-deletes")] },
      started: true,
      because: "a limit holds the changes of one revision, not the account",
    },
    {
      outcomes: [CALM, UNKNOWN],
      change: { done: { live: liveWith("failed") } },
      started: false,
      because: "an unread key was not held, and not reviewed",
    },
    {
      outcomes: [skippedOf({ kind: "nothing-due" }, { unread: ["its function"] })],
      started: false,
      because: "a part of a key was not read",
    },
    {
      outcomes: [CALM, UNKNOWN],
      change: { done: { live: liveWith("off") } },
      started: true,
      because: "a region that is off stays off",
    },
    {
      outcomes: [REFUSED_KEY],
      started: false,
      because: "a rule refuses the only key, such as for a boundary that does not exist yet",
    },
    {
      outcomes: [skippedOf({ kind: "nothing-due" }, { subject: NEVER_APPLIED, plan: WITHHELD })],
      started: false,
      because: "a change of the only key is withheld",
    },
    {
      outcomes: [REFUSED_KEY, CLAIMED],
      started: true,
      because: "another key was written, so that a refused one does not keep reverts waiting",
    },
  ])("started: $started, because $because", ({ outcomes, change, started }) => {
    expect(after(outcomes, change, { started: false }).record.started).toBe(started);
  });

  test("stays done when another plan of it is held later", () => {
    expect(
      after([heldBy("first-enforcing-pass")], { holds: [holdOf("first-enforcing-pass")] }).record.started,
    ).toBe(true);
  });
});

describe("the last catalogue that held nothing", () => {
  test.each([
    { before: null, held: true, digest: "new", because: "there was none before" },
    { before: "old", held: true, digest: "old", because: "the new one holds something" },
    { before: "old", held: false, digest: "new", because: "the new one holds nothing" },
  ])("is $digest: $because", ({ before, held, digest }) => {
    const outcome = held ? heldBy("catalogue-changed") : CALM;
    const change = { pass: { catalogueDigest: "new" }, holds: held ? [holdOf("catalogue-changed")] : [] };

    expect(after([outcome], change, { catalogueDigest: before }).record.catalogueDigest).toBe(digest);
  });
});

describe("deletes", () => {
  const deleted = writtenOf({
    subject: removedSubject(),
    plan: planOf([actionOf({ call: "iam:DeleteRole", step: 13 })], { purpose: "delete" }),
  });
  const { revision } = passOf();
  const other = passOf().desired.revision;

  test("are counted by the revision that made them", () => {
    expect(after([deleted]).record.deleted).toEqual({ revision, keys: [KEY] });
    expect(after([CALM]).record.deleted).toBeNull();
  });

  test("of an earlier pass of the same revision count too, those of another do not", () => {
    const earlier = { revision, keys: [`${KEY}-1` as typeof KEY] };
    const older = { revision: `${other}0` as typeof other, keys: [`${KEY}-1` as typeof KEY] };

    expect(after([deleted], {}, { deleted: earlier }).record.deleted?.keys).toEqual([KEY, `${KEY}-1`]);
    expect(after([deleted], {}, { deleted: older }).record.deleted?.keys).toEqual([KEY]);
    expect(after([CALM], {}, { deleted: earlier }).record.deleted).toEqual(earlier);
  });
});

describe("coverage", () => {
  test("counts the observed functions and the declared ones", () => {
    expect(after([CALM]).record).toMatchObject({ functionsSeen: 1, functionsInGit: 1 });
    expect(after([CALM], { pass: { desired: passOf([]).desired } }).record).toMatchObject({
      functionsSeen: 1,
      functionsInGit: 0,
    });
  });

  test("stays unchanged if the account was not read completely", () => {
    const live = { ...convergedAccount(BINDING), complete: false };

    expect(
      after([CALM], { done: { live, swept: false } }, { functionsSeen: 7, functionsInGit: 3 }).record,
    ).toMatchObject({
      functionsSeen: 7,
      functionsInGit: 3,
    });
  });
});

describe("sweeps", () => {
  test("the last two are kept, and the failure ends", () => {
    const before = { lastSweepMs: 5, failing: { sinceMs: 1, reason: "x" } };

    expect(after([CALM], {}, before).record).toMatchObject({
      lastSweepMs: NOW_MS,
      previousSweepMs: 5,
      failing: null,
    });
    expect(after([CALM], { done: { swept: false } }, before).record).toMatchObject({ lastSweepMs: 5 });
  });

  test("of a day are counted, with the longest gap between two", () => {
    const control = { day: "2026-10-01", completeReads: 2, longestGapMs: 9 };

    const settled = after([CALM], {}, { control, lastSweepMs: NOW_MS - 60_000 });

    expect(settled.record.control).toEqual({ day: "2026-10-01", completeReads: 3, longestGapMs: 60_000 });
    expect(settled.facts).toEqual([]);
  });

  test("of a past day are in one entry of the record", () => {
    const control = { day: "2026-09-30", completeReads: 280, longestGapMs: 400_000 };
    const before = { control, lastSweepMs: NOW_MS - DAY_MS, functionsSeen: 12, functionsInGit: 10 };

    const settled = after([CALM], {}, before);

    expect(settled.facts).toEqual([
      {
        kind: "control-ran",
        accountId: "111122223333",
        account: "prod",
        day: "2026-09-30",
        completeReads: 280,
        longestGapMs: 400_000,
        functionsSeen: 12,
        functionsInGit: 10,
      },
    ]);
    expect(settled.record.control).toEqual({ day: "2026-10-01", completeReads: 1, longestGapMs: DAY_MS });
  });

  test("are counted from the first one", () => {
    expect(after([CALM]).record.control).toEqual({ day: "2026-10-01", completeReads: 1, longestGapMs: 0 });
  });
});

test("a plan that a limit holds does not restart the first pass", () => {
  expect(
    after([skippedOf({ kind: "nothing-due" }, { verdict: HELD })], { holds: [HOLD] }).record.started,
  ).toBe(true);
});

test("a sweep records the revisions that it compared with, and a pass over some keys keeps them", () => {
  const before = { sweptRevisions: { revision: digestOf("before") as unknown as Revision } };
  const swept = after([skippedOf({ kind: "nothing-due" })], { done: { swept: true } }, before);
  const some = after([skippedOf({ kind: "nothing-due" })], { done: { swept: false } }, before);

  expect(swept.record.sweptRevisions).toEqual({ revision: passOf().revision });
  expect(some.record.sweptRevisions).toEqual(before.sweptRevisions);
});
