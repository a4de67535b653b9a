import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseStackId, type StackId } from "../../../src/model/aws/reference.ts";
import type { AppliedState, KeyRecord } from "../../../src/model/keys/key-record.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import { FakeController, manifests, SWEEP_MS } from "../../support/fakes/fake-controller.ts";
import { withRole } from "../../support/pass/apply.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { ACCOUNT, HOUR_MS, KEY } from "./control/operator.ts";

const TEXT = "stack.orders.TableName";
const FILES = manifests({ a: `  grants: [{dynamodb: {table: "\${${TEXT}}", allow: [read]}}]\n` });
const [FIRST, SECOND, THIRD] = ["1aa", "2bb", "3cc"].map(stackId);
const CREATED_AGAIN = `${TEXT} has the same value, but the stack was deleted and created again, and its ID changed from 1aa to 2bb in AWS, without a commit`;

let fake: FakeController;

beforeEach(async () => {
  fake = new FakeController();
  fake.references.set(TEXT, "orders-1", FIRST);
  await fake.startConverged(FILES);
});

afterEach(() => fake.stop());

function stackId(end: string): StackId {
  return checked(parseStackId(`arn:aws:cloudformation:eu-west-1:222222222222:stack/orders/${end}`));
}

const holds = async () => (await fake.control.overview()).holds;
const writes = (): number => fake.cloud.account(ACCOUNT).writes.length;
const sweep = (): Promise<void> => fake.clock.pass(1.2 * SWEEP_MS);
const pinnedIn = (record: KeyRecord | undefined) =>
  record?.applied?.desired.kind === "binding" ? record.applied.desired.binding.references : undefined;
const pinned = () => pinnedIn(fake.store.records.get(KEY));

async function approve(): Promise<void> {
  const [hold] = await holds();
  await fake.control.approve({ subject: hold?.subject ?? "", reason: "ok", forMs: HOUR_MS }, "dana");
  await settled();
}

type Binding = Extract<AppliedState["desired"], { readonly kind: "binding" }>["binding"];

/** Starts again with another record of the function. */
async function restartedWith(record: KeyRecord): Promise<void> {
  await fake.stop();
  fake.store.records.set(KEY, record);
  await fake.start();
  await sweep();
}

function withoutStacks(record: KeyRecord): KeyRecord {
  const applied = checked(record.applied ?? undefined);
  const { binding } = applied.desired as { readonly binding: Binding };
  const references = (binding.references ?? []).map(({ text, value }) => ({ text, value }));
  return {
    ...record,
    applied: { ...applied, desired: { kind: "binding", binding: { ...binding, references } } },
  };
}

/** Someone edits the policies of the role in AWS. */
function editPolicies(edit: (text: string) => string): void {
  const aws = fake.cloud.account(ACCOUNT);
  for (const reading of aws.live.roles.values())
    if (reading.kind === "present") {
      const inline = reading.value.inline.map(({ name, text }) => ({ name, text: edit(text) }));
      aws.live = withRole(aws.live, { ...reading.value, inline });
    }
}

