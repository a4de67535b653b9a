import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { functionArn } from "../../../../src/model/aws/arn.ts";
import { documentDigest } from "../../../../src/iam/trail/changes.ts";
import type { AccountId, Partition, Region } from "../../../../src/model/aws/ids.ts";
import type { ChangeEvent } from "../../../../src/model/changes/change-event.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { changeMessage } from "../../../support/aws/change-message.ts";
import { awsError, type FakeAws } from "../../../support/fakes/fake-aws.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { withFunction } from "../../../support/pass/apply.ts";
import { binding, REGION } from "../../../support/pass/bindings.ts";
import { liveFunctionOf } from "../../../support/pass/live-state.ts";
import { ALICE } from "../../settle/attribution/changes.ts";
import { ROLE_NAME, TRAIL_FIELDS } from "../../../support/trail/fields.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const [, EXTRA, DOCUMENT] = TRAIL_FIELDS;

let fake: FakeController;
let aws: FakeAws;

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  const place = { partition: "aws" as Partition, accountId: ACCOUNT, region: REGION };
  const desired = binding(
    { name: ROLE_NAME },
    { functionName: "a", functionArn: functionArn(place, "a", null), key: KEY },
  );
  aws.live = withFunction(aws.live, REGION, liveFunctionOf(desired));
  await fake.startConverged(manifests({ a: READ_ORDERS }));
  fake.changes.addQueue("https://sqs.us-east-1.amazonaws.com/111122223333/changes", new Set([ACCOUNT]));
  fake.changes.queueAnswered("https://sqs.us-east-1.amazonaws.com/111122223333/changes", null);
  await fake.clock.pass(SWEEP_MS * 1.2);
  // A write takes time: it is later than the read before it.
  aws.beforeWrite = () => fake.clock.set(fake.clock.nowMs() + 50);
});
afterEach(async () => {
  await fake.stop();
});

let changedMs: number;

/** A principal changes the role, and a sweep finds it. */
async function changeArrives(): Promise<void> {
  await fake.clock.pass(20_000);
  changedMs = fake.clock.nowMs();
  if (DOCUMENT !== undefined) aws.live = DOCUMENT.set(aws.live, DOCUMENT.values[0] ?? null);
  await fake.clock.pass(SWEEP_MS * 1.2);
}

/** The change is reverted, and the event of the call arrives after this time. */
async function revertedBefore(delayMs: number): Promise<void> {
  await changeArrives();
  await fake.clock.pass(delayMs);
  await eventArrives(changedMs);
}

const OF_DOCUMENT = { policyName: "grantkeeper", policyDocument: DOCUMENT?.values[0] };

async function eventArrives(atMs: number, inline: object = OF_DOCUMENT): Promise<void> {
  await receive(atMs, inline);
  await fake.clock.pass(5_000);
}

async function receive(atMs: number, inline: object = OF_DOCUMENT): Promise<void> {
  const requestParameters = { roleName: ROLE_NAME, ...inline };
  const eventTime = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const record = { eventID: "e1", eventName: "PutRolePolicy", eventTime, requestParameters };
  await fake.changes.receive([changeMessage({ record })], new Set([ACCOUNT]));
}

const found = (): readonly object[] => fake.audit.log.filter(({ kind }) => kind === "drift-author-found");

describe("an event that arrives after its difference was found and reverted", () => {
  test("names the author in an entry of its own, which names the entry of the difference, and in one message of the incident", async () => {
    await revertedBefore(60_000);

    const drift = fake.audit.log.findLast(({ kind }) => kind === "drift-found");
    const attribution = { kind: "named", change: { eventId: "e1" } };
    expect(drift).toMatchObject({ authors: [{ attribution: { kind: "unknown" } }] });
    expect(found()).toMatchObject([{ key: KEY, found: drift?.seq, authors: [{ attribution }] }]);
    const messages = fake.recorder.alerts.filter(({ kind }) => kind === "drift-author-found");
    expect(messages).toMatchObject([{ key: KEY, severity: "security", authors: [{ attribution }] }]);
    expect(fake.store.records.get(KEY)?.unattributed).toMatchObject([{ attribution }]);
  });

  test("is recorded once if it arrives twice", async () => {
    await revertedBefore(60_000);
    await eventArrives(fake.clock.nowMs());
    await fake.clock.pass(SWEEP_MS * 1.2);

    expect(found()).toHaveLength(1);
  });

  test("names no one if it arrives later than our own writes are known", async () => {
    await revertedBefore(3_600_000);

    expect(found()).toEqual([]);
    expect(fake.store.records.get(KEY)?.unattributed).toBeUndefined();
  });

  test("names its author if the controller was restarted meanwhile", async () => {
    await changeArrives();
    await fake.stop();
    await fake.start();
    fake.changes.addQueue("https://sqs.us-east-1.amazonaws.com/111122223333/changes", new Set([ACCOUNT]));
    fake.changes.queueAnswered("https://sqs.us-east-1.amazonaws.com/111122223333/changes", null);
    await fake.clock.pass(5_000);

    await eventArrives(changedMs);

    expect(found()).toHaveLength(1);
  });
});

