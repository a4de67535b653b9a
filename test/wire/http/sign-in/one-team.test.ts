import { afterEach, expect, test } from "@jest/globals";
import fc from "fast-check";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { RESOURCES } from "../../../../src/api/resources.ts";
import { READ_RESOURCES } from "../../../../src/http/resources/resources.ts";
import { TIMELINE_RANGES } from "../../../../src/model/reads/timeline-range.ts";
import { nextEntry } from "../../../../src/audit/chain.ts";
import type { AuditFact } from "../../../../src/audit/entry.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { keyParts, type Key } from "../../../../src/model/keys/key.ts";
import type { FakeState } from "../../../support/fakes/fake-state.ts";
import { REVISION } from "../../../support/record/audit-facts.ts";
import { fakeState } from "../../../support/screens/api-world.ts";
import { drift } from "../../../support/screens/world-states.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { OWN_PAGE } from "../../../support/screens/browser.ts";
import { startTestServer, type Answer, type TestServer } from "../../../support/screens/http-server.ts";
import { leaks } from "../../../support/screens/tenancy.ts";
import {
  AUDIT_READ,
  FOREIGN_WORDS,
  LEDGER,
  ORDERS_API,
  ORDERS_JOBS,
  REFUNDS,
} from "../../../support/screens/world-keys.ts";
import { pageWith } from "../../../support/sign-in/granted.ts";

let server: TestServer;
let cookie: string;
afterEach(() => server.close());

/** A person who may read orders. */
async function start(): Promise<void> {
  const granted = await pageWith([{ scopes: ["read"], namespaces: ["orders"] }]);
  ({ cookie } = granted);
  const limits = { requestsPerMinute: 100_000, perToken: 512 };
  server = await startTestServer({ state: bothDrift(), options: { page: granted.page, limits } });
}

/** Each of the two teams has a drift that lasts and one that ended. */
function bothDrift(): Partial<FakeState> {
  const state = fakeState();
  const entries = [...state.history];
  for (const key of [ORDERS_API, REFUNDS]) {
    const last = entries.at(-1);
    if (last === undefined) throw new Error("the made-up record is empty");
    entries.push(nextEntry(last, endedDrift(key), NOW));
  }
  const driftSinceMs = { [driftFingerprint(drift(REFUNDS))]: Date.parse(NOW) };
  const records = state.records.map((one) => (one.key === REFUNDS ? { ...one, driftSinceMs } : one));
  return { records, history: entries };
}

function endedDrift(ofKey: Key): AuditFact {
  const at = new Date(Date.parse(NOW) - 3_600_000).toISOString();
  return {
    kind: "drift-ended",
    key: ofKey,
    revision: REVISION,
    fields: ["attachment-extra"],
    how: "reverted",
    changes: [`- policy of ${keyParts(ofKey).name}`],
    risks: [],
    since: at,
    lastCleanAt: at,
  };
}

interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
}

const namespace = fc.constantFrom("orders", "payments");
const key = fc.constantFrom(ORDERS_API, ORDERS_JOBS, REFUNDS, LEDGER, AUDIT_READ);
const resource = fc.constantFrom(...READ_RESOURCES);
const namespaced = fc.constantFrom(...READ_RESOURCES.filter((name) => RESOURCES[name].namespaced));
const name = fc.constantFrom(
  "orders-api",
  "refunds",
  "ledger",
  "payments",
  "orders-api.111122223333.eu-west-1",
  "refunds.111122223333.eu-west-1",
);
const selector = fc.constantFrom(
  "",
  "?labelSelector=team%3Dpayments",
  "?limit=1",
  "?limit=1&labelSelector=tier",
);
const WATCHED = [
  "bindings",
  "drifts",
  "functionpermissions",
  "holds",
  "awsaccounts",
  "managedpolicies",
] as const;
const UNTIL_NOW = "watch=true&timeoutSeconds=1&sendInitialEvents=true&allowWatchBookmarks=true";

const timelines = fc
  .tuple(
    fc.constantFrom("timeline", "namespaces/orders/timeline", "namespaces/payments/timeline"),
    fc.constantFrom(...TIMELINE_RANGES),
    fc.constantFrom("", `&until=${NOW}`, "&until=2026-01-01T00:00:00Z"),
  )
  .map(([of, range, until]) => `${BASE_PATH}/${of}?range=${range}${until}`);

/** Where a page of a list begins: also after an object of another team, as a token that someone wrote can. */
const place = fc.constantFrom(
  "",
  "orders\0orders-api",
  "payments\0ledger",
  "payments\0refunds",
  "platform\0prod",
);
/** `export site` reads every list to its end. */
const exported = fc.oneof(
  resource.map((of) => `${BASE_PATH}/${of}?limit=100`),
  fc
    .tuple(resource, place)
    .map(([of, after]) => `${BASE_PATH}/${of}?limit=100&continue=${continueToken(after)}`),
  fc
    .constantFrom("", "&since=2026-01-01T00:00:00Z", "&continue=9")
    .map((more) => `${BASE_PATH}/events?limit=100${more}`),
);

