import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { awsError, deniedAccount, type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { allow, BOUNDARY, documentOf } from "../../../support/pass/bindings.ts";
import { accountWith, livePolicyOf } from "../../../support/pass/live-state.ts";
import { ACCOUNT, HOUR_MS, KEY, drift } from "./operator.ts";

const STAGING = "222222222222" as AccountId;
const ACCOUNTS = { staging: STAGING, prod: ACCOUNT };

const STAGING_BOUNDARY = BOUNDARY.replace(ACCOUNT, STAGING) as Arn;
const STAGING_KEY = KEY.replace(ACCOUNT, STAGING) as typeof KEY;

const WINDOW = `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: staging-first}
spec:
  accounts: [prod]
  after: {accounts: [staging], verifiedFor: 30m}
`;

const waitsFor = (text: string): string => `waits for account staging (change window staging-first): ${text}`;

function filesOf(functions: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...manifests(functions, ACCOUNTS), "platform/window.yaml": WINDOW };
}

let fake: FakeController;
let staging: FakeAws;
let prod: FakeAws;

/** The first commit is written in staging, and after half an hour in prod. */
beforeEach(async () => {
  fake = new FakeController();
  staging = fake.cloud.account(STAGING);
  staging.live = accountWith(
    { policies: [livePolicyOf(STAGING_BOUNDARY, [documentOf(allow("*"))])] },
    { accountId: STAGING, policies: new Map() },
  );
  prod = fake.cloud.account(ACCOUNT);
  await fake.startConverged(manifests({ a: READ_ORDERS, b: READ_ORDERS }, ACCOUNTS));
  await fake.clock.pass(HOUR_MS);
});

afterEach(() => fake.stop());

const callsOf = (aws: FakeAws): readonly string[] => aws.writes.map(({ call }) => call);
const reasons = async (): Promise<readonly string[]> =>
  (await fake.control.overview()).holds.map(({ reason }) => reason);

describe("a change of Git in two accounts of which one comes first", () => {
  beforeEach(() => fake.push(filesOf({ a: WRITE_ORDERS, b: READ_ORDERS })));

  test("is written in the first one, and in the other one after it was verified for the time", async () => {
    expect([callsOf(staging), callsOf(prod)]).toEqual([["iam:PutRolePolicy"], []]);
    expect(fake.condition(KEY, "Ready")).toBe("False ChangeWindowClosed");
    await fake.clock.pass(2 * SWEEP_MS);
    expect(await reasons()).toEqual([
      expect.stringMatching(
        /^waits for account staging .*: written at 2026-10-01 1\d:\d\d:\d\dZ at the earliest, if staging matches Git until then$/,
      ),
    ]);

    await fake.clock.pass(19 * 60_000);
    expect(callsOf(prod)).toEqual([]);
    await fake.clock.pass(12 * 60_000);
    expect([callsOf(prod), await reasons()]).toEqual([["iam:PutRolePolicy"], []]);
  });

  test("waits also after a restart, and no longer than without it", async () => {
    await fake.clock.pass(15 * 60_000);
    await fake.stop();
    await fake.start();
    await fake.clock.pass(14 * 60_000);
    expect(callsOf(prod)).toEqual([]);

    await fake.clock.pass(7 * 60_000);
    expect(callsOf(prod)).toEqual(["iam:PutRolePolicy"]);
  });

  test("does not go on while the first account differs from Git, and the time begins again after the revert", async () => {
    await fake.clock.pass(10 * 60_000);
    drift(staging);
    await fake.clock.pass(2 * SWEEP_MS);
    expect(await reasons()).toEqual([waitsFor("orders/a@staging/eu-west-1 differs from Git")]);

    await fake.clock.pass(15 * 60_000);
    expect([callsOf(staging).at(-1), callsOf(prod)]).toEqual(["iam:DeleteRolePolicy", []]);
    await fake.clock.pass(36 * 60_000);
    expect(callsOf(prod)).toEqual(["iam:PutRolePolicy"]);
  });

  test("reverts drift in the later account while it waits", async () => {
    drift(prod);
    await fake.clock.pass(20 * 60_000);

    expect([callsOf(prod), (await reasons()).length]).toEqual([["iam:DeleteRolePolicy"], 1]);
  });

  test("is written immediately if an operator overrides the window", async () => {
    const [hold] = (await fake.control.overview()).holds;
    await fake.control.approve(
      { subject: hold?.subject ?? "", reason: "INC-7", forMs: HOUR_MS, override: true },
      "dana",
    );
    await settled();

    expect([hold?.keys, callsOf(prod)]).toEqual([[KEY], ["iam:PutRolePolicy"]]);
  });

  test("starts the time again for the namespace with each further change of it in the first account", async () => {
    await fake.clock.pass(20 * 60_000);
    await fake.push(filesOf({ a: WRITE_ORDERS, b: WRITE_ORDERS }));
    await fake.clock.pass(20 * 60_000);
    expect(callsOf(prod)).toEqual([]);

    await fake.clock.pass(16 * 60_000);
    expect(callsOf(prod)).toEqual(["iam:PutRolePolicy", "iam:PutRolePolicy"]);
  });

  test("is not begun again for a commit that changes nothing in the first account", async () => {
    await fake.clock.pass(20 * 60_000);
    await fake.push({ ...filesOf({ a: WRITE_ORDERS, b: READ_ORDERS }), "docs/a.txt": "nothing" });
    await fake.clock.pass(16 * 60_000);

    expect(callsOf(prod)).toEqual(["iam:PutRolePolicy"]);
  });
});

