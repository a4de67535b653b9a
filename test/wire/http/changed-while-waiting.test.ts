import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { liveRole, type LiveRole } from "../../../src/model/live.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../support/fakes/fake-controller.ts";
import { withPolicy, withRole } from "../../support/pass/apply.ts";
import { allow, documentOf } from "../../support/pass/bindings.ts";
import { livePolicyOf } from "../../support/pass/live-state.ts";

const ID = "111122223333" as AccountId;
const KEY = `function/${ID}/eu-west-1/orders/held` as Key;
const BOUNDARY = `arn:aws:iam::${ID}:policy/grantkeeper-boundary/platform-default` as LiveRole["arn"];
const WINDOW = `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: freeze}
spec: {accounts: [prod], zone: UTC, opens: [{days: [sun], at: "02:00", for: 1h}]}
`;

const fake = new FakeController();
const aws = fake.cloud.account(ID);

/** A revision that only names another role waits for a window, and someone adds a policy to the role in use. */
beforeAll(async () => {
  aws.live = withPolicy(aws.live, livePolicyOf(BOUNDARY, [documentOf(allow("*"))]));
  await fake.startConverged(manifests({ held: READ_ORDERS }));
  await fake.push({
    ...manifests({ held: `  role: {name: renamed}\n${READ_ORDERS}` }),
    "platform/window.yaml": WINDOW,
  });
  await pass();
});

afterAll(() => fake.stop());

async function pass(): Promise<void> {
  await fake.clock.pass(SWEEP_MS + 1_000);
  await settled();
}

function roleInUse(): LiveRole {
  const found = liveRole(aws.live, "held-eu-west-1");
  if (found.kind !== "present") throw new Error("the role of the function is gone");
  return found.value;
}

test("a policy that someone adds to the role in use is alerted to, recorded and removed while Git names another role", async () => {
  const entries = async (): Promise<readonly unknown[]> => {
    const all: AuditEntry[] = [];
    for await (const entry of fake.audit.entries({})) all.push(entry);
    return all.filter(({ kind }) => kind.startsWith("drift-"));
  };
  const [alertsBefore, entriesBefore] = [fake.recorder.alerts.length, (await entries()).length];
  const role = roleInUse();
  const added = { name: "added", text: documentOf(allow("iam:PassRole"), allow("*")) };

  aws.live = withRole(aws.live, { ...role, inline: [...role.inline, added] });
  await pass();
  await pass();

  expect(fake.recorder.alerts.slice(alertsBefore)).toMatchObject([
    { kind: "drift-opened", key: KEY },
    { kind: "drift-closed", key: KEY, how: "reverted" },
  ]);
  expect((await entries()).slice(entriesBefore)).toMatchObject([
    { kind: "drift-found", key: KEY, severity: "security", fields: ["inline-extra"] },
    { kind: "drift-ended", key: KEY, how: "reverted", fields: ["inline-extra"] },
  ]);
  expect(roleInUse()).toEqual(role);
  expect(fake.store.records.get(KEY)).toMatchObject({ status: { sync: "OutOfSync", drift: null } });
});
