import { beforeEach, describe, expect, test } from "@jest/globals";
import { startDueSearches } from "../../../../src/controller/changes/run-searches.ts";
import type { HistoryAnswer, HistorySearch } from "../../../../src/controller/ports/estate/event-history.ts";
import { ControllerCaches } from "../../../../src/controller/state/controller-caches.ts";
import { ControllerState, type EnforcedNow } from "../../../../src/controller/state/controller-state.ts";
import type { SoughtObject } from "../../../../src/controller/state/changes/event-searches.ts";
import type { Region } from "../../../../src/model/aws/ids.ts";
import type { DesiredAccount } from "../../../../src/model/desired.ts";
import type { ChangeEvent } from "../../../../src/model/changes/change-event.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, SETTINGS } from "../../../support/fakes/fake-controller.ts";
import { BINDING } from "../../../support/pass/passes.ts";
import { changed } from "../../settle/attribution/changes.ts";

const ACCOUNT = { id: BINDING.accountId, partition: "aws" } as DesiredAccount;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const EVENT: ChangeEvent = changed(7, { kind: "deleted" }).event;
const NONE: HistoryAnswer = { kind: "events", events: [] };
const SIGNAL = new AbortController().signal;

let fake: FakeController;
let state: ControllerState;
let searches: HistorySearch[];
let answers: (HistoryAnswer | Error)[];
let woken: number;

