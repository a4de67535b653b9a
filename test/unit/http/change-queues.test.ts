import { expect, test } from "@jest/globals";
import type { ChangeQueueView } from "../../../src/model/answers/queue-health.ts";
import type { Region } from "../../../src/model/aws/ids.ts";
import { ALL, calm, itemsOf, NOW_MS } from "../../support/screens/action-required.ts";

const url = "https://sqs.eu-west-1.amazonaws.com/111122223333/changes";
const fix = "allow sqs:ReceiveMessage";
const failure = { code: "AccessDenied", reason: "not allowed", fix };
const failing = (forMs: number) => ({ kind: "failing", sinceMs: NOW_MS - forMs, failure }) as const;

function withHealth(health: ChangeQueueView["health"]) {
  const state = calm();
  return {
    ...state,
    overview: { ...state.overview, changeQueues: [{ url, accounts: ["111122223333"], health }] },
  };
}

test.each([
  { because: "no request was answered yet", health: { kind: "not-asked" } as const, items: 0 },
  { because: "it answers", health: { kind: "read" } as const, items: 0 },
  { because: "it fails for less than 5 minutes", health: failing(299_999), items: 0 },
  { because: "it fails for 5 minutes", health: failing(300_000), items: 1 },
])("a queue of change events is $items items of status if $because", async ({ health, items }) => {
  const found = await itemsOf(withHealth(health));

  expect(found.map(({ kind, target, details, hint }) => [kind, target, details, hint])).toEqual(
    items === 0 ? [] : [["change-queue", "change events", [url, "AccessDenied: not allowed"], fix]],
  );
});

test("a token of some namespaces sees no queue of change events", async () => {
  const access = { ...ALL, namespaces: new Set(["orders"]) };

  expect(await itemsOf(withHealth(failing(3_600_000)), access)).toEqual([]);
});

const read = { kind: "read" } as const;
const ago = (forMs: number): number => NOW_MS - forMs;

test.each([
  { count: 2, lastMs: ago(0), items: 0, because: "the counts of SQS are approximate" },
  { count: 3, lastMs: ago(86_400_000), items: 1, because: "three messages prove it" },
  { count: 9, lastMs: ago(86_400_001), items: 0, because: "the last one was more than a day ago" },
])(
  "another reader of the queue is $items items of status, since $because",
  async ({ count, lastMs, items }) => {
    const state = calm();
    const elsewhere = { sinceMs: ago(172_800_000), lastMs, count };
    const changeQueues = [{ url, accounts: ["111122223333"], health: read, elsewhere }];

    const found = await itemsOf({ ...state, overview: { ...state.overview, changeQueues } });

    expect(found.map(({ kind, details }) => [kind, details])).toEqual(
      items === 0
        ? []
        : [
            [
              "change-queue",
              [
                url,
                `3 messages had been received elsewhere before, the last at ${new Date(lastMs).toISOString()}`,
              ],
            ],
          ],
    );
  },
);

function withLostEvents(...functionNames: readonly string[]) {
  const state = calm();
  const lostEvents = [{ region: "eu-west-1" as Region, sinceMs: NOW_MS - 3_600_000, functionNames }];
  const accounts = state.overview.accounts.map((account) => ({ ...account, lostEvents }));
  return { ...state, overview: { ...state.overview, accounts } };
}

test.each([
  {
    names: ["orders-api"],
    details: "the policy of function orders-api changed, and no event of it was received",
  },
  {
    names: ["a", "b", "c"],
    details: "the policies of functions a, b, c changed, and no event of them was received",
  },
  {
    names: ["a", "b", "c", "d", "e"],
    details: "the policies of functions a, b, c and 2 more changed, and no event of them was received",
  },
])(
  "lost events of a region are an item of status, with what shows the loss: $details",
  async ({ names, details }) => {
    const [item] = await itemsOf(withLostEvents(...names));

    expect(item).toMatchObject({
      kind: "events-lost",
      target: "change events of prod in eu-west-1",
      details: [details],
      since: new Date(NOW_MS - 3_600_000).toISOString(),
    });
  },
);

test("a token of some namespaces sees no lost events, whose function may be of others", async () => {
  const access = { ...ALL, namespaces: new Set(["orders"]) };

  expect(await itemsOf(withLostEvents("orders-api"), access)).toEqual([]);
});
