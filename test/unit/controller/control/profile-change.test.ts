import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { settled } from "../../../support/fakes/fake-clock.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { profileText } from "../../../support/profiles.ts";
import { ACCOUNT, HOUR_MS, KEY, keyOf } from "./operator.ts";

/** RES-001 refuses it by default. */
const OPEN = `${READ_ORDERS}  statements: [{reason: t, statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}}]\n`;
const FILE = "platform/profile.yaml";
const ACT = profileText("p", "{rules: {RES-001: block}}");
const LAXER = profileText("p", "{rules: {RES-001: off}}");

let fake: FakeController;
let aws: FakeAws;

beforeEach(async () => {
  fake = new FakeController();
  fake.source.push({ ...manifests({ a: READ_ORDERS, b: READ_ORDERS }), [FILE]: ACT });
  await fake.start({ approvers: { security: ["lee"] } });
  await fake.converge();
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => fake.stop());

const holds = async () => (await fake.control.overview()).holds;
const confirmed = () => fake.store.accountRecords.get(ACCOUNT)?.confirmedRules?.profiles[0]?.rules["RES-001"];

async function approve(actor = "dana") {
  const [hold] = await holds();
  const answer = await fake.control.approve(
    { subject: hold?.subject ?? "", reason: "ok", forMs: HOUR_MS },
    actor,
  );
  await settled();
  return answer;
}

describe("a laxer profile", () => {
  test("is held where it lets pass what the rules refused, and nothing else is", async () => {
    await fake.push({ ...manifests({ a: OPEN, b: WRITE_ORDERS }), [FILE]: LAXER });

    expect(await holds()).toMatchObject([
      {
        code: "profiles-changed",
        reason: "RES-001 no longer refuses it: a profile or this version is laxer",
        keys: [KEY],
      },
    ]);
    expect(new Set(aws.writes.map(({ key }) => key))).toEqual(new Set([keyOf("b")]));
  });

  test("counts as before until an operator approves, also after a restart and for later pushes", async () => {
    await fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), [FILE]: LAXER });
    await fake.clock.pass(SWEEP_MS);
    await fake.stop();
    await fake.start();
    await fake.push({ ...manifests({ a: OPEN, b: OPEN }), [FILE]: LAXER });
    await fake.clock.pass(SWEEP_MS);

    expect((await holds()).flatMap(({ keys }) => keys)).toEqual([KEY, keyOf("b")]);
    expect(confirmed()).toBe("block");
    expect(aws.writes).toEqual([]);
  });

  test("takes effect with the approval, and is then the one that counts", async () => {
    await fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), [FILE]: LAXER });
    expect(await approve()).toMatchObject({ kind: "ok" });
    await fake.clock.pass(SWEEP_MS);
    expect(confirmed()).toBe("off");

    await fake.push({ ...manifests({ a: OPEN, b: OPEN }), [FILE]: LAXER });
    expect(await holds()).toEqual([]);
  });

  test("that changes no verdict is confirmed by itself", async () => {
    await fake.push({ ...manifests({ a: READ_ORDERS, b: READ_ORDERS }), [FILE]: LAXER });
    await fake.clock.pass(SWEEP_MS);

    expect(await holds()).toEqual([]);
    expect(confirmed()).toBe("off");
  });

  test("that is removed is held as well", async () => {
    const owned = profileText("p", "{requiredAnnotations: [owner]}");
    await fake.push({ ...manifests({ a: READ_ORDERS, b: READ_ORDERS }), [FILE]: owned });
    await fake.clock.pass(SWEEP_MS);
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect(await holds()).toMatchObject([{ code: "profiles-changed", keys: [KEY] }]);
  });
});

test("a stricter profile judges a changed declaration immediately", async () => {
  await fake.push({ ...manifests({ a: READ_ORDERS, b: READ_ORDERS }), [FILE]: LAXER });
  await fake.clock.pass(SWEEP_MS);
  await fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), [FILE]: ACT });

  expect(await holds()).toEqual([]);
  expect(fake.condition(KEY, "Ready")).toBe("False GuardrailRefused");
});

test("an approval that a profile wanted is wanted until the account confirmed the profile without it", async () => {
  const reviewed = profileText("p", "{approval: {for: new-access, group: security}}");
  await fake.push({ ...manifests({ a: READ_ORDERS, b: READ_ORDERS }), [FILE]: reviewed });
  await fake.clock.pass(SWEEP_MS);

  await fake.push({ ...manifests({ a: WRITE_ORDERS, b: READ_ORDERS }), [FILE]: LAXER });

  expect(await holds()).toMatchObject([{ code: "profile-approval", group: "security", keys: [KEY] }]);
  expect(await approve("dana")).toMatchObject({ kind: "err" });
  expect(await approve("lee")).toMatchObject({ kind: "ok" });
  expect(aws.writes.length).toBeGreaterThan(0);
});
