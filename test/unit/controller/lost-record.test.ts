import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import type { LiveRegion, LiveRole, Reading } from "../../../src/model/live.ts";
import type { FakeAws } from "../../support/fakes/fake-aws.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../support/fakes/fake-controller.ts";
import { binding } from "../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../support/pass/live-state.ts";
import { MemoryRecorder, MemoryStore } from "../../support/fakes/fake-ports.ts";

const ACCOUNT = "111122223333" as AccountId;

let fake: FakeController;
let aws: FakeAws;

beforeEach(() => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
});
afterEach(stop);

async function stop(): Promise<void> {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
}

async function approve(): Promise<void> {
  for (const { subject } of (await fake.control.overview()).holds)
    await fake.control.approve({ subject, reason: "test", forMs: 3_600_000 }, "dana");
  await settled();
}

async function holdReasons(): Promise<readonly string[]> {
  return (await fake.control.overview()).holds.map(({ code, reason }) => `${code}: ${reason}`);
}

const REGION = "eu-west-1" as Region;
const UNREAD = { kind: "unknown", reason: "throttled" } as const;
const FIRST = "first-enforcing-pass: first enforcing run";

describe("the first hold of a new record", () => {
  test("is the first enforcing run if AWS has nothing of this instance", async () => {
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();

    expect(await holdReasons()).toEqual([FIRST]);
  });

  test("is the first enforcing run if the role of a function could not be read", async () => {
    const { roles } = aws.live;
    aws.live = { ...aws.live, roles: new Map([...roles, ["a-eu-west-1", UNREAD]]) };
    fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.start();

    expect(await holdReasons()).toEqual([FIRST]);
  });

  test("is the first enforcing run even after recorded writes, while a region cannot be read", async () => {
    aws.live = { ...aws.live, regions: new Map([[REGION, { kind: "failed", reason: "throttled" }]]) };
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();
    await approve();
    await fake.clock.pass(5_000);
    fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    fake.control.fetchSoon("test", [null]);
    await settled();
    const reasons = await holdReasons();
    await fake.clock.pass(2 * SWEEP_MS);

    expect(aws.writes.map(({ call }) => call)).toContain("iam:CreateRole");
    expect([...reasons, ...(await holdReasons())]).toEqual([FIRST, FIRST]);
  });

  test("is a lost record if AWS has roles of this instance that the record has never written", async () => {
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();
    await approve();
    await fake.clock.pass(5_000);
    await stop();
    const store = new MemoryStore(fake.clock);
    Object.assign(fake, { store, recorder: new MemoryRecorder(fake.audit, store) });
    fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.start();

    const first = await holdReasons();
    await fake.clock.pass(2 * SWEEP_MS);
    const later = await holdReasons();
    await stop();
    await fake.start();

    expect([later, await holdReasons()]).toEqual([first, first]);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "held")).toHaveLength(1);
    expect(first).toEqual([
      "lost-database: first enforcing run, and AWS has roles of this instance that the record did not write: suspensions may have been lost",
    ]);
  });
});

describe("a function that a second team claims while the record is lost", () => {
  const OWNER = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
  const NEWCOMER = `function/${ACCOUNT}/eu-west-1/payments/b` as Key;
  const claimedBy = (role = ""): Readonly<Record<string, string>> => ({
    ...manifests({ a: READ_ORDERS }),
    "teams/payments/b.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: b}
spec:
  function: a
  targets: [{accounts: [prod], regions: [eu-west-1]}]
${role}`,
  });

  async function loseRecord(): Promise<void> {
    await fake.startConverged(manifests({ a: READ_ORDERS }));
    await stop();
    const store = new MemoryStore(fake.clock);
    Object.assign(fake, { store, recorder: new MemoryRecorder(fake.audit, store) });
  }

  /** The keys that are invalid, with the files of their errors. */
  const broken = async (): Promise<readonly (readonly [Key, string])[]> =>
    [...(await fake.control.overview()).brokenKeys].map(([key, { file }]) => [key, file]);

  test.each([
    { role: "", because: "whose role has the same name" },
    { role: "  role: {name: other}\n", because: "which has a role of its own" },
  ])("stays with the owner in the tag; only the newcomer is invalid, $because", async ({ role }) => {
    const claimed = claimedBy(role);
    await loseRecord();
    fake.source.push(claimed);
    await fake.start();
    await fake.clock.pass(5_000);
    await fake.converge();
    await fake.push({ ...claimed, ...manifests({ a: WRITE_ORDERS }) });
    await fake.approveAll();
    await fake.clock.pass(5_000);
    const writes = aws.writes.map(({ key }) => key);

    expect(await broken()).toEqual([[NEWCOMER, "teams/payments/b.yaml"]]);
    expect(new Set(writes)).toEqual(new Set([OWNER]));
  });

  /** The function runs on a role that is not named after it; a role of the newcomer is. */
  async function loseRecordOfOther(): Promise<void> {
    const files = manifests({ a: `${READ_ORDERS}  role: {name: orders-own}\n` });
    await fake.startConverged(files);
    await stop();
    const own = aws.live.roles.get("orders-own");
    if (own?.kind !== "present") throw new Error("the role was not made");
    const tags = own.value.tags.map((tag) =>
      tag.value === "orders/a" ? { ...tag, value: "payments/b" } : tag,
    );
    const named: LiveRole = {
      ...own.value,
      name: "a-eu-west-1",
      arn: own.value.arn.replace("orders-own", "a-eu-west-1") as Arn,
      tags,
    };
    aws.live = {
      ...aws.live,
      roles: new Map([...aws.live.roles, ["a-eu-west-1", { kind: "present", value: named }]]),
    };
    const region = aws.live.regions.get(REGION);
    if (region?.kind !== "read") throw new Error("the region was not read");
    const running = liveFunctionOf(binding({}, { functionName: "a" }), { roleArn: own.value.arn });
    const read: LiveRegion = { ...region, functions: new Map([...region.functions, ["a", running]]) };
    aws.live = { ...aws.live, regions: new Map([[REGION, read]]) };
    const store = new MemoryStore(fake.clock);
    Object.assign(fake, { store, recorder: new MemoryRecorder(fake.audit, store) });
  }

  test("stays with the owner of the role that it runs on, although a role of the newcomer is named after it", async () => {
    await loseRecordOfOther();
    fake.source.push({
      ...claimedBy("  role: {name: a-eu-west-1}\n"),
      ...manifests({ a: `${READ_ORDERS}  role: {name: orders-own}\n` }),
    });
    await fake.start();
    await fake.clock.pass(5_000);
    await fake.converge();

    expect(await broken()).toEqual([[NEWCOMER, "teams/payments/b.yaml"]]);
  });

  test.each([
    { lost: "the tag", because: "the tag is lost as well" },
    { lost: "the read", because: "the role cannot be read" },
  ])("has no owner until one gives way if $because", async ({ lost }) => {
    await loseRecord();
    const { roles } = aws.live;
    const changed = [...roles].map(([name, role]): readonly [string, Reading<LiveRole>] => {
      if (role.kind !== "present") return [name, role];
      return [name, lost === "the read" ? UNREAD : { ...role, value: { ...role.value, tags: [] } }];
    });
    aws.live = { ...aws.live, roles: new Map(changed) };
    fake.source.push(claimedBy());
    await fake.start();
    await fake.clock.pass(5_000);
    await fake.converge();

    expect(aws.writes).toEqual([]);
    expect((await broken()).map(([key]) => key)).toEqual([OWNER, NEWCOMER]);
  });
});