describe("a change of Git does not reach the later account", () => {
  const push = () => fake.push(filesOf({ a: WRITE_ORDERS, b: READ_ORDERS }));

  test("while the first one is not read", async () => {
    staging.readError = deniedAccount("iam:ListRoles");
    await push();
    await fake.clock.pass(HOUR_MS);

    expect([callsOf(prod), await reasons()]).toEqual([[], [waitsFor("it is not read now")]]);
  });

  test("while a new file of the namespace, which may declare something there, is no YAML", async () => {
    await fake.push({ ...filesOf({ a: WRITE_ORDERS, b: READ_ORDERS }), "teams/orders/new.yaml": "kind: [" });
    await fake.clock.pass(HOUR_MS);

    const text = "teams/orders/new.yaml can't be read completely, and may declare something there";
    expect([callsOf(staging), callsOf(prod), await reasons()]).toEqual([
      ["iam:PutRolePolicy"],
      [],
      [waitsFor(text)],
    ]);
  });

  test("while the function is suspended in the first one", async () => {
    const scope = { accountId: STAGING, namespace: null, key: STAGING_KEY };
    const until = new Date(fake.clock.nowMs() + 2 * HOUR_MS).toISOString();
    await fake.control.suspend({ scope, reason: "INC-1", until }, "dana");
    await push();
    await fake.clock.pass(HOUR_MS);

    const text = "orders/a@staging/eu-west-1 is suspended";
    expect([callsOf(prod), await reasons()]).toEqual([[], [waitsFor(text)]]);
  });

  test("while AWS refuses our write in the first one", async () => {
    staging.mishap = () => ({ kind: "fails", error: awsError("circuit", { code: "AccessDenied" }) });
    await push();
    await fake.clock.pass(HOUR_MS);

    const text = "orders/a@staging/eu-west-1 is not applied yet (AccessDenied)";
    expect([callsOf(prod), await reasons()]).toEqual([[], [waitsFor(text)]]);
  });
});

test("a review of a change shows that it will wait for the other account", async () => {
  await fake.push(filesOf({ a: READ_ORDERS, b: READ_ORDERS }));
  const path = "teams/orders/a.yaml";
  const text = filesOf({ a: WRITE_ORDERS, b: READ_ORDERS })[path] ?? "";
  const seesAll = { asker: "dana", seesEverything: true, sees: () => true };
  const reader = { ...seesAll, hides: () => false, hidesFunction: () => false };

  const answer = await fake.control.mergePreview({ namespace: null, files: [{ path, text }] }, reader);

  expect(answer).toMatchObject({
    kind: "ok",
    value: {
      keys: [
        {
          key: KEY,
          found: {
            verdict: {
              code: "account-order",
              reason: waitsFor("orders/a@staging/eu-west-1 is not applied yet"),
            },
          },
        },
        { key: STAGING_KEY, found: { verdict: { kind: "allow" } } },
      ],
    },
  });
});
