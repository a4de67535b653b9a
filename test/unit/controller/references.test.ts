import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, manifests, SWEEP_MS } from "../../support/fakes/fake-controller.ts";
import { ACCOUNT, HOUR_MS, KEY } from "./control/operator.ts";

const TEXT = "stack.orders.TableName";
const FILES = manifests({ a: `  grants: [{dynamodb: {table: "\${${TEXT}}", allow: [read]}}]\n` });

let fake: FakeController;

beforeEach(async () => {
  fake = new FakeController();
  fake.references.set(TEXT, "orders-1");
  fake.source.push(FILES);
  await fake.start();
  await fake.converge();
});

afterEach(() => fake.stop());

const policy = (): string =>
  JSON.stringify([...fake.cloud.account(ACCOUNT).live.roles.values()], (_name, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
const holds = async () => (await fake.control.overview()).holds;
const pinned = () => {
  const desired = fake.store.records.get(KEY)?.applied?.desired;
  return desired?.kind === "binding" ? desired.binding.references : undefined;
};

async function sweep(): Promise<void> {
  await fake.clock.pass(1.2 * SWEEP_MS);
}

describe("the value of a reference", () => {
  test("is applied and pinned when it is first read", () => {
    expect(policy()).toContain("table/orders-1");
    expect(pinned()).toEqual([{ text: TEXT, value: "orders-1" }]);
    expect(fake.condition(KEY, "Ready")).toBe("Unknown WaitingForFunction");
  });

  test("is read once a sweep, and causes no write while it is the same", async () => {
    const [reads, writes] = [fake.references.reads.length, fake.cloud.account(ACCOUNT).writes.length];
    await fake.clock.pass(3 * SWEEP_MS);

    expect(fake.references.reads.length - reads).toBe(3);
    expect(fake.cloud.account(ACCOUNT).writes.length).toBe(writes);
  });

  test("that changes without a commit is held, and the pinned value stays in force", async () => {
    fake.references.set(TEXT, "orders-2");
    await sweep();

    expect(await holds()).toMatchObject([
      {
        code: "reference-changed",
        reason: `${TEXT} changed from "orders-1" to "orders-2" in AWS, without a commit`,
        keys: [KEY],
      },
    ]);
    expect(policy()).toContain("table/orders-1");
    expect(policy()).not.toContain("orders-2");
    expect(fake.condition(KEY, "Ready")).toBe("False AwaitingApproval");
  });

  test("that an operator approves is applied and pinned", async () => {
    fake.references.set(TEXT, "orders-2");
    await sweep();
    const [hold] = await holds();
    await fake.control.approve({ subject: hold?.subject ?? "", reason: "ok", forMs: HOUR_MS }, "dana");
    await settled();
    await sweep();

    expect(policy()).toContain("table/orders-2");
    expect(policy()).not.toContain("orders-1");
    expect(pinned()).toEqual([{ text: TEXT, value: "orders-2" }]);
    expect(await holds()).toEqual([]);
  });

  test("that changes back needs no approval and writes nothing", async () => {
    const writes = fake.cloud.account(ACCOUNT).writes.length;
    fake.references.set(TEXT, "orders-2");
    await sweep();
    fake.references.set(TEXT, "orders-1");
    await sweep();

    expect(await holds()).toEqual([]);
    expect(fake.cloud.account(ACCOUNT).writes.length).toBe(writes);
    expect(fake.condition(KEY, "Ready")).toBe("Unknown WaitingForFunction");
  });

  test("is held after a restart in which it changed", async () => {
    await fake.stop();
    fake.references.set(TEXT, "orders-2");
    await fake.start();
    await sweep();

    expect(await holds()).toMatchObject([{ code: "reference-changed" }]);
    expect(policy()).toContain("table/orders-1");
  });
});

describe("a reference that cannot be read", () => {
  test("keeps the last applied state, which is still enforced, and shows why", async () => {
    const writes = fake.cloud.account(ACCOUNT).writes.length;
    fake.references.set(TEXT, null);
    await sweep();

    expect(fake.condition(KEY, "Ready")).toBe("False ReferenceNotResolved");
    expect(fake.condition(KEY, "Stalled")).toBeUndefined();
    expect(policy()).toContain("table/orders-1");
    expect(fake.cloud.account(ACCOUNT).writes.length).toBe(writes);
    expect(await holds()).toEqual([]);
  });

  test("is used again when it can be read, without an approval if its value is the pinned one", async () => {
    fake.references.set(TEXT, null);
    await sweep();
    fake.references.set(TEXT, "orders-1");
    await fake.clock.pass(90_000);

    expect(fake.condition(KEY, "Ready")).toBe("Unknown WaitingForFunction");
  });

  test("is held when it can be read with another value", async () => {
    fake.references.set(TEXT, null);
    await sweep();
    fake.references.set(TEXT, "orders-2");
    await fake.clock.pass(90_000);

    expect(await holds()).toMatchObject([{ code: "reference-changed" }]);
    expect(policy()).not.toContain("orders-2");
  });

  test("for a few minutes, in a way that time should fix, keeps its value", async () => {
    fake.references.answers.set(TEXT, {
      kind: "unusable",
      reason: "throttled",
      fix: null,
      isTransient: true,
    });
    await sweep();
    expect(fake.condition(KEY, "Ready")).toBe("Unknown WaitingForFunction");
    await fake.clock.pass(4 * SWEEP_MS);

    expect(fake.condition(KEY, "Ready")).toBe("False ReferenceNotResolved");
    expect(policy()).toContain("table/orders-1");
  });

  test("makes a new manifest wait without a role, a write or an alert of drift", async () => {
    await fake.push({
      ...FILES,
      ...manifests({ b: '  grants: [{sns: {topic: "${ssm./t}", allow: [publish]}}]\n' }),
    });
    await sweep();

    const key = KEY.replace("/a", "/b") as typeof KEY;
    expect(fake.condition(key, "Ready")).toBe("False ReferenceNotResolved");
    expect(policy()).not.toContain("sns:Publish");
  });

  test("after a restart keeps the applied state in force", async () => {
    await fake.stop();
    fake.references.set(TEXT, null);
    const writes = fake.cloud.account(ACCOUNT).writes.length;
    await fake.start();
    await sweep();

    expect(fake.condition(KEY, "Ready")).toBe("False ReferenceNotResolved");
    expect(fake.cloud.account(ACCOUNT).writes.length).toBe(writes);
    expect(policy()).toContain("table/orders-1");
  });
});

test("a namespace with many references, whose later reads never end, delays no other", async () => {
  const texts = Array.from({ length: 20 }, (_, index) => `ssm./many/${String(index).padStart(2, "0")}`);
  fake.references.hanging.add("ssm./many/19");
  const grants = texts.map((text) => `{sns: {topic: "\${${text}}", allow: [publish]}}`).join(", ");
  const [path = "", text = ""] =
    Object.entries(manifests({ m: `  grants: [${grants}]\n` })).find(([name]) => name.startsWith("teams/")) ??
    [];
  fake.references.set("stack.orders.NewName", "orders-new");
  await fake.push({
    ...manifests({ a: '  grants: [{dynamodb: {table: "${stack.orders.NewName}", allow: [read]}}]\n' }),
    [path.replace("teams/orders", "teams/crowd")]: text,
  });
  await sweep();

  expect(policy()).toContain("table/orders-new");
  expect(fake.references.reads).toContain("ssm./many/00");
  expect(fake.references.reads).not.toContain("ssm./many/19");
});
