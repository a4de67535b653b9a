import { describe, expect, test } from "@jest/globals";
import { settle } from "../../../src/settle/settle.ts";
import { failureCause } from "../../../src/model/aws/errors/aws-error.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import {
  actionOf,
  doneOf,
  driftOf,
  HELD,
  KEY,
  knownRecord,
  passOf,
  planOf,
  REFUSED,
  settleContext,
  skippedOf,
  statusOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import type { AccountRecord } from "../../../src/model/records/account-record.ts";
import type { KeyOutcome, PassResult } from "../../../src/settle/outcome/outcome.ts";
import { alertsAfter, condition, recordWith } from "./alerts.ts";

describe("missing access", () => {
  const denial = {
    action: "iam:PutRolePolicy",
    deniedBy: "identity policy",
    how: "implicit",
    fix: "add a line",
  } as const;
  const error = awsError("circuit", { denial });
  const failed = (record = knownRecord()): KeyOutcome =>
    writtenOf(
      { subject: subjectOf(record) },
      {
        writes: [{ kind: "failed", action: actionOf(), intent: 1, error, isOverdue: false }],
        readBack: { kind: "not-read", reason: "x" },
      },
    );

  test("is reported once for each action, with the line to add, even on a key's first pass", () => {
    const expected = expect.objectContaining({
      kind: "access-denied",
      incident: "account/111122223333/iam:PutRolePolicy",
      call: "iam:PutRolePolicy",
      message: error.message,
      fix: "add a line",
    });

    expect(alertsAfter([failed(), failed()])).toEqual([expected]);
    expect(alertsAfter([failed(emptyKeyRecord(KEY))])).toContainEqual(expected);
  });

  test.each([
    {
      ready: { ...condition("Ready", "AccessDenied", "any text"), missingAction: "iam:PutRolePolicy" },
      alerts: 0,
      because: "it is known",
    },
    {
      ready: { ...condition("Ready", "AccessDenied", error.message), missingAction: "iam:PassRole" },
      alerts: 1,
      because: "only another action is known to be missing, although the text names this one",
    },
    {
      ready: condition("Ready", "AccessDenied", "iam:PutRolePolicy role/x: AccessDenied: no"),
      alerts: 0,
      because: "the record of 0.1, which has only a text, names it",
    },
  ])("sends $alerts alerts if $because", ({ ready, alerts }) => {
    const records = new Map([[KEY, recordWith([ready])]]);

    expect(alertsAfter([failed()], { records })).toHaveLength(alerts);
  });

  test("is recorded with the condition, and is then known", () => {
    const { settlement } = complete(settle(doneOf([failed()]), settleContext()));
    const [record] = settlement.change.keys ?? [];
    if (record === undefined) throw new Error("no record");

    expect(record.status?.conditions).toContainEqual(
      expect.objectContaining({ reason: "AccessDenied", missingAction: "iam:PutRolePolicy" }),
    );
    expect(alertsAfter([failed(record)], { records: new Map([[KEY, record]]) })).toEqual([]);
  });

  test("suggests doctor if AWS reports no details", () => {
    const bare: KeyOutcome = {
      ...writtenOf(),
      writes: [
        { kind: "failed", action: actionOf(), intent: 1, error: awsError("circuit"), isOverdue: false },
      ],
    };

    expect(alertsAfter([bare])).toContainEqual(
      expect.objectContaining({ call: "iam:PutRolePolicy", fix: "grantkeeper doctor" }),
    );
  });
});

