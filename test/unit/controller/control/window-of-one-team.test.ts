import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { withRole } from "../../../support/pass/apply.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, HOUR_MS, KEY } from "./operator.ts";

/** The clock of the tests begins on Thursday 2026-10-01 at 12:00Z: it opens after the first approval has ended. */
const WINDOW = `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: office}
spec:
  accounts: [prod]
  namespaces: [orders]
  zone: UTC
  opens: [{days: [mon, tue, wed, thu, fri, sat, sun], at: "13:30", for: 1h}]
`;

/** The function `a` of the team with the window, and `b` of a team without one. */
function filesOf(a: string, b: string): Readonly<Record<string, string>> {
  const billing = Object.entries(manifests({ b }))
    .filter(([path]) => path.startsWith("teams/"))
    .map(([path, text]) => [path.replace("teams/orders", "teams/billing"), text] as const);
  return { ...manifests({ a }), ...Object.fromEntries(billing), "platform/window.yaml": WINDOW };
}

describe("after an approved first pass of which one team waits for its window", () => {
  let fake: FakeController;
  let aws: FakeAws;

  beforeEach(async () => {
    fake = new FakeController();
    aws = fake.cloud.account(ACCOUNT);
    fake.source.push(filesOf(READ_ORDERS, READ_ORDERS));
    await fake.start();
    await fake.approveAll();
    await fake.clock.pass(2 * SWEEP_MS);
    aws.writes.splice(0);
  });

  afterEach(() => fake.stop());

  const callsOf = (): readonly string[] => aws.writes.map(({ call }) => call);
  const codes = async () => (await fake.control.overview()).holds.map(({ code, keys }) => [code, ...keys]);

  test("drift of another team is reverted", async () => {
    const role = [...aws.live.roles.values()].find(({ kind }) => kind === "present");
    if (role?.kind !== "present") throw new Error("the role of b exists");
    const Statement = [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }];
    const extra = { name: "extra", text: JSON.stringify({ Version: "2012-10-17", Statement }) };
    aws.live = withRole(aws.live, { ...role.value, inline: [extra, ...role.value.inline] });

    await fake.clock.pass(20 * 60_000);

    expect([callsOf(), await codes()]).toEqual([["iam:DeleteRolePolicy"], [["change-window", KEY]]]);
  });

  test("a change of another team is written without an approval", async () => {
    await fake.push(filesOf(READ_ORDERS, WRITE_ORDERS));

    expect([callsOf(), await codes()]).toEqual([["iam:PutRolePolicy"], [["change-window", KEY]]]);
  });

  test("what waits is held as a first pass again when its approval ends, and nothing else is", async () => {
    await fake.clock.pass(HOUR_MS);
    expect([callsOf(), await codes()]).toEqual([[], [["first-enforcing-pass", KEY]]]);

    await fake.approveAll();
    await settled();
    expect(await codes()).toEqual([["change-window", KEY]]);
    await fake.clock.pass(HOUR_MS / 2);
    expect([callsOf(), await codes()]).toEqual([["iam:CreateRole", "iam:PutRolePolicy"], []]);
  });
});
