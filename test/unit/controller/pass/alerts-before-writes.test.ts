import { beforeEach, describe, expect, test } from "@jest/globals";
import { awsError, Death } from "../../../support/fakes/fake-aws.ts";
import { withRole } from "../../../support/pass/apply.ts";
import { allow, appliedRecord, binding, documentOf, NOW_MS } from "../../../support/pass/bindings.ts";
import { convergedAccount, liveRoleOf } from "../../../support/pass/live-state.ts";
import { KEY, statusOf } from "../../../support/pass/passes.ts";
import { ReconcileWorld } from "./reconcile-world.ts";

const ESCALATED = withRole(
  convergedAccount(binding()),
  liveRoleOf(binding(), { inline: [{ name: "grantkeeper", text: documentOf(allow("*")) }] }),
);

let passes: ReconcileWorld;

beforeEach(() => {
  passes = new ReconcileWorld();
  passes.start(ESCALATED);
  passes.remember(appliedRecord(binding(), { status: statusOf() }));
});

const alerts = (): readonly string[] =>
  passes.recorder.alerts.map((alert) => {
    if (alert.kind === "drift-opened") return `opened ${alert.severity}: ${alert.next.kind}`;
    return alert.kind === "drift-closed" ? `closed: ${alert.how}` : alert.kind;
  });
const driftFacts = (): readonly string[] =>
  passes.audit.log.map(({ kind }) => kind).filter((kind) => kind.startsWith("drift-"));

describe("an escalation that is reverted", () => {
  test("is alerted to before the first write, and its end afterwards: each once", async () => {
    const before: (readonly string[])[] = [];
    passes.aws.beforeWrite = () => before.push(alerts());

    await passes.run([binding()]);
    await passes.run([binding()]);

    expect(before).toEqual([["opened security: reverting-now"]]);
    expect(alerts()).toEqual(["opened security: reverting-now", "closed: reverted"]);
    expect(driftFacts()).toEqual(["drift-found", "drift-ended"]);
    expect(passes.store.records.get(KEY)).toMatchObject({ incidentSinceMs: null, driftSinceMs: {} });
  });

  test.each([
    ["before the write: the next process reverts it", "dies-before"],
    ["after the write: the next process sees that it is gone", "dies-after"],
  ] as const)("by a process that is killed %s, and no alert is lost or doubled", async (_, kind) => {
    passes.aws.mishap = () => ({ kind });
    await expect(passes.run([binding()])).rejects.toThrow(Death);
    passes.aws.mishap = () => null;
    const killed = { alerts: alerts(), since: passes.store.records.get(KEY)?.incidentSinceMs };

    for (const minutes of [5, 10, 15]) {
      passes.clock.set(NOW_MS + minutes * 60_000);
      await passes.run([binding()]);
    }

    expect(killed).toEqual({ alerts: ["opened security: reverting-now"], since: NOW_MS });
    expect(alerts()).toEqual(["opened security: reverting-now", "closed: reverted"]);
    expect(driftFacts()).toEqual(["drift-found", "drift-ended"]);
  });

  test("is alerted to again if the revert fails: it was announced", async () => {
    passes.aws.mishap = () => ({ kind: "fails", error: awsError("terminal") });

    await passes.run([binding()]);

    expect(alerts()).toEqual(["opened security: reverting-now", "opened security: left-alone"]);
    expect(passes.store.records.get(KEY)?.incidentSinceMs).toBe(NOW_MS);
  });

  test("is open no longer if it was gone before the write", async () => {
    const commit = passes.store.commit.bind(passes.store);
    passes.store.commit = async (change) => {
      await commit(change);
      passes.aws.live = convergedAccount(binding());
    };

    await passes.run([binding()]);
    await passes.run([binding()]);

    expect(alerts()).toEqual(["opened security: reverting-now", "closed: gone"]);
    expect(passes.store.records.get(KEY)).toMatchObject({ incidentSinceMs: null, driftSinceMs: {} });
  });
});
