import { describe, expect, test } from "@jest/globals";
import { formerRulesOf } from "../../../src/judge/approvals/former-rules.ts";
import { confirmedKeys, confirmedOfKey, hasFirstPass } from "../../../src/judge/approvals/confirmed-keys.ts";
import type { GuardContext } from "../../../src/guard/context/context.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import type { AccountRecord, EarlierConfirmation } from "../../../src/model/records/account-record.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { HoldCode } from "../../../src/model/verdict.ts";
import { confirmationAfter } from "../../../src/settle/account/confirmation.ts";
import { type KeyOutcome, outcomeView } from "../../../src/settle/outcome/outcome.ts";
import { doneOf, KEY, passOf, skippedOf, subjectOf, writtenOf } from "../../support/pass/passes.ts";

const OTHER = `${KEY}-1` as typeof KEY;
const NEW = "new";
const OLD = { catalogueDigest: "old", started: true };
const FORMER = { defaults: { "ACT-002": "block" }, profiles: [] } as const;
const WAITS = skippedOf(
  { kind: "nothing-due" },
  { verdict: { kind: "hold", code: "change-window", reason: "x", subject: digestOf("w") } },
);
const CALM = skippedOf({ kind: "nothing-due" });

function holdOf(code: HoldCode, keys = [KEY]): Hold {
  return { subject: digestOf("held"), code, reason: "x", account: "prod", keys, actions: 1, sinceMs: 5 };
}

function after(
  outcome: KeyOutcome,
  before: Partial<AccountRecord>,
  holds: readonly Hold[] = [],
  change: Partial<Pass> = {},
) {
  const pass = passOf(undefined, { catalogueDigest: NEW, ...change });
  const record = { ...pass.history.record, ...before };
  const result = doneOf([outcome], { ...pass, history: { ...pass.history, record } });
  const views = result.outcomes.map((one) => outcomeView(one, []));
  return confirmationAfter({ ...result, views }, holds);
}

const groupOf = (facts: Partial<EarlierConfirmation> = {}): EarlierConfirmation => ({
  keys: [KEY],
  started: true,
  catalogueDigest: "old",
  ...facts,
});

describe("a function that waits for its change window", () => {
  const waiting = [holdOf("change-window")];

  test.each([
    { before: { started: false }, group: { started: false }, because: "the first pass" },
    { before: OLD, group: { catalogueDigest: "old" }, because: "another catalogue" },
    {
      before: { confirmedRules: FORMER },
      group: { confirmedRules: FORMER },
      because: "other rules",
    },
  ])("does not keep the others from being confirmed, and is not confirmed itself: $because", (row) => {
    const { unconfirmed, ...confirmed } = after(WAITS, row.before, waiting);

    expect(confirmed).toMatchObject({ started: true, catalogueDigest: NEW });
    expect(unconfirmed).toMatchObject([{ keys: [KEY], ...row.group }]);
  });

  test("has nothing to confirm if the account has confirmed nothing new", () => {
    const { unconfirmed: _, ...confirmed } = after(CALM, {});

    expect(after(WAITS, confirmed, waiting)).not.toHaveProperty("unconfirmed");
  });

  test("keeps what it was confirmed by when the account confirms once more", () => {
    const both = [holdOf("change-window", [KEY, OTHER])];

    const { unconfirmed } = after(WAITS, { catalogueDigest: "mid", unconfirmed: [groupOf()] }, both);

    expect(unconfirmed?.map(({ keys, catalogueDigest }) => [keys, catalogueDigest])).toEqual([
      [[KEY], "old"],
      [[OTHER], "mid"],
    ]);
  });

  test("whose approval has ended holds back no other one", () => {
    const holds = [holdOf("catalogue-changed")];

    expect(after(WAITS, { ...OLD, unconfirmed: [groupOf()] }, holds).catalogueDigest).toBe(NEW);
    expect(after(WAITS, OLD, holds).catalogueDigest).toBe("old");
  });

  test.each<{ outcome: KeyOutcome; change?: Partial<Pass>; keys: readonly string[]; because: string }>([
    { outcome: WAITS, keys: [KEY], because: "it waits still" },
    { outcome: CALM, keys: [], because: "there is nothing to write" },
    { outcome: writtenOf(), keys: [], because: "it was written" },
    { outcome: skippedOf({ kind: "cut-short" }), keys: [KEY], because: "it is not written yet" },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { unread: ["x"] }),
      keys: [KEY],
      because: "it was not read",
    },
    {
      outcome: { kind: "unknown", subject: subjectOf(), reason: "x" },
      keys: [KEY],
      because: "it is unknown",
    },
  ])("is unconfirmed afterwards, or not: $because", ({ outcome, keys }) => {
    const { unconfirmed = [] } = after(outcome, { unconfirmed: [groupOf()] });

    expect(unconfirmed.flatMap((group) => group.keys)).toEqual(keys);
  });

  test("is forgotten when it is gone, as a complete pass shows", () => {
    const before = { unconfirmed: [groupOf({ keys: [OTHER] })] };

    expect(after(CALM, before)).not.toHaveProperty("unconfirmed");
    expect(after(CALM, before, [], { scope: { kind: "keys", keys: [KEY] } })).toHaveProperty("unconfirmed");
  });

  test("begins again with a restored record", () => {
    const before = { started: false, unconfirmed: [groupOf()] };

    expect(after(WAITS, before, waiting).unconfirmed).toMatchObject([{ started: false }]);
    expect(confirmedOfKey(KEY, confirmedKeys({ ...OLD, ...before }, NEW)).started).toBe(false);
  });
});

describe("what is confirmed of a function", () => {
  const record = { started: true, catalogueDigest: NEW, unconfirmed: [groupOf({ started: false })] };

  test("is that of its account, unless it waited for a window then", () => {
    const account = confirmedKeys(record, NEW);

    expect(confirmedOfKey(KEY, account)).toEqual({ started: false, catalogueChanged: true });
    expect(confirmedOfKey(OTHER, account)).toMatchObject({ started: true, catalogueChanged: false });
    expect([hasFirstPass(account), hasFirstPass(confirmedKeys(null, NEW))]).toEqual([true, false]);
  });

  test("has the rules of before only where it waited", () => {
    const pass = passOf();
    const rules = { desired: pass.desired } as GuardContext;
    const groups = [groupOf({ confirmedRules: FORMER }), groupOf({ keys: [OTHER], confirmedRules: null })];
    const account = { ...pass.history.record, confirmedRules: null, unconfirmed: groups };

    const formerOf = formerRulesOf(rules, { record: account });

    expect(formerOf(KEY)?.defaults).toEqual(FORMER.defaults);
    expect([formerOf(OTHER), formerOf(`${KEY}-2` as typeof KEY), formerRulesOf(rules, null)(KEY)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
