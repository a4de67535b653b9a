import { beforeEach, describe, expect, test } from "@jest/globals";
import { emptyKeyRecord } from "../../../../src/model/keys/key-record.ts";
import { withRole } from "../../../support/pass/apply.ts";
import { allow, binding, desiredAccount, documentOf } from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { KEY } from "../../../support/pass/passes.ts";
import { ReconcileWorld } from "./reconcile-world.ts";

const DECLARED = binding({}, { undeclaredCallers: "remove" });
/** RemovePermission cannot reach it. */
const WITHOUT_SID = {
  Effect: "Allow",
  Principal: { Service: "s3.amazonaws.com" },
  Action: "lambda:InvokeFunction",
  Resource: DECLARED.functionArn,
  Condition: { StringEquals: { "AWS:SourceAccount": "111122223333" } },
};
const GRACE_MS = 60_000;
const MINUTE_MS = 60_000;
const account = desiredAccount({ revertOtherMs: GRACE_MS });

let passes: ReconcileWorld;

/** The role is created, and a statement of the function cannot be removed. */
beforeEach(async () => {
  passes = new ReconcileWorld();
  const policies = new Map([["", presentPolicy(WITHOUT_SID)]]);
  passes.start(accountWith({ found: liveFunctionOf(DECLARED, { policies }) }));
  passes.remember({ ...emptyKeyRecord(KEY), claimedFunction: DECLARED.functionName });
  await passes.run([DECLARED], { account });
  await passAfter(2 * MINUTE_MS);
});

async function passAfter(ms: number): Promise<void> {
  passes.clock.set(passes.clock.nowMs() + ms);
  await passes.run([DECLARED], { account });
}

function addHotfix(): void {
  const { live } = passes.aws;
  const role = liveRoleOf(DECLARED);
  const reading = live.roles.get(role.name);
  if (reading?.kind !== "present") throw new Error("the role was not created");
  const text = documentOf(allow("sqs:SendMessage"));
  const inline = [...reading.value.inline, { name: "hotfix", text }];
  passes.aws.live = withRole(live, { ...reading.value, inline });
}

const alerts = (): readonly string[] =>
  passes.recorder.alerts.flatMap((alert) => {
    if (alert.kind === "drift-opened") return [`opened: ${alert.next.kind}`];
    return alert.kind === "drift-closed" ? [`closed: ${alert.how}`] : [];
  });
const calls = (): readonly string[] => passes.aws.writes.map(({ call }) => call);

describe("a policy that is added to a role in AWS while something else of its binding cannot be written", () => {
  test("is drift: people are alerted to it, and it is removed after the grace period", async () => {
    addHotfix();
    await passAfter(MINUTE_MS);
    const found = { alerts: alerts(), calls: calls() };
    await passAfter(GRACE_MS + MINUTE_MS);
    await passAfter(MINUTE_MS);

    expect(passes.store.records.get(KEY)?.applied).toBeNull();
    expect(found.calls).not.toContain("iam:DeleteRolePolicy");
    expect(found.alerts).toEqual(["opened: reverting-at"]);
    expect(calls()).toContain("iam:DeleteRolePolicy");
    expect(alerts().at(-1)).toBe("closed: reverted");
  });

  test("is recorded as a change in AWS, and its removal as a revert", async () => {
    addHotfix();
    await passAfter(MINUTE_MS);
    await passAfter(GRACE_MS + MINUTE_MS);

    const removed = passes.audit.log.find(
      (entry) => entry.kind === "write-intended" && entry.call === "iam:DeleteRolePolicy",
    );
    expect(removed).toMatchObject({ cause: "out-of-band" });
  });
});
