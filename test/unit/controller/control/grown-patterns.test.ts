import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ActionData } from "../../../../src/iam/action-data.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { actionDataOf } from "../../../support/policies/action-data.ts";
import { profileText } from "../../../support/profiles.ts";
import { HOUR_MS, KEY } from "./operator.ts";

const TABLES = { arns: ["arn:*:dynamodb:*:*:table/*"] };
const BEFORE = actionDataOf({
  "dynamodb:DescribeTable": TABLES,
  "dynamodb:DescribeLimits": TABLES,
  "dynamodb:BatchGetItem": TABLES,
});
const AFTER = actionDataOf({
  "dynamodb:DescribeTable": TABLES,
  "dynamodb:DescribeLimits": TABLES,
  "dynamodb:DescribeStream": TABLES,
  "dynamodb:BatchGetItem": TABLES,
});
const PROFILE = {
  "platform/profile.yaml": profileText("reviewed", "{approval: {for: new-access, group: security}}"),
};

const allowing = (action: string, more = "") =>
  `  statements: [{reason: reads, statement: {Effect: Allow, Action: "${action}", Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}}]\n${more}`;
const GROWN_TEXT =
  '"dynamodb:Describe*" also matches dynamodb:DescribeStream, which AWS added after it was approved';

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
  fake.actionData = BEFORE;
});

afterEach(() => fake.stop());

const start = () => fake.start({ approvers: { security: ["lee"] } });
const holds = async () => (await fake.control.overview()).holds;
const approve = async () => {
  for (const { subject } of await holds())
    await fake.control.approve({ subject, reason: "ok", forMs: HOUR_MS }, "lee");
  await settled();
};

/** Everything that is pushed is approved and applied. */
async function converged(spec: string, profile: Readonly<Record<string, string>> = PROFILE): Promise<void> {
  fake.source.push({ ...manifests({ a: spec }), ...profile });
  await start();
  await approve();
  await fake.clock.pass(SWEEP_MS);
}

async function upgradedTo(data: ActionData): Promise<void> {
  await fake.stop();
  fake.actionData = data;
  await start();
}

describe("an upgrade whose action data has more actions of a declared pattern", () => {
  test("holds the function for the group that a profile wants new access approved by, without a call", async () => {
    await converged(allowing("dynamodb:Describe*"));
    await upgradedTo(AFTER);

    expect(await holds()).toMatchObject([
      {
        code: "profile-approval",
        reason: `grants new access, which needs an approval of group security; ${GROWN_TEXT}`,
        group: "security",
        keys: [KEY],
        actions: 0,
      },
    ]);
    expect(fake.condition(KEY, "Ready")).toBe("False AwaitingApproval");
    const [hold] = await holds();
    expect(hold && fake.control.heldChanges(hold)).toMatchObject([
      { grown: [{ pattern: "dynamodb:Describe*", actions: ["dynamodb:DescribeStream"] }] },
    ]);
  });

  test("is accepted by an approval, which names the actions, and is not asked about again", async () => {
    await converged(allowing("dynamodb:Describe*"));
    await upgradedTo(AFTER);
    await approve();
    await fake.clock.pass(2 * HOUR_MS);

    expect(await holds()).toEqual([]);
    expect(fake.condition(KEY, "Ready")).toBe("Unknown WaitingForFunction");
    expect(fake.condition(KEY, "Drifted")).toBe("False NoDriftDetected");
    const { entries } = await fake.control.history({ key: KEY, namespace: null, before: null, limit: 50 });
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: "approved",
        covers: [expect.objectContaining({ permissions: [`+ ${GROWN_TEXT}`] })],
      }),
    );
  });

  test("asks again about what AWS adds after the approval", async () => {
    await converged(allowing("dynamodb:Batch*"));
    await upgradedTo(actionDataOf({ "dynamodb:BatchGetItem": TABLES, "dynamodb:BatchGetThings": TABLES }));
    await approve();
    await upgradedTo(
      actionDataOf({
        "dynamodb:BatchGetItem": TABLES,
        "dynamodb:BatchGetThings": TABLES,
        "dynamodb:BatchWriteItem": TABLES,
      }),
    );

    expect(await holds()).toMatchObject([
      {
        reason: expect.stringContaining('"dynamodb:Batch*" also matches dynamodb:BatchWriteItem, which'),
      },
    ]);
  });

  test.each([
    { action: "dynamodb:DESCRIBE*", because: "the same pattern in another case" },
    { action: "dynamodb:Describe**", because: "the same pattern with two stars" },
    { action: "dynamodb:DescribeS*", because: "a narrower pattern" },
  ])("stays held if the manifest is written with $because", async ({ action }) => {
    await converged(allowing("dynamodb:Describe*"));
    await upgradedTo(AFTER);
    await fake.push({ ...manifests({ a: allowing(action) }), ...PROFILE });
    await fake.clock.pass(SWEEP_MS);

    expect(await holds()).toMatchObject([{ code: "profile-approval", keys: [KEY] }]);
  });

  test("ends if the pattern no longer matches the new actions", async () => {
    await converged(allowing("dynamodb:Describe*"));
    await upgradedTo(AFTER);
    await fake.push({ ...manifests({ a: allowing("dynamodb:DescribeTable") }), ...PROFILE });
    await fake.clock.pass(SWEEP_MS);

    expect(await holds()).toEqual([]);
    expect(fake.condition(KEY, "Drifted")).toBe("False NoDriftDetected");
  });

  test.each([
    { spec: allowing("dynamodb:BatchGetItem"), because: "no pattern is declared" },
    { spec: allowing("dynamodb:Batch*"), because: "the pattern matches none of the new actions" },
    {
      spec: allowing("dynamodb:Batch*").replace("Allow", "Deny"),
      because: "a Deny that matches more is no access",
    },
  ])("changes nothing if $because", async ({ spec }) => {
    await converged(spec);
    await upgradedTo(AFTER);

    expect(await holds()).toEqual([]);
    expect(fake.condition(KEY, "Drifted")).toBe("False NoDriftDetected");
  });

  test("changes nothing for a Deny whose pattern matches them", async () => {
    await converged(allowing("dynamodb:Describe*").replace("Allow", "Deny"));
    await upgradedTo(AFTER);

    expect(fake.condition(KEY, "Drifted")).toBe("False NoDriftDetected");
  });

  test("is no news again if an action is missing from one version of the data", async () => {
    await converged(allowing("dynamodb:Describe*"));
    await upgradedTo(actionDataOf({ "dynamodb:DescribeTable": TABLES }));
    await upgradedTo(BEFORE);

    expect(await holds()).toEqual([]);
  });

  test("shows nothing as new if the record is of a version that recorded no matches", async () => {
    await converged(allowing("dynamodb:Describe*"));
    const record = fake.store.records.get(KEY);
    if (record === undefined) throw new Error("nothing is recorded");
    const { matchedActions: _, ...older } = record;
    fake.store.records.set(KEY, older);
    await upgradedTo(AFTER);

    expect(await holds()).toEqual([]);
    expect(fake.store.records.get(KEY)?.matchedActions).toEqual({
      "dynamodb:describe*": ["dynamodb:DescribeLimits", "dynamodb:DescribeStream", "dynamodb:DescribeTable"],
    });
  });
});

