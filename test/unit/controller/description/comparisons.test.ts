import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { withFunction, withRole } from "../../../support/pass/apply.ts";
import { allow, binding, documentOf, REGION } from "../../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../../support/pass/live-state.ts";
import { manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, Described, KEY, pending, texts } from "./described.ts";

const SHARED = `arn:aws:iam::${ACCOUNT}:role/shared` as Arn;
const DESIRED = binding({ name: "a-eu-west-1" }, { functionName: "a", key: KEY });
let declared: LiveRole;
let described: Described;

beforeEach(async () => {
  const other = new Described();
  await other.converged();
  declared = other.role();
  await other.fake.stop();
  described = new Described();
});

afterEach(() => described.fake.stop());

/** Starts with a function on `shared`, and without the declared role. */
async function started(change: Partial<LiveRole>) {
  const { fake, aws } = described;
  const shared = { ...declared, name: "shared", path: "/", arn: SHARED, roleId: "AROASHARED", ...change };
  aws.live = withRole(aws.live, { ...shared, tags: [] });
  aws.live = withFunction(aws.live, REGION, liveFunctionOf(DESIRED, { roleArn: SHARED }));
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.clock.pass(1_000);
  return described.state();
}

const SEND = { name: "more", text: documentOf(allow("sqs:SendMessage")) };

describe("a function on another role, before the declared one exists", () => {
  test("has the same permissions, and none of the new role is a pending change", async () => {
    const state = await started({});

    expect(state.comparisons).toEqual([{ kind: "equal", arn: SHARED }]);
    expect(pending(state)).toEqual(["awaiting-approval", "differs"]);
    expect(state.pending[0]?.settings).toContainEqual({
      what: "role",
      live: null,
      declared: "role/grantkeeper/a-eu-west-1",
    });
  });

  test("has only the differences as differences, in both directions", async () => {
    const state = await started({ inline: [SEND] });

    expect(state.comparisons).toMatchObject([{ kind: "different", arn: SHARED, other: [] }]);
    const [found] = state.comparisons;
    if (found?.kind !== "different") throw new Error("there is no difference");
    expect([texts(found.add.lines), texts(found.remove.lines)]).toEqual([
      ["dynamodb read table/orders, indexes", "own logs /aws/lambda/a"],
      ["sqs:SendMessage all resources"],
    ]);
    expect(pending(state)).toEqual(["awaiting-approval", "differs"]);
  });

  test("keeps all permissions of the new role as pending if a part was not read", async () => {
    const state = await started({ attachments: ["arn:aws:iam::aws:policy/ReadOnlyAccess" as Arn] });

    expect(state.comparisons).toMatchObject([
      { kind: "unknown", reason: expect.stringContaining("policy/ReadOnlyAccess was not read") },
    ]);
    expect(pending(state)).toEqual([
      "awaiting-approval +dynamodb read table/orders, indexes +own logs /aws/lambda/a",
      "differs",
    ]);
  });
});

test("a function on the declared role is compared with no other one", async () => {
  await described.converged();

  expect((await described.state()).comparisons).toEqual([]);
});
