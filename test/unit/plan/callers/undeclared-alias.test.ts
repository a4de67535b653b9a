import { describe, expect, test } from "@jest/globals";
import { readChangeMessage } from "../../../../src/iam/trail/change-message.ts";
import type { ChangeRecord } from "../../../../src/model/changes/change-event.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import { changeMessage } from "../../../support/aws/change-message.ts";
import { binding, NOW_MS } from "../../../support/pass/bindings.ts";
import { presentPolicy } from "../../../support/pass/live-state.ts";
import { driftsOfBinding } from "../../../support/pass/plans.ts";
import { PUBLIC, type Scene, planning, planWith } from "./scene.ts";

describe("undeclared callers on an alias that Git does not declare", () => {
  const report = binding();
  const policies = new Map([["live", presentPolicy(PUBLIC)]]);
  const scene = { desired: report, live: [], found: { policies } };
  const withRecord = (change: Partial<KeyRecord>, at: Scene["at"] = {}) => {
    const { record } = planning(scene);
    if (record === null) throw new Error("the scene has a record");
    return planWith({ ...scene, at: { ...at, record: { ...record, ...change } } });
  };
  const added = (atMs: number): ChangeRecord => {
    const message = readChangeMessage(changeMessage(), new Set(["111122223333"]));
    if (message.kind !== "change") throw new Error(`not a change: ${message.kind}`);
    const { region, functionName: name } = report;
    const object = { kind: "function", region, name, qualifier: "live" } as const;
    const aspect = { kind: "statement-added", sid: PUBLIC.Sid } as const;
    return { event: { ...message.event, object, aspect, atMs }, receivedMs: atMs };
  };
  const turn = { functionName: "orders-api", lastMs: NOW_MS, withPolicy: [] };

  test("are removed with their qualifier, if an earlier read was without them", () => {
    expect(withRecord({ undeclaredQualifiers: turn }).actions).toMatchObject([
      { input: { FunctionName: "orders-api", StatementId: "test1", Qualifier: "live" } },
    ]);
  });

  const [found = ""] = driftsOfBinding(report, planning(scene)).map(driftFingerprint);
  const first = { lastCleanMs: null, risks: [], ofFirstRead: true } as const;
  test("await approval before a revision is applied, also if an event shows later that they were added", () => {
    const open = { lastCleanMs: null, risks: [], ofFirstRead: true } as const;
    const sinceMs = { [found]: NOW_MS - 40 };
    const record = {
      applied: null,
      comparedSinceMs: NOW_MS - 100,
      driftSinceMs: sinceMs,
      openDrifts: { [found]: open },
    };

    const plan = withRecord(record, { changes: { records: [added(NOW_MS - 50)], problem: null } });

    expect([plan.actions.length, plan.approvable.length]).toEqual([0, 1]);
  });

  test.each([
    { change: {}, when: "by a read that is the first one" },
    {
      change: {
        undeclaredQualifiers: { ...turn, withPolicy: ["live"] },
        driftSinceMs: { [found]: NOW_MS - 5 },
        openDrifts: { [found]: first },
      },
      when: "by the first read, some time ago",
    },
  ])("await approval if they were found $when", ({ change }) => {
    const plan = withRecord(change);

    expect(plan.actions).toEqual([]);
    expect(plan.approvable).toMatchObject([
      {
        actions: [{ input: { StatementId: "test1", Qualifier: "live" } }],
        reason:
          'public statement "test1" on alias live is not in Git, and it was there when the policy of the alias was first read',
      },
    ]);
  });
});