describe("a pattern whose actions have no names", () => {
  const LAX = {
    "platform/profile.yaml": profileText(
      "reviewed",
      "{approval: {for: new-access, group: security}, rules: {ACT-001: warn}}",
    ),
  };
  const of = (snapshotDate: string): ActionData => ({ ...BEFORE, snapshotDate });
  const [FIRST, SECOND] = [of("2026-01-31"), of("2026-03-01")];

  test("is held for each later version of the data, once", async () => {
    fake.actionData = FIRST;
    await converged(allowing("dynamo*:Describe*"), LAX);
    await upgradedTo(SECOND);

    expect(await holds()).toMatchObject([
      {
        code: "profile-approval",
        reason: expect.stringContaining(
          `"dynamo*:Describe*" also matches any of its actions that are new in AWS's data of 2026-03-01, which AWS added`,
        ),
      },
    ]);

    await approve();
    await fake.clock.pass(2 * HOUR_MS);
    expect(await holds()).toEqual([]);
    await upgradedTo(FIRST);
    expect(await holds()).toEqual([]);
  });

  test("approves nothing if it is written otherwise before the approval", async () => {
    fake.actionData = FIRST;
    await converged(allowing("dynamo*:Describe*"), LAX);
    await upgradedTo(SECOND);
    await fake.push({ ...manifests({ a: allowing("dynamo*:DescribeT*") }), ...LAX });
    await fake.clock.pass(SWEEP_MS);

    expect(await holds()).toMatchObject([{ reason: expect.stringContaining('"dynamo*:DescribeT*" also') }]);
  });

  test("changes nothing with the same data", async () => {
    fake.actionData = FIRST;
    await converged(allowing("dynamo*:Describe*"), LAX);
    await upgradedTo(of("2026-01-31"));

    expect(await holds()).toEqual([]);
  });
});

describe("without a profile that asks for an approval", () => {
  test("the new actions are drift that AWS made, shown until the manifest changes", async () => {
    await converged(allowing("dynamodb:Describe*"), {});
    await upgradedTo(AFTER);

    expect(await holds()).toEqual([]);
    expect(fake.condition(KEY, "Ready")).toBe("Unknown WaitingForFunction");
    expect(fake.condition(KEY, "Drifted")).toBe("True UpstreamChanged");
    const { entries } = await fake.control.history({ key: KEY, namespace: null, before: null, limit: 50 });
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: "drift-found", changes: [`! ${GROWN_TEXT}`] }),
    );

    await fake.push({ ...manifests({ a: allowing("dynamodb:Describe*"), b: "  logs: false\n" }) });
    await fake.clock.pass(SWEEP_MS);
    expect(fake.condition(KEY, "Drifted")).toBe("True UpstreamChanged");

    await fake.push({ ...manifests({ a: allowing("dynamodb:Describe*", "  tracing: true\n") }) });
    await fake.clock.pass(SWEEP_MS);
    expect(fake.condition(KEY, "Drifted")).toBe("False NoDriftDetected");
  });

  test("an observed account shows them too", async () => {
    const observing = manifests({ a: allowing("dynamodb:Describe*", "  mode: observe\n") });
    fake.source.push(observing);
    await start();
    await upgradedTo(AFTER);

    const { entries } = await fake.control.history({ key: KEY, namespace: null, before: null, limit: 50 });
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: "drift-found", changes: expect.arrayContaining([`! ${GROWN_TEXT}`]) }),
    );
  });
});