function addPolicy(name: string): void {
  const aws = fake.cloud.account(ACCOUNT);
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::other/*" }],
  });
  for (const reading of aws.live.roles.values())
    if (reading.kind === "present")
      aws.live = withRole(aws.live, { ...reading.value, inline: [...reading.value.inline, { name, text }] });
}

const policies = (): string => {
  let all = "";
  editPolicies((text) => {
    all += text;
    return text;
  });
  return all;
};

describe("a stack that is deleted and created again under its name, with the same value", () => {
  test("is held for approval with both IDs, without a call, and its function stays as it is", async () => {
    fake.references.set(TEXT, "orders-1", SECOND);
    await sweep();

    expect(await holds()).toMatchObject([
      { code: "reference-changed", reason: CREATED_AGAIN, keys: [KEY], actions: 0 },
    ]);
    expect(fake.condition(KEY, "Ready")).toBe("False AwaitingApproval");
    expect(pinned()).toEqual([{ text: TEXT, value: "orders-1", stackId: FIRST }]);
    expect(writes()).toBe(0);
  });

  test("is pinned after the approval, which the record names, and is not asked about again", async () => {
    fake.references.set(TEXT, "orders-1", SECOND);
    await sweep();
    await approve();
    await fake.clock.pass(2 * HOUR_MS);

    expect(pinned()).toEqual([{ text: TEXT, value: "orders-1", stackId: SECOND }]);
    expect(await holds()).toEqual([]);
    expect([fake.condition(KEY, "Ready"), writes()]).toEqual(["Unknown WaitingForFunction", 0]);
    const { entries } = await fake.control.history({ key: KEY, namespace: null, before: null, limit: 50 });
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: "approved",
        covers: [
          expect.objectContaining({
            permissions: [`~ ${CREATED_AGAIN.replace(" in AWS, without a commit", "")}`],
          }),
        ],
      }),
    );
  });

  test("is held again if yet another one replaces it before the approval is used", async () => {
    fake.references.set(TEXT, "orders-1", SECOND);
    await sweep();
    const [hold] = await holds();
    fake.references.set(TEXT, "orders-1", THIRD);
    await fake.control.approve({ subject: hold?.subject ?? "", reason: "ok", forMs: HOUR_MS }, "dana");
    await sweep();
    await sweep();

    expect(pinned()).toMatchObject([{ stackId: expect.not.stringContaining("3cc") }]);
    expect(await holds()).toMatchObject([{ reason: expect.stringContaining("to 3cc") }]);
  });

  test("is held after the time in which there was no stack, and after a restart", async () => {
    fake.references.set(TEXT, null);
    await sweep();
    await fake.stop();
    fake.references.set(TEXT, "orders-1", SECOND);
    await fake.start();
    await sweep();

    expect(await holds()).toMatchObject([{ code: "reference-changed", reason: CREATED_AGAIN }]);
  });

  test("does not stop that drift is reverted to the applied state", async () => {
    fake.references.set(TEXT, "orders-1", SECOND);
    await sweep();
    editPolicies((text) => text.replaceAll("orders-1", "customers"));
    await sweep();
    await sweep();

    expect(policies()).toContain("orders-1");
    expect(policies()).not.toContain("customers");
    expect(await holds()).toMatchObject([{ code: "reference-changed", actions: 0 }]);
    expect(pinned()).toMatchObject([{ stackId: FIRST }]);
  });
});

describe("the record of an earlier version, which has no stack", () => {
  test("takes over the stack that is read first, and holds the next one", async () => {
    await restartedWith(withoutStacks(checked(fake.store.records.get(KEY))));
    expect([pinned(), await holds(), writes()]).toEqual([
      [{ text: TEXT, value: "orders-1", stackId: FIRST }],
      [],
      0,
    ]);

    fake.references.set(TEXT, "orders-1", SECOND);
    await sweep();

    expect(await holds()).toMatchObject([{ reason: CREATED_AGAIN }]);
  });
});

test("a process that is stopped between its last write and the record uses the approval after its start", async () => {
  const before = checked(fake.store.records.get(KEY));
  fake.references.set(TEXT, "orders-2", SECOND);
  await sweep();
  await approve();
  await sweep();
  expect(policies()).toContain("orders-2");
  await restartedWith(before);

  expect(pinned()).toEqual([{ text: TEXT, value: "orders-2", stackId: SECOND }]);
  expect(await holds()).toEqual([]);
});

test("a changed value that AWS has in the role already is held, and the role gets the applied one again", async () => {
  editPolicies((text) => text.replaceAll("orders-1", "orders-2"));
  fake.references.set(TEXT, "orders-2", FIRST);
  await sweep();
  await sweep();

  expect(await holds()).toMatchObject([{ code: "reference-changed" }]);
  expect(pinned()).toMatchObject([{ value: "orders-1" }]);
  expect(policies()).not.toContain("orders-2");
});

test("a value that was written is pinned while drift that is not due yet keeps its revision from being applied", async () => {
  await fake.push(manifests({ a: "  grants: [{dynamodb: {table: customers, allow: [read]}}]\n" }));
  await fake.converge();
  addPolicy("hotfix");
  await sweep();
  await fake.push(FILES);
  await fake.clock.pass(5_000);
  expect(policies()).toContain("orders-1");
  expect(policies()).toContain("other");

  fake.references.set(TEXT, "orders-2", FIRST);
  await sweep();

  expect(await holds()).toMatchObject([{ code: "reference-changed" }]);
  expect(policies()).not.toContain("orders-2");
});
