import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Files } from "../../../demo/manifests.ts";
import { FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";

const PROD = "111122223333";
const SHARED = `policy/${PROD}/orders/shared` as Key;
const MINUTE_MS = 60_000;
const POLICY = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: shared}
spec: {deletionPolicy: delete, grants: [{s3: {bucket: audit, allow: [read]}}]}
`;
const USES = `${READ_ORDERS}  managedPolicies: [shared]\n`;
const FILES: Files = { ...manifests({ a: USES }), "teams/orders/shared.yaml": POLICY };
const A = FILES["teams/orders/a.yaml"] ?? "";
const ACCOUNTS = FILES["platform/accounts.yaml"] ?? "";

let fake: FakeController;
beforeEach(async () => {
  fake = new FakeController();
  await fake.startConverged(FILES);
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

describe("a policy that only an unresolved document attaches", () => {
  test.each([
    { because: "an account is mistyped", file: A.replace("[prod]", "[prd]") },
    { because: "the policy's name is mistyped", file: A.replace("[shared]", "[sharde]") },
    { because: "the field is mistyped", file: A.replace("managedPolicies", "managedPolicys") },
    { because: "the file can't be read", file: `[\n${A}` },
  ])("is not removed from Git if $because", async ({ file }) => {
    await fake.push({ ...FILES, "teams/orders/a.yaml": file });
    await fake.clock.pass(10 * MINUTE_MS);

    expect(fake.store.records.get(SHARED)).toMatchObject({
      unbinding: null,
      status: {
        conditions: expect.arrayContaining([expect.objectContaining({ reason: "ValidationFailed" })]),
      },
    });
  });

  test("is not removed from Git if its account is renamed and the policy moves to another file", async () => {
    const { "teams/orders/shared.yaml": _, ...others } = FILES;
    await fake.push({
      ...others,
      "platform/accounts.yaml": ACCOUNTS.replace("name: prod", "name: production"),
      "teams/orders/policies.yaml": POLICY,
    });
    await fake.clock.pass(10 * MINUTE_MS);

    expect(fake.store.records.get(SHARED)).toMatchObject({ unbinding: null });
  });

  test("is removed from Git if the function that attached it no longer does", async () => {
    await fake.push({
      ...FILES,
      "teams/orders/a.yaml": A.replace("  managedPolicies: [shared]\n", "") ?? "",
    });
    await fake.clock.pass(10 * MINUTE_MS);

    expect(fake.store.records.get(SHARED)?.unbinding).not.toBeNull();
  });
});
