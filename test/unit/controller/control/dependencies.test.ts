import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { awsError, type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, drift, HOUR_MS, keyOf } from "./operator.ts";

const dependsOn = (name: string): string => `  dependsOn: [${name}]\n`;
const API = keyOf("a");
const DB = keyOf("b");
const nameOf = (name: string): string => `orders/${name}@prod/eu-west-1`;

let fake: FakeController;
let aws: FakeAws;

/** `a` depends on `b`, and `b` on `c`; all of them are applied. */
beforeEach(async () => {
  fake = new FakeController();
  await fake.startConverged(filesOf(READ_ORDERS, READ_ORDERS, READ_ORDERS));
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => fake.stop());

function filesOf(a: string, b: string, c: string) {
  return manifests({ a: a + dependsOn("b"), b: b + dependsOn("c"), c });
}

/** The roles in the order of their writes. */
const written = (): readonly string[] => aws.writes.map(({ key }) => String(key).split("/").at(-1) ?? "");
const holds = async () => (await fake.control.overview()).holds;
const reasons = async (): Promise<readonly string[]> => (await holds()).map(({ reason }) => reason);
const refuseOnly = (name: string): void => {
  aws.mishap = ({ key }) =>
    key === keyOf(name) ? { kind: "fails", error: awsError("circuit", { code: "AccessDenied" }) } : null;
};
const suspend = async (key: typeof API): Promise<void> => {
  const scope = { accountId: ACCOUNT, namespace: null, key };
  const until = new Date(fake.clock.nowMs() + HOUR_MS).toISOString();
  await fake.control.suspend({ scope, reason: "INC-1", until }, "dana");
};

test("a revision that changes three functions writes each after those that it depends on, without a complete read in between", async () => {
  await fake.push(filesOf(WRITE_ORDERS, WRITE_ORDERS, WRITE_ORDERS));
  await fake.clock.pass(SWEEP_MS / 2);

  expect([written(), await reasons()]).toEqual([["c", "b", "a"], []]);
  expect([fake.condition(API, "Ready"), fake.condition(DB, "Ready")]).toEqual([
    "Unknown WaitingForFunction",
    "Unknown WaitingForFunction",
  ]);
});

test("a function whose dependencies do not change is written immediately", async () => {
  await fake.push(filesOf(WRITE_ORDERS, READ_ORDERS, READ_ORDERS));

  expect(written()).toEqual(["a"]);
});

describe("a change of a function waits, and names the first cause,", () => {
  test("while AWS refuses the write of one behind the one that it names", async () => {
    refuseOnly("c");
    await fake.push(filesOf(WRITE_ORDERS, WRITE_ORDERS, WRITE_ORDERS));
    await fake.clock.pass(SWEEP_MS);

    const cause = `${nameOf("c")} is not applied yet (AccessDenied)`;
    expect([...(await reasons())].sort()).toEqual([
      `waits for ${nameOf("b")} (dependsOn): ${cause}`,
      `waits for ${nameOf("c")} (dependsOn): it is not applied yet (AccessDenied)`,
    ]);
    expect([written().includes("a"), fake.condition(API, "Ready")]).toEqual([
      false,
      "False WaitingForDependency",
    ]);
  });

  test("while the one that it names is suspended", async () => {
    await suspend(DB);
    await fake.push(filesOf(WRITE_ORDERS, READ_ORDERS, READ_ORDERS));
    await fake.clock.pass(SWEEP_MS);

    expect([written(), await reasons()]).toEqual([
      [],
      [`waits for ${nameOf("b")} (dependsOn): it is suspended`],
    ]);
    await fake.clock.pass(HOUR_MS);
    expect(written()).toEqual(["a"]);
  });

  test("while the manifest of the one that it names has an error", async () => {
    await fake.push(
      filesOf(WRITE_ORDERS, "  grants: [{dynamodb: {table: orders, allow: [raed]}}]\n", READ_ORDERS),
    );

    expect([written(), await reasons()]).toEqual([
      [],
      [`waits for ${nameOf("b")} (dependsOn): it has an error in Git`],
    ]);
  });

  test("while the file of the one that it names is no YAML", async () => {
    await fake.push({ ...filesOf(WRITE_ORDERS, READ_ORDERS, READ_ORDERS), "teams/orders/b.yaml": "kind: [" });

    expect([written(), await reasons()]).toEqual([
      [],
      [`waits for ${nameOf("b")} (dependsOn): it has an error in Git`],
    ]);
  });
});

describe("while a change waits for another function", () => {
  beforeEach(async () => {
    await suspend(DB);
    await fake.push(filesOf(WRITE_ORDERS, READ_ORDERS, READ_ORDERS));
  });

  test("no one is alerted, and a change in AWS is reverted to the last applied state", async () => {
    drift(aws);
    await fake.clock.pass(20 * 60_000);

    expect(aws.writes.map(({ call }) => call)).toEqual(["iam:DeleteRolePolicy"]);
    expect(await holds()).toMatchObject([{ code: "depends-on", keys: [API] }]);
  });

  test("no rejection ends the wait, and its refusal names what does", async () => {
    const [hold] = await holds();

    const rejected = await fake.control.reject({ subject: hold?.subject ?? "", reason: "no" }, "dana");
    await settled();

    expect(rejected).toMatchObject({
      kind: "err",
      error: {
        code: "invalid",
        message: expect.stringMatching(
          /^[0-9a-f]+ waits until \S+ is in sync and needs no approval: a rejection /,
        ),
      },
    });
    expect(written()).toEqual([]);
  });

  test("an operator may override it for this plan, which is in the record", async () => {
    const [hold] = await holds();
    const request = {
      subject: hold?.subject ?? "",
      reason: "INC-7",
      forMs: HOUR_MS,
      override: true,
    } as const;

    const approved = await fake.control.approve(request, "dana");
    await settled();

    expect([approved.kind, written(), await reasons()]).toEqual(["ok", ["a"], []]);
    expect(fake.audit.log).toContainEqual(
      expect.objectContaining({
        kind: "approved",
        actor: "dana",
        overrides: { code: "depends-on", key: DB },
      }),
    );
  });

  test("the removal of dependsOn in Git ends the wait", async () => {
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS + dependsOn("c"), c: READ_ORDERS }));

    expect(written()).toEqual(["a"]);
  });
});

