import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { HeldAccount, NoAnswer } from "../../../../src/controller/ports/assigned/account-holders.ts";
import type { WhyReader } from "../../../../src/model/answers/questions/access-questions.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { ControllerState } from "../../../../src/controller/state/controller-state.ts";
import { answerInParts } from "../../../../src/controller/control/questions/asked-accounts.ts";
import type { DesiredAccount } from "../../../../src/model/desired.ts";
import { err, ok, type Result } from "../../../../src/model/values/result.ts";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { stop } from "../sandboxes.ts";

const PROD = "111122223333" as AccountId;
const TEST = "444455556666" as AccountId;
const KEY = `function/${PROD}/eu-west-1/orders/a` as Key;
const TABLE = `arn:aws:dynamodb:eu-west-1:${PROD}:table/orders`;
const SILENT = "another replica reads the account, and does not answer";
const EVERYTHING: WhyReader = {
  asker: "ops",
  seesEverything: true,
  sees: () => true,
  hides: () => false,
  hidesFunction: () => false,
};

describe("a question about an account whose passes another replica makes", () => {
  let fake: FakeController;
  let answer: Result<HeldAccount, NoAnswer>;
  let asked: AccountId[];

  /** This process read both accounts; then one was assigned. */
  beforeEach(async () => {
    fake = new FakeController();
    asked = [];
    let found = new Map();
    fake.assignedMemories = { read: () => Promise.resolve(found) };
    fake.holders = {
      ask: (accountId) => {
        asked.push(accountId);
        return Promise.resolve(answer);
      },
    };
    await fake.startConverged(manifests({ a: READ_ORDERS }, { prod: PROD, test: TEST }));
    const view = fake.control.keyView(KEY);
    if (view === null) throw new Error("the account was not read");
    const { live } = fake.cloud.account(PROD);
    const views = new Map([[KEY, view]]);
    const memory = { accountId: PROD, views, holds: [], orphans: [], rejected: new Set<string>() };
    const read = { ...memory, failure: null, fault: null, unread: [] };
    answer = ok({ ...read, live });
    found = new Map([[PROD, read]]);
    await fake.clock.pass(1_000);
  });
  afterEach(() => stop(fake));

  const why = async () => {
    const question = { key: KEY, action: "dynamodb:GetItem", resource: TABLE, context: {} };
    const found = await fake.control.why({ ...question, resourceAccount: null, reported: null }, EVERYTHING);
    if (found.kind === "err") throw new Error(found.error.message);
    return found.value;
  };
  const exposed = async (reader: WhyReader) => {
    const found = await fake.control.exposed(reader);
    if (found.kind === "err") throw new Error(found.error.message);
    return found.value;
  };
  const effective = async () => {
    const { suspensions, rejections, accounts } = await fake.control.overview();
    const record = fake.store.records.get(KEY) ?? null;
    const recorded = {
      record,
      isUncompared: false,
      applied: record?.applied ?? null,
      account: accounts[0]?.record ?? null,
      suspensions,
      rejections,
    };
    return fake.control.permissionState(KEY, recorded, await fake.control.askAccounts([KEY])).effective;
  };

  test("is answered with what that replica has read, also why, exposed and describe", async () => {
    expect((await why()).live).toMatchObject({ reason: "there is no function a in prod/eu-west-1" });
    expect(await exposed(EVERYTHING)).toMatchObject({ unread: [] });
    expect(await effective()).toMatchObject({ kind: "read" });
    expect(new Set(asked)).toEqual(new Set([PROD]));
  });

  test("shows that it is unknown, without the name of the replica, if that does not answer", async () => {
    answer = err("silent");

    expect((await why()).live).toMatchObject({ kind: "unknown", reason: SILENT });
    expect((await exposed(EVERYTHING)).unread).toEqual([`account prod: ${SILENT}`]);
    expect(await effective()).toEqual({ kind: "unknown", reason: SILENT });
  });

  test("is asked only of accounts of which the caller sees a function", async () => {
    const nothing = { ...EVERYTHING, seesEverything: false, sees: (key: Key) => key.includes(TEST) };

    await exposed(nothing);

    expect(asked).toEqual([]);
  });
});

test("the states of at most eight accounts of other replicas are in memory for a question about many", async () => {
  const ids = Array.from({ length: 20 }, (_, at) => String(100_000_000_000 + at) as AccountId);
  const accounts = [...ids, PROD].map((id) => ({ id }) as DesiredAccount);
  const state = new ControllerState();
  state.assigned.read(new Map(ids.map((id) => [id, null])));
  const ask = async (accountId: AccountId) => ok({ accountId } as HeldAccount);

  const parts = await answerInParts(accounts, { state, ports: { holders: { ask } } }, async (part) => ({
    accounts: part.accounts.map(({ id }) => id),
    asked: [...part.asked.keys()],
  }));

  expect(parts[0]).toEqual({ accounts: [PROD], asked: [] });
  expect(parts.slice(1).map(({ asked }) => asked.length)).toEqual([8, 8, 4]);
  expect(parts.slice(1).flatMap(({ asked }) => asked)).toEqual(ids);
});
