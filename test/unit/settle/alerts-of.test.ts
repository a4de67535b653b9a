import { describe, expect, test } from "@jest/globals";
import { settle } from "../../../src/settle/settle.ts";
import type { Pass } from "../../../src/judge/pass.ts";
import { NO_DELTA, type DeltaRow } from "../../../src/model/delta.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { driftFingerprint } from "../../../src/model/drift.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Condition } from "../../../src/model/status.ts";
import { contentionKey } from "../../../src/plan/inputs/contention.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
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
  TIME,
  writtenOf,
} from "../../support/pass/passes.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { KeyOutcome, PassResult } from "../../../src/settle/outcome/outcome.ts";

const ADMIN: DeltaRow = {
  effect: "Allow",
  principal: null,
  action: "*",
  resource: "*",
  condition: "",
  from: "arn",
  sid: null,
  origin: null,
  certainty: "proved",
  risk: "escalation",
  otherCondition: null,
  limit: null,
};

function alertsAfter(outcomes: readonly KeyOutcome[], pass: Partial<Pass> = {}): readonly AlertEvent[] {
  return complete(settle(doneOf(outcomes, passOf(undefined, pass)), settleContext())).settlement.alerts;
}

function condition(type: Condition["type"], reason: Condition["reason"], message = ""): Condition {
  return { type, status: "True", reason, message, lastTransitionTime: "" };
}

function recordWith(conditions: readonly Condition[], change: Partial<KeyRecord> = {}): KeyRecord {
  return knownRecord({ status: statusOf({ conditions }), ...change });
}

describe("the first comparison", () => {
  const first = subjectOf(emptyKeyRecord(KEY));

  test("sends one summary of all keys, and no alert for a single key", () => {
    const escalated = driftOf({ delta: { ...NO_DELTA, allowed: [ADMIN] } });
    const open = driftOf({
      change: { kind: "statement-extra", qualifier: null, sid: "x", ours: false, danger: "public" },
    });
    const plain = driftOf({ change: { kind: "description" } });

    const alerts = alertsAfter([
      skippedOf({ kind: "observe" }, { subject: first, drifts: [escalated, open, plain] }),
      skippedOf({ kind: "observe" }, { subject: first }),
    ]);

    expect(alerts).toMatchObject([
      {
        kind: "first-comparison",
        account: "prod",
        compared: 2,
        differ: 1,
        findings: [
          { key: KEY, risks: ["escalation"] },
          { key: KEY, risks: ["exposure"] },
        ],
      },
    ]);
  });

  test("sends no summary once a key was compared", () => {
    expect(alertsAfter([skippedOf({ kind: "nothing-due" })])).toEqual([]);
  });
});

