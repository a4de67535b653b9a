import { describe, expect, test } from "@jest/globals";
import { NO_DELTA, type DeltaRow } from "../../../src/model/delta.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { driftFingerprint } from "../../../src/model/drift.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import {
  actionOf,
  driftOf,
  HELD,
  KEY,
  knownRecord,
  passOf,
  planOf,
  REFUSED,
  skippedOf,
  subjectOf,
  TIME,
  writtenOf,
} from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { alertsAfter } from "./alerts.ts";
import { deltaRow } from "../../support/policies/delta-rows.ts";

const ADMIN: DeltaRow = deltaRow({ action: "*", resource: "*", from: "arn", risk: "escalation" });

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

  test.each([
    { tier: "security", severity: "security" },
    { tier: "no-effect", severity: "other" },
  ] as const)("of the tier $tier is an alert of the severity $severity", ({ tier, severity }) => {
    const alerts = alertsAfter([skippedOf({ kind: "observe" }, { drifts: [driftOf({ tier })] })]);

    expect(alerts).toMatchObject([{ kind: "drift-opened", severity }]);
  });

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
