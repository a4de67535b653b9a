import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Key } from "../../../src/model/keys/key.ts";
import { FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";

const PROD = "111122223333";
const A = `function/${PROD}/eu-west-1/orders/a` as Key;
const B = `function/${PROD}/eu-west-1/orders/b` as Key;
const BOUNDARY = `policy/${PROD}/platform/platform-default` as Key;
const MINUTE_MS = 60_000;
const FILES = manifests({ a: READ_ORDERS });
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

/** With a second function, which was never applied, and an account that is no longer valid. */
async function breakAccount(): Promise<void> {
  await fake.push({
    ...manifests({ a: READ_ORDERS, b: READ_ORDERS }),
    "platform/accounts.yaml": ACCOUNTS.replace("mode: enforce", "mode: enforced"),
  });
  await fake.clock.pass(MINUTE_MS);
}

const alerts = (): readonly unknown[] =>
  fake.recorder.alerts.filter(({ kind }) => kind === "document-broken" || kind === "document-fixed");

describe("an account with an error in its manifest", () => {
  test("is one incident that names its error and its bindings, and closes when it is corrected", async () => {
    await breakAccount();
    await fake.clock.pass(10 * MINUTE_MS);
    const opened = alerts();
    await fake.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(MINUTE_MS);

    expect(opened).toEqual([
      {
        kind: "document-broken",
        incident: "document-broken/account prod",
        account: "prod",
        document: "account prod",
        place: "platform/accounts.yaml:1:1",
        error: {
          text: expect.stringMatching(/^platform\/accounts\.yaml:7:9: .*enforced/),
          fix: expect.any(String),
        },
        bindings: [
          { key: A, account: "prod" },
          { key: B, account: "prod" },
          { key: BOUNDARY, account: "prod" },
        ],
      },
    ]);
    expect(alerts().slice(1)).toEqual([
      { kind: "document-fixed", incident: "document-broken/account prod", document: "account prod" },
    ]);
  });

  test("closes also when it is removed from Git", async () => {
    await breakAccount();
    const { "platform/accounts.yaml": _, ...rest } = FILES;

    await fake.push({
      "platform/boundary.yaml": rest["platform/boundary.yaml"] ?? "",
      "platform/other.yaml": ACCOUNTS.replaceAll(PROD, "444455556666").replace("name: prod", "name: other"),
    });
    await fake.clock.pass(MINUTE_MS);

    expect(alerts().at(-1)).toMatchObject({
      kind: "document-fixed",
      incident: "document-broken/account prod",
    });
  });

  test("does not count as a check of what was not compared", async () => {
    const before = fake.store.records.get(A)?.status;
    await breakAccount();
    await fake.clock.pass(10 * MINUTE_MS);

    expect(before).not.toHaveProperty("verifiedUntil");
    expect(fake.store.records.get(A)?.status).not.toHaveProperty("verifiedUntil");
    expect(fake.store.records.get(B)?.status).toMatchObject({ sync: "Unknown", verifiedUntil: null });
    await fake.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(MINUTE_MS);
    expect(fake.store.records.get(B)?.status).not.toHaveProperty("verifiedUntil");
  });
});

describe("a file of the platform that can't be read and may declare the accounts", () => {
  const broken = { ...FILES, "platform/accounts.yaml": `apiVersion: [\n${ACCOUNTS}` };

  test("is one incident with the functions and policies that it affects, and closes when it is corrected", async () => {
    await fake.push(broken);
    await fake.clock.pass(MINUTE_MS);
    const opened = alerts();
    await fake.push(FILES);
    await fake.clock.pass(MINUTE_MS);

    expect(opened).toEqual([
      {
        kind: "document-broken",
        incident: "document-broken/file platform/accounts.yaml",
        document: "file platform/accounts.yaml",
        place: "platform/accounts.yaml:1:1",
        error: {
          text: expect.stringMatching(/^platform\/accounts\.yaml:2:1: /),
          fix: expect.any(String),
        },
        bindings: [
          { key: A, account: "prod" },
          { key: BOUNDARY, account: "prod" },
        ],
      },
    ]);
    expect(alerts().slice(1)).toMatchObject([{ kind: "document-fixed" }]);
  });

  test("reports no error at each document that names an account of it", async () => {
    await fake.push(broken);
    await fake.clock.pass(MINUTE_MS);
    const { diagnostics, brokenKeys } = await fake.control.overview();

    expect(diagnostics.map(({ origin }) => origin.file)).toEqual(["platform/accounts.yaml"]);
    expect([...brokenKeys].map(([key, { causedBy }]) => [key, causedBy.map(({ label }) => label)])).toEqual([
      [A, ["file platform/accounts.yaml"]],
      [BOUNDARY, ["file platform/accounts.yaml"]],
    ]);
  });

  test("removes no policy from Git: whether an account attaches it is not known", async () => {
    await fake.push(broken);
    await fake.clock.pass(10 * MINUTE_MS);

    expect(fake.store.records.get(BOUNDARY)).toMatchObject({
      unbinding: null,
      status: {
        conditions: expect.arrayContaining([expect.objectContaining({ reason: "ValidationFailed" })]),
      },
    });
  });
});

test("a profile with an error in its manifest is one incident with what it may apply to", async () => {
  const profile = (severity: string): string => `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: {name: strict}
spec:
  selector: {namespaces: [orders]}
  rules: {RES-001: ${severity}}
`;
  await fake.push({ ...FILES, "platform/strict.yaml": profile("nonsense") });
  await fake.clock.pass(MINUTE_MS);

  expect(alerts()).toMatchObject([
    {
      incident: "document-broken/GuardrailProfile strict",
      document: "GuardrailProfile strict",
      error: { text: expect.stringContaining("nonsense") },
      bindings: [{ key: A, account: "prod" }],
    },
  ]);
});