function continueToken(after: string): string {
  return Buffer.from(`1\0${after}`, "utf8").toString("base64url");
}

const paths: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(resource, selector).map(([of, how]) => `${BASE_PATH}/${of}${how}`),
  fc
    .tuple(namespace, namespaced, selector)
    .map(([at, of, how]) => `${BASE_PATH}/namespaces/${at}/${of}${how}`),
  fc.tuple(namespace, namespaced, name).map(([at, of, one]) => `${BASE_PATH}/namespaces/${at}/${of}/${one}`),
  // What the map, and who-can from the page, are made of.
  fc
    .tuple(fc.constantFrom("permissions", "bindings", "plans"), key)
    .map(([of, one]) => `${BASE_PATH}/${of}?keys=${one}`),
  // The history of the page.
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 2, 3, 9))
    .map(([limit, before]) => `${BASE_PATH}/events?limit=${limit}&continue=${before}`),
  key.map((one) => `${BASE_PATH}/events?key=${one}`),
  namespace.map((at) => `${BASE_PATH}/namespaces/${at}/events?limit=1`),
  fc
    .tuple(
      fc.constantFrom("events", "namespaces/orders/events"),
      fc.constantFrom(...FOREIGN_WORDS, "dana", "token"),
      fc.constantFrom("", "&kind=decisions,drift", "&limit=1", "&since=2026-01-01"),
    )
    .map(([of, by, more]) => `${BASE_PATH}/${of}?by=${by}${more}`),
  fc.constantFrom(1, 2, 3, 9).map((entry) => `${BASE_PATH}/events/${entry}`),
  fc.constantFrom(`${BASE_PATH}/overview`, `${BASE_PATH}/exposed`),
  timelines,
  exported,
  fc.constantFrom("/api/v1/namespaces", "/api/v1/events", "/api/v1/events?limit=1"),
  namespace.chain((at) => fc.constantFrom(`/api/v1/namespaces/${at}`, `/api/v1/namespaces/${at}/events`)),
);

const RESOURCE_ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/invoices";
const asked: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 9, arbitrary: paths.map((path): Asked => ({ method: "GET", path })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Asked>(
      {
        method: "POST",
        path: `${BASE_PATH}/whocans`,
        body: { action: "dynamodb:GetItem", resource: RESOURCE_ARN },
      },
      {
        method: "POST",
        path: `${BASE_PATH}/mergepreviews`,
        body: { files: [{ path: "teams/payments/ledger.yaml", text: null }] },
      },
      { method: "POST", path: `${BASE_PATH}/whys`, body: { key: ORDERS_API, action: "dynamodb:GetItem" } },
    ),
  },
);

function answer({ method, path, body }: Asked): Promise<Answer> {
  const headers = { cookie, ...OWN_PAGE, ...(body !== undefined && { "content-type": "application/json" }) };
  return server.request(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

/** The same for names that nothing has. */
function unknown(text: string): string {
  return FOREIGN_WORDS.reduce((found, word) => found.replaceAll(word, `${word.slice(0, -1)}x`), text);
}

test("three hundred requests of a person of one team show nothing of another, and its names are like names that nothing has", async () => {
  await start();
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(asked, async (one) => {
      const found = await answer(one);
      statuses.add(found.status);
      const path = unknown(one.path);
      const isForeign = path !== one.path;
      const other = isForeign ? await answer({ ...one, path }) : found;
      const text = isForeign ? unknown(found.text) : found.text;

      expect({ ...one, status: found.status, text }).toEqual({
        ...one,
        status: other.status,
        text: isForeign ? unknown(other.text) : other.text,
      });
      expect({ ...one, leaks: isForeign ? [] : leaks(found) }).toEqual({ ...one, leaks: [] });
    }),
    { numRuns: 300 },
  );
  expect([...statuses]).toEqual(expect.arrayContaining([200, 403, 404]));
}, 120_000);

test("watches that begin with the objects show nothing of another team", async () => {
  await start();

  const texts = await Promise.all(
    WATCHED.map(async (watched) => {
      const url = `${server.url}${BASE_PATH}/${watched}?${UNTIL_NOW}`;
      return (await fetch(url, { headers: { cookie, ...OWN_PAGE } })).text();
    }),
  );

  expect(texts.filter((text) => text.includes('"BOOKMARK"'))).toHaveLength(WATCHED.length);
  expect(texts.flatMap((text) => FOREIGN_WORDS.filter((word) => text.includes(word)))).toEqual([]);
});
