import { expect, test } from "@jest/globals";
import type { ChangeQueueView } from "../../../src/model/answers/queue-health.ts";
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

  expect(found.map(({ target, details, hint }) => [target, details, hint])).toEqual(
    items === 0 ? [] : [["change events", [url, "AccessDenied: not allowed"], fix]],
  );
});

test("a token of some namespaces sees no queue of change events", async () => {
  const access = { ...ALL, namespaces: new Set(["orders"]) };

  expect(await itemsOf(withHealth(failing(3_600_000)), access)).toEqual([]);
});