describe("a change in AWS", () => {
  const drift = driftOf();

  test.each<{ readonly outcome: KeyOutcome; readonly next: object; readonly because: string }>([
    {
      outcome: skippedOf({ kind: "observe" }, { drifts: [drift] }),
      next: { kind: "observe-only" },
      because: "nothing is written in observe",
    },
    {
      outcome: writtenOf({ drifts: [drift] }),
      next: { kind: "reverting-now" },
      because: "it is being reverted",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        { drifts: [drift], plan: planOf([actionOf()], { nextDueMs: NOW_MS + 900_000 }) },
      ),
      next: { kind: "reverting-at", at: "2026-10-01T12:15:00.000Z" },
      because: "its grace period is shown",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { drifts: [drift] }),
      next: { kind: "reverting-now" },
      because: "the revert is not withheld",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { drifts: [drift], verdict: HELD }),
      next: { kind: "needs-approval", subject: digestOf("held") },
      because: "it is held",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        {
          drifts: [drift],
          plan: planOf([], {
            approvable: [{ reason: "a Deny", actions: [actionOf()], digest: digestOf("part") }],
          }),
        },
      ),
      next: { kind: "needs-approval", subject: digestOf("part") },
      because: "only a person may remove a restriction",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        {
          drifts: [drift],
          plan: planOf([], {
            withheld: [
              { kind: "not-in-this-version", subject: "x", reason: "no Sid", fix: "aws lambda get-policy" },
            ],
          }),
        },
      ),
      next: { kind: "left-alone", reason: "no Sid; aws lambda get-policy" },
      because: "a change that can't be reverted is reported with the command",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        {
          drifts: [drift],
          plan: planOf([], { withheld: [{ kind: "waiting", subject: "x", reason: "waits", fix: null }] }),
        },
      ),
      next: { kind: "left-alone", reason: "waits" },
      because: "a waiting revert names its reason",
    },
    {
      outcome: skippedOf(
        {
          kind: "suspended",
          suspension: {
            id: "s",
            scope: { accountId: null, namespace: null, key: null },
            reason: "x",
            actor: "x",
            at: "",
            until: "2026-10-02T00:00:00.000Z",
          },
        },
        { drifts: [drift] },
      ),
      next: { kind: "suspended", until: "2026-10-02T00:00:00.000Z" },
      because: "a suspension holds it",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        {
          drifts: [drift],
          plan: planOf([actionOf()], { nextDueMs: NOW_MS + 900_000 }),
          verdict: REFUSED,
        },
      ),
      next: { kind: "left-alone", reason: "the plan is refused: RES-001: too wide" },
      because: "a refused plan promises no time",
    },
    {
      outcome: skippedOf({ kind: "read-failed", error: awsError("throttled") }, { drifts: [drift] }),
      next: { kind: "left-alone", reason: expect.stringMatching(/^the read failed: /) },
      because: "a failed read promises no revert",
    },
    {
      outcome: writtenOf(
        { drifts: [drift] },
        {
          writes: [
            {
              kind: "failed",
              action: actionOf(),
              intent: 1,
              error: awsError("throttled"),
              isOverdue: false,
            },
          ],
        },
      ),
      next: { kind: "left-alone", reason: expect.stringMatching(/^the change was not applied: /) },
      because: "a failed write is not a revert",
    },
  ])("announces the next step: $because", ({ outcome, next }) => {
    expect(alertsAfter([outcome])).toContainEqual(expect.objectContaining({ kind: "drift-opened", next }));
  });

  test.each([
    {
      subject: "arn:aws:iam::111122223333:role/grantkeeper/x",
      region: "us-east-1",
      name: "x",
      partition: "aws",
    },
    {
      subject: "arn:aws-cn:iam::111122223333:role/grantkeeper/x",
      region: "cn-north-1",
      name: "x",
      partition: "aws-cn",
    },
    {
      subject: "arn:aws:lambda:eu-west-1:111122223333:function:f",
      region: "eu-west-1",
      name: "f",
      partition: "aws",
    },
  ])("shows where to look for the author: $subject", ({ subject, region, name, partition }) => {
    const { account } = passOf();
    const pass = { account: { ...account, partition: partition as typeof account.partition } };

    const [alert] = alertsAfter([skippedOf({ kind: "observe" }, { drifts: [driftOf({ subject })] })], pass);

    expect(alert).toMatchObject({
      lookUp: `aws cloudtrail lookup-events --region ${region} --lookup-attributes AttributeKey=ResourceName,AttributeValue=${name}`,
    });
  });

  test.each([
    { keys: 50, proposed: 50, because: "each alert proposes how Git can declare the change" },
    {
      keys: 51,
      proposed: 0,
      because: "so many alerts are sent as one digest, which no one reads to its end",
    },
  ])("in $keys functions has $proposed proposals: $because", ({ keys, proposed }) => {
    const added = driftOf({ delta: { ...NO_DELTA, allowed: [ADMIN] } });
    const outcomes = Array.from({ length: keys }, () => skippedOf({ kind: "observe" }, { drifts: [added] }));

    const alerts = alertsAfter(outcomes).filter(({ kind }) => kind === "drift-opened");

    expect(alerts).toHaveLength(keys);
    expect(alerts.filter((alert) => "keep" in alert && alert.keep !== null)).toHaveLength(proposed);
  });

  test("is reported once while it lasts, and its end with its start time", () => {
    const record = knownRecord({
      incidentSinceMs: NOW_MS - 60_000,
      driftSinceMs: { [driftFingerprint(drift)]: NOW_MS - 60_000 },
    });

    expect(
      alertsAfter([skippedOf({ kind: "observe" }, { drifts: [drift], subject: subjectOf(record) })]),
    ).toEqual([]);
    expect(alertsAfter([skippedOf({ kind: "observe" }, { subject: subjectOf(record) })])).toEqual([
      {
        kind: "drift-closed",
        key: KEY,
        account: "prod",
        how: "gone",
        since: "2026-10-01T11:59:00.000Z",
        lastCleanAt: null,
        at: TIME.nowIso,
      },
    ]);
  });

  test("and its end are reported together if one pass sees both", () => {
    const kinds = alertsAfter([writtenOf({ drifts: [drift] })]).map(({ kind }) => kind);

    expect(kinds).toEqual(["drift-opened", "drift-closed"]);
  });

  test("that recreated the role has its own alert", () => {
    const change = { kind: "role-recreated", knownRoleId: "AROA1", liveRoleId: "AROA2" } as const;

    expect(
      alertsAfter([skippedOf({ kind: "nothing-due" }, { drifts: [driftOf({ change })] })]),
    ).toContainEqual({
      kind: "role-recreated",
      key: KEY,
      account: "prod",
      role: drift.subject,
    });
  });
});

describe("a fight", () => {
  const drift = driftOf();
  const withheld = [
    { kind: "contended", subject: drift.subject, reason: "keeps coming back", fix: null },
  ] as const;
  const revertsMs = { [contentionKey(drift)]: [1, 2, 3, 4] };
  const outcome = (record: KeyRecord): KeyOutcome =>
    skippedOf(
      { kind: "nothing-due" },
      { drifts: [drift], plan: planOf([], { withheld }), subject: subjectOf(record) },
    );
  const contention = { driftSinceMs: { [driftFingerprint(drift)]: 1 }, revertsMs };

  test("is reported when the reverts stop, with the field and the count", () => {
    expect(alertsAfter([outcome(recordWith([condition("Drifted", "DriftDetected")], contention))])).toEqual([
      { kind: "contended", key: KEY, account: "prod", field: "trust", times: 4 },
    ]);
  });

  test("over wording is not reported", () => {
    const wording = driftOf({ tier: "metadata" });
    const record = recordWith([condition("Drifted", "DriftDetected")], contention);
    const plan = planOf([], { withheld });

    expect(
      alertsAfter([
        skippedOf({ kind: "nothing-due" }, { drifts: [wording], plan, subject: subjectOf(record) }),
      ]),
    ).toEqual([]);
  });

  test("is reported once", () => {
    expect(alertsAfter([outcome(recordWith([condition("Drifted", "Contended")], contention))])).toEqual([]);
  });
});

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

  test("is not reported again while it is known", () => {
    const records = new Map([[KEY, recordWith([condition("Ready", "AccessDenied", error.message)])]]);

    expect(alertsAfter([failed()], { records })).toEqual([]);
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
    failing: { sinceMs: number; reason: string } | null = null,
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
    { result: failed(denied, { sinceMs: 1, reason: denied.message }), alerts: [], because: "it is known" },
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