beforeEach(() => {
  fake = new FakeController();
  state = new ControllerState();
  state.enforce({
    compilation: { desired: {}, objects: [], invalid: new Map() },
    brokenFileKeys: new Map(),
    accounts: new Map([[ACCOUNT.id, ACCOUNT]]),
  } as unknown as EnforcedNow);
  [searches, answers, woken] = [[], [], 0];
  fake.eventHistory = {
    find: (search) => {
      searches.push(search);
      const answer = answers.shift() ?? NONE;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
});

const nowMs = (): number => fake.clock.nowMs();
const object = (more: Partial<SoughtObject> = {}): SoughtObject => ({
  accountId: ACCOUNT.id,
  subject: BINDING.role.arn,
  region: "us-east-1" as Region,
  names: [BINDING.role.name],
  keys: new Set([BINDING.key]),
  fromMs: nowMs() - 5 * MINUTE_MS,
  toMs: nowMs(),
  isUnexplained: true,
  ...more,
});
const seek = (...objects: readonly SoughtObject[]): void =>
  state.eventSearches.seek(ACCOUNT.id, objects, nowMs());
async function run(): Promise<void> {
  const context = { state, caches: new ControllerCaches(), settings: SETTINGS, ports: fake.ports() };
  startDueSearches(context, { wake: () => (woken += 1), judge: async () => new Set() }, SIGNAL);
  await settled();
}
const kindOf = (subject: string = BINDING.role.arn): string | undefined =>
  state.eventSearches.of(ACCOUNT.id).searches.get(subject)?.kind;

describe("a search for who made a difference", () => {
  test("makes the key due whose object a call changed", async () => {
    answers = [{ kind: "events", events: [EVENT] }];
    seek(object());

    await run();

    expect(searches).toMatchObject([{ names: [BINDING.role.name], region: "us-east-1" }]);
    expect(state.eventSearches.of(ACCOUNT.id).records).toEqual([
      { event: EVENT, receivedMs: nowMs(), isEarly: true },
    ]);
    expect(state.queue.take(Infinity)).toMatchObject({ scope: { kind: "keys", keys: [BINDING.key] } });
    expect(woken).toBe(1);
  });

  test("is made when the difference is found, after 5 and after 20 minutes, and then no more", async () => {
    seek(object());
    const kinds: (string | undefined)[] = [];
    for (let minute = 0; minute <= 120; minute += 1) {
      const before = searches.length;
      await run();
      if (searches.length > before) kinds.push(`${minute} ${kindOf() ?? ""}`);
      fake.clock.set(nowMs() + MINUTE_MS);
    }

    expect(kinds).toEqual(["0 searched-early", "5 searched-early", "20 searched"]);
    expect(state.queue.depth()).toBe(0);
  });

  test("makes the key due again when the last one has shown every call, which is then no early one", async () => {
    const answer: HistoryAnswer = { kind: "events", events: [EVENT] };
    answers = [answer, answer, answer];
    seek(object());
    const due: number[] = [];
    for (let minute = 0; minute <= 30; minute += 1) {
      const before = woken;
      await run();
      if (woken > before) due.push(minute);
      fake.clock.set(nowMs() + MINUTE_MS);
    }

    expect(due).toEqual([0, 20]);
    const [record] = state.eventSearches.of(ACCOUNT.id).records;
    expect([record?.event, record?.isEarly]).toEqual([EVENT, undefined]);
  });

  test("is made once where the difference is older than CloudTrail's delay", async () => {
    seek(object({ toMs: nowMs() - 60 * MINUTE_MS, fromMs: nowMs() - 61 * MINUTE_MS }));

    await run();
    await run();

    expect([searches.length, kindOf()]).toEqual([1, "searched"]);
  });

  test("is not repeated by the next passes, and is by one that finds a later difference of the object", async () => {
    const first = object();
    seek(first);
    await run();
    seek(first);
    await run();
    expect(searches).toHaveLength(1);

    fake.clock.set(nowMs() + MINUTE_MS);
    seek({ ...first, toMs: nowMs() });
    await run();

    expect(searches.map(({ toMs }) => toMs)).toEqual([first.toMs, nowMs()]);
  });

  test("begins 90 days ago at most, and is not made for what is older", async () => {
    const older = object({ subject: `${BINDING.role.arn}-2`, fromMs: 0, toMs: nowMs() - 91 * DAY_MS });
    seek(object({ fromMs: 0 }), older);

    await run();
    await run();

    expect(searches.map(({ fromMs }) => fromMs)).toEqual([nowMs() - 90 * DAY_MS]);
    expect(kindOf(older.subject)).toBe("too-old");
  });

  test.each([
    { answer: { kind: "failed", code: "AccessDenied", isDenied: true }, againMs: 60 * MINUTE_MS },
    { answer: { kind: "failed", code: "Throttling", isDenied: false }, againMs: 5 * MINUTE_MS },
    { answer: new Error("a bug"), againMs: 5 * MINUTE_MS },
  ] as const)("that fails is made again after $againMs ms", async ({ answer, againMs }) => {
    answers = [answer];
    seek(object());
    await run();
    fake.clock.set(nowMs() + againMs - 1);
    await run();
    expect([searches.length, kindOf()]).toEqual([1, "failed"]);

    fake.clock.set(nowMs() + 1);
    await run();

    expect(searches).toHaveLength(2);
  });

  test("is made one at a time in a region, and next to it in another one", async () => {
    let end = (): void => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    fake.eventHistory = { find: (search) => (searches.push(search), held.then(() => NONE)) };
    const second = object({ subject: `${BINDING.role.arn}-2` });
    const elsewhere = object({
      subject: "arn:aws:lambda:eu-west-1:1:function:a",
      region: "eu-west-1" as Region,
    });
    seek(object(), second, elsewhere);

    await run();
    await run();
    expect(searches.map(({ region }) => region)).toEqual(["us-east-1", "eu-west-1"]);

    end();
    await state.eventSearches.idle();
    await run();
    expect(searches).toHaveLength(3);
  });

  test("keeps no more than 200 objects of an account, and none without a difference", async () => {
    seek(...Array.from({ length: 500 }, (_, at) => object({ subject: `${BINDING.role.arn}-${at}` })));
    expect(state.eventSearches.of(ACCOUNT.id).searches.size).toBe(200);

    seek();
    await run();

    expect([state.eventSearches.of(ACCOUNT.id).searches.size, searches.length]).toEqual([0, 0]);
  });

  test("of an object with candidates asks nothing, and keeps what was found", async () => {
    answers = [{ kind: "events", events: [EVENT] }];
    seek(object());
    await run();
    seek(object({ isUnexplained: false }));

    fake.clock.set(nowMs() + 60 * MINUTE_MS);
    await run();

    expect(state.eventSearches.of(ACCOUNT.id).records).toHaveLength(1);
    seek(object({ isUnexplained: false, subject: `${BINDING.role.arn}-2` }));
    const before = searches.length;
    await run();
    expect(searches).toHaveLength(before);
  });

  test("drops the answer about differences that have changed meanwhile", async () => {
    let end = (): void => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    fake.eventHistory = { find: () => held.then(() => ({ kind: "events", events: [EVENT] })) };
    seek(object());
    await run();
    seek(object({ toMs: nowMs() + MINUTE_MS }));
    end();
    await state.eventSearches.idle();

    expect(state.eventSearches.of(ACCOUNT.id)).toEqual({
      records: [],
      searches: new Map([[BINDING.role.arn, { kind: "due" }]]),
    });
  });
});