const noStep = async (): Promise<void> => undefined;

/** Everyone who is recorded for a difference, in entries and in the status. */
function recordedIds(): readonly string[] {
  const open = Object.values(fake.store.records.get(KEY)?.openDrifts ?? {});
  const entries = fake.audit.log.flatMap((entry) =>
    entry.kind === "drift-found" || entry.kind === "drift-author-found" ? (entry.authors ?? []) : [],
  );
  return [...open, ...entries].flatMap(({ attribution }) =>
    attribution?.kind === "named" ? [attribution.change.eventId] : [],
  );
}

test.each([
  {
    before: async () => {
      const until = new Date(fake.clock.nowMs() + 3_600_000).toISOString();
      const scope = { accountId: ACCOUNT, namespace: null, key: KEY };
      await fake.control.suspend({ scope, reason: "INC-1", until }, "dana");
    },
    atEvent: noStep,
    because: "while the key is suspended",
  },
  {
    before: async () => void (aws.mishap = () => ({ kind: "fails", error: awsError("retry") })),
    atEvent: noStep,
    because: "while the revert waits after failures",
  },
  {
    before: noStep,
    atEvent: async () => void (aws.readError = awsError("retry")),
    because: "while the account cannot be read, which is read again later",
  },
  {
    before: async () => {
      const beforeWrite = aws.beforeWrite;
      aws.beforeWrite = (...write) => {
        beforeWrite(...write);
        void receive(changedMs);
      };
    },
    atEvent: noStep,
    because: "while the change is being reverted",
  },
])("an event that arrives $because leaves its author in the record", async ({ before, atEvent }) => {
  await before();
  await changeArrives();
  await atEvent();

  await receive(changedMs);
  await fake.clock.pass(5_000);
  aws.readError = null;
  await fake.clock.pass(SWEEP_MS * 1.2);

  expect(new Set(recordedIds())).toEqual(new Set(["e1"]));
});

test("a change in AWS while a change from Git is written is found after seconds, and its author when the event arrives", async () => {
  let atMs: number | null = null;
  const document = EXTRA?.values[1] ?? null;
  aws.beforeWrite = () => {
    fake.clock.set(fake.clock.nowMs() + 50);
    if (atMs === null && EXTRA !== undefined) aws.live = EXTRA.set(aws.live, document);
    atMs ??= fake.clock.nowMs();
  };
  fake.source.push(manifests({ a: WRITE_ORDERS }));
  await fake.control.reconcile({ kind: "all" }, "dana");
  await fake.clock.pass(10_000);
  const drifts = fake.audit.log.filter(
    (entry) => entry.kind === "drift-found" && entry.fields.includes("inline-extra"),
  );

  await eventArrives(atMs ?? 0, { policyName: "extra", policyDocument: document });

  expect(drifts).toHaveLength(1);
  const open = Object.values(fake.store.records.get(KEY)?.openDrifts ?? {});
  expect(open).toMatchObject([{ attribution: { kind: "candidates", changes: [{ eventId: "e1" }] } }]);
});

describe("a search of CloudTrail", () => {
  test("names the author of a difference that was reverted before it was asked", async () => {
    let atMs = Infinity;
    await fake.stop();
    fake.eventHistory = {
      find: ({ fromMs, toMs }) => {
        const isAsked = atMs >= fromMs && atMs <= toMs;
        return Promise.resolve({ kind: "events", events: isAsked ? [eventAt(atMs)] : [] });
      },
    };
    await fake.start();
    await fake.clock.pass(SWEEP_MS * 1.2);
    atMs = fake.clock.nowMs();
    if (DOCUMENT !== undefined) aws.live = DOCUMENT.set(aws.live, DOCUMENT.values[0] ?? null);

    await fake.clock.pass(SWEEP_MS * 1.2 + 1_500_000, 4_000);

    expect(found()).toMatchObject([
      { authors: [{ attribution: { kind: "candidates" } }] },
      { authors: [{ attribution: { kind: "named", change: { eventId: "e1" } } }] },
    ]);
  });
});

function eventAt(atMs: number): ChangeEvent {
  return {
    id: "e1",
    accountId: ACCOUNT,
    region: "us-east-1" as Region,
    atMs,
    call: "iam:PutRolePolicy",
    object: { kind: "role", name: ROLE_NAME },
    aspect: {
      kind: "inline-set",
      policyName: "grantkeeper",
      document: documentDigest(DOCUMENT?.values[0] ?? ""),
    },
    actor: ALICE,
    requestId: "of-e1",
    intent: null,
  };
}