describe("holds and refusals", () => {
  const held = (record = knownRecord()): KeyOutcome =>
    skippedOf(
      { kind: "nothing-due" },
      { verdict: HELD, plan: planOf([actionOf()]), subject: subjectOf(record) },
    );
  const after = (outcome: KeyOutcome): KeyRecord => {
    const [record] = complete(settle(doneOf([outcome]), settleContext())).settlement.change.keys ?? [];
    if (record === undefined) throw new Error("nothing was recorded");
    return record;
  };

  test("are reported when they begin, and not again while they last", () => {
    expect(alertsAfter([held()])).toEqual([
      {
        kind: "held",
        incident: `hold/111122223333/${digestOf("held")}`,
        account: "prod",
        subject: digestOf("held"),
        reason: "changes 11 bindings, limit 10",
        keys: [KEY],
      },
    ]);
    expect(alertsAfter([held(after(held()))])).toEqual([]);
  });

  test("are not reported again if only the reason of the same pending approval changes", () => {
    const { history } = passOf();
    const record = { ...history.record, heldSinceMs: { [digestOf("held")]: 5 } };

    expect(alertsAfter([held()], { history: { ...history, record } })).toEqual([]);
  });

  test("are reported again for another plan", () => {
    const other = skippedOf(
      { kind: "nothing-due" },
      {
        verdict: HELD,
        plan: planOf([actionOf({ after: "other" })]),
        subject: subjectOf(after(held())),
      },
    );

    expect(alertsAfter([other]).map(({ kind }) => kind)).toEqual(["held"]);
  });

  test.each<{
    outcome: KeyOutcome;
    scope?: Pass["scope"];
    approved?: boolean;
    ends: readonly string[];
    because: string;
  }>([
    {
      outcome: skippedOf({ kind: "nothing-due" }),
      ends: ["changed"],
      because: "nothing is pending any more",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }),
      approved: true,
      ends: ["approved"],
      because: "an operator approved it",
    },
    { outcome: held(), ends: [], because: "it is still pending" },
    {
      outcome: { kind: "unknown", subject: subjectOf(), reason: "not read" },
      ends: [],
      because: "what was not read may still need it",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }),
      scope: { kind: "keys", keys: [KEY] },
      ends: [],
      because: "a pass over some keys does not know all pending plans",
    },
  ])("end as $ends: $because", ({ outcome, scope = { kind: "all" }, approved = false, ends }) => {
    const { history } = passOf();
    const subject = digestOf("held");
    const record = { ...history.record, heldSinceMs: { [subject]: 5 } };
    const approvals = approved
      ? [{ subject, actor: "dana", reason: "x", at: "", expiresAt: "", actions: {} }]
      : [];

    const alerts = alertsAfter([outcome], { scope, history: { ...history, record, approvals } });

    expect(alerts.flatMap((alert) => (alert.kind === "hold-ended" ? [alert.how] : []))).toEqual(ends);
  });

  test("are not reported again because an undo ran during them", () => {
    const undone = writtenOf({
      verdict: HELD,
      undo: planOf([actionOf()]),
      subject: subjectOf(after(held())),
    });
    const later = held(after(undone));

    expect([...alertsAfter([undone]), ...alertsAfter([later])]).toEqual([]);
  });

  test("name the rule that refuses", () => {
    expect(alertsAfter([skippedOf({ kind: "nothing-due" }, { verdict: REFUSED })])).toEqual([
      {
        kind: "refused",
        key: KEY,
        account: "prod",
        reason: "RES-001: too wide",
        applied: knownRecord().applied?.revision ?? null,
      },
    ]);
  });
});

describe("an account that can't be read", () => {
  const failed = (
    error: ReturnType<typeof awsError>,
    failing: AccountRecord["failing"] = null,
  ): PassResult => {
    const pass = passOf();
    return {
      kind: "failed",
      pass: { ...pass, history: { ...pass.history, record: { ...pass.history.record, failing } } },
      error,
    };
  };
  const denied = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });

  test.each([
    { result: failed(denied), alerts: ["access-denied"], because: "missing access was found" },
    { result: failed(awsError("throttled")), alerts: [], because: "throttling ends by itself" },
    {
      result: failed(denied, { sinceMs: 1, reason: "any text", call: "iam:ListRoles", code: "AccessDenied" }),
      alerts: [],
      because: "it is known",
    },
    {
      result: failed(denied, { sinceMs: 1, reason: denied.message }),
      alerts: [],
      because: "the record of 0.1, which has only a text, shows that it is known",
    },
    {
      result: failed(denied, {
        sinceMs: 1,
        reason: denied.message,
        call: "iam:ListRoles",
        code: "Throttling",
      }),
      alerts: ["access-denied"],
      because: "the same call failed for another reason",
    },
    {
      result: failed(denied, { sinceMs: 1, reason: awsError("throttled").message }),
      alerts: ["access-denied"],
      because: "the known failure was another one",
    },
  ])("sends $alerts, because $because", ({ result, alerts }) => {
    const { settlement } = complete(settle(result, settleContext()));

    expect(settlement.alerts.map(({ kind }) => kind)).toEqual(alerts);
  });

  test("keeps its start time and names the newest reason", () => {
    const { settlement } = complete(
      settle(failed(denied, { sinceMs: 1, reason: "throttled" }), settleContext()),
    );

    expect(settlement.change.accounts?.[0]?.failing).toEqual({
      sinceMs: 1,
      reason: denied.message,
      fix: null,
      call: "iam:ListRoles",
      code: "AccessDenied",
      cause: failureCause(denied),
    });
  });
});

test("an alert names the key if its function is not known", () => {
  const policyKey = "policy/111122223333/orders/audit" as Key;
  const record = { ...emptyKeyRecord(policyKey), status: statusOf({ key: policyKey }) };
  const subject = { kind: "removed", key: policyKey, record } as const;

  const [alert] = alertsAfter([
    skippedOf({ kind: "nothing-due" }, { subject, drifts: [driftOf({ key: policyKey })] }),
  ]);

  expect(alert).toMatchObject({ kind: "drift-opened", functionName: policyKey });
});
