import { describe, expect, test } from "@jest/globals";
import { isOwnWrite } from "../../../../src/controller/changes/own-writes.ts";
import { readChangeMessage } from "../../../../src/iam/trail/change-message.ts";
import type { ChangeEvent } from "../../../../src/model/changes/change-event.ts";
import type { Region } from "../../../../src/model/aws/ids.ts";
import { changeMessage } from "../../../support/aws/change-message.ts";
import { FakeClock } from "../../../support/fakes/fake-clock.ts";
import { MemoryAudit } from "../../../support/fakes/fake-ports.ts";
import { finish, intent, OTHER_KEY, refusal, type Intent } from "../../../support/record/audit-facts.ts";

const ATTACH: Partial<Intent> = {
  call: "iam:AttachRolePolicy",
  target: "arn:aws:iam::111122223333:role/grantkeeper/orders-api",
  input: { PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
};

const REGION = "us-east-1" as Region;

/** An event of `iam:AttachRolePolicy` on the role orders-api that claims the second entry of the record. */
function claimed(change: Partial<ChangeEvent> = {}): ChangeEvent {
  const message = readChangeMessage(changeMessage(), new Set(["111122223333"]));
  if (message.kind !== "change") throw new Error(`not a change: ${message.kind}`);
  return { ...message.event, intent: 2, requestId: "r1", ...change };
}

async function recordOf(made: Partial<Intent>, end: "finished" | "open"): Promise<MemoryAudit> {
  const audit = new MemoryAudit(new FakeClock(0));
  const [, intended] = await audit.append([refusal(1), intent(made)]);
  if (intended !== undefined && end === "finished") await audit.append([finish(intended, "applied")]);
  return audit;
}

describe("an event is of a write of Grantkeeper", () => {
  test.each([
    { end: "finished", event: {}, because: "the record has its intent and its request" },
    { end: "open", event: { requestId: "r9" }, because: "the call of its intent has not ended" },
    {
      end: "finished",
      event: { object: { kind: "role", name: "Orders-API" } },
      because: "IAM compares the names of roles without regard to case",
    },
    {
      end: "finished",
      event: { object: { kind: "not-named", service: "iam", region: REGION, names: [] } },
      because: "the record has its request, although CloudTrail left the parameters out",
    },
  ] as const)("if $because", async ({ end, event }) => {
    expect(await isOwnWrite(claimed(event), await recordOf(ATTACH, end))).toBe(true);
  });
});

test("an event of an intent whose answer was lost is not of a write of Grantkeeper: no request proves it", async () => {
  const audit = new MemoryAudit(new FakeClock(0));
  const [, intended] = await audit.append([refusal(1), intent(ATTACH)]);
  if (intended === undefined) throw new Error("an intent");
  await audit.append([{ ...finish(intended, "found-applied"), requestId: null }]);

  expect(await isOwnWrite(claimed({ requestId: "r9" }), audit)).toBe(false);
  expect(await isOwnWrite(claimed({ requestId: null }), audit)).toBe(false);
});

test("an event that set something else is not of the write of the open intent that it claims: a database that lost entries uses their numbers again", async () => {
  const other = { ...ATTACH, input: { PolicyArn: "arn:aws:iam::aws:policy/Other" } };

  expect(await isOwnWrite(claimed({ requestId: "r9" }), await recordOf(other, "open"))).toBe(false);
});

test("an event that names no object is not of a write of Grantkeeper that has not ended", async () => {
  const object = { kind: "not-named", service: "iam", region: REGION, names: [] } as const;

  expect(await isOwnWrite(claimed({ object }), await recordOf(ATTACH, "open"))).toBe(false);
});

describe("an event that claims an intent is not of a write of Grantkeeper", () => {
  test.each<{
    readonly event?: Partial<ChangeEvent>;
    readonly made?: Partial<Intent>;
    readonly because: string;
  }>([
    { event: { intent: null }, because: "it claims none" },
    { event: { intent: 1 }, because: "the entry is none" },
    { event: { intent: 9 }, because: "the record has no such entry" },
    { event: { requestId: "r9" }, because: "the intent was of another request" },
    { event: { requestId: null }, because: "it names no request" },
    { event: { call: "iam:DetachRolePolicy" }, because: "the intent was another call" },
    { event: { object: { kind: "role", name: "other" } }, because: "the intent was of another role" },
    {
      event: { object: { kind: "policy", arn: "arn:aws:iam::111122223333:policy/orders-api" } },
      because: "the intent was of a role, not of a policy with its name",
    },
    { made: { key: OTHER_KEY }, because: "the intent was of another account" },
  ])("if $because", async ({ event = {}, made = {} }) => {
    expect(await isOwnWrite(claimed(event), await recordOf({ ...ATTACH, ...made }, "finished"))).toBe(false);
  });
});