test("an override of a closed window leaves the wait for the function that comes first, and each override is of one wait", async () => {
  const window = `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: office}
spec: {accounts: [prod], zone: UTC, opens: [{days: [thu], at: "20:00", for: 1h}]}
`;
  const override = async (): Promise<void> => {
    const [hold] = await holds();
    const request = {
      subject: hold?.subject ?? "",
      reason: "INC-7",
      forMs: HOUR_MS,
      override: true,
    } as const;
    await fake.control.approve(request, "dana");
    await settled();
  };
  await suspend(DB);
  const files = filesOf(WRITE_ORDERS, READ_ORDERS, READ_ORDERS);
  await fake.push({ ...files, "platform/window.yaml": window });

  await override();
  expect([written(), await reasons()]).toEqual([
    [],
    [`waits for ${nameOf("b")} (dependsOn): it is suspended`],
  ]);

  await override();
  expect([written(), await reasons()]).toEqual([["a"], []]);
});

test("what only removes access is written while the function that comes first is suspended", async () => {
  await fake.push(filesOf(WRITE_ORDERS, READ_ORDERS, READ_ORDERS));
  await suspend(DB);

  await fake.push(filesOf(READ_ORDERS, READ_ORDERS, READ_ORDERS));
  await fake.clock.pass(SWEEP_MS / 2);

  expect([written(), await reasons()]).toEqual([["a", "a"], []]);
});

test("what the platform changes is written while the function that comes first is suspended", async () => {
  const table = '  grants: [{dynamodb: {table: "${account.vars.ordersTable}", allow: [read]}}]\n';
  const files = (name: string) => {
    const all = filesOf(table, READ_ORDERS, READ_ORDERS);
    const account = "platform/accounts.yaml";
    return { ...all, [account]: (all[account] ?? "").replace(/ordersTable: [\w-]+/, `ordersTable: ${name}`) };
  };
  await fake.push(files("orders"));
  const before = written().length;
  await suspend(DB);

  await fake.push(files("orders-v2"));
  await fake.clock.pass(SWEEP_MS / 2);

  expect([written().slice(before), await reasons()]).toEqual([["a"], []]);
});

test("a function that Git removes is removed after the one that depends on it", async () => {
  const deleted = "  deletionPolicy: delete\n";
  const files = (functions: Readonly<Record<string, string>>) => {
    const all = manifests(functions);
    const account = "platform/accounts.yaml";
    return { ...all, [account]: `${all[account] ?? ""}  deleteQuiet: 4h\n` };
  };
  await fake.push(
    files({ a: READ_ORDERS + deleted + dependsOn("b"), b: READ_ORDERS + deleted, c: READ_ORDERS }),
  );
  await fake.push(files({ c: READ_ORDERS }));
  await fake.clock.pass(5 * HOUR_MS);

  expect([written(), await reasons()]).toEqual([["a", "a", "b", "b"], []]);
});
