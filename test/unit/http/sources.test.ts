import { describe, expect, test } from "@jest/globals";
import type { SourceView } from "../../../src/controller/ports/control.ts";
import type { Access } from "../../../src/http/access/access.ts";
import { sources } from "../../../src/http/present/sources.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { UNREAD_SOURCE, type Diagnostic } from "../../../src/model/diagnostic.ts";
import { sourceColumns, SOURCE_LOCATION } from "../../../src/cli/resources/installation-tables.ts";
import { lineText } from "../../../src/text/screen-line.ts";
import { messageTable } from "../../../src/cli/screen/message-table.ts";
import { ALL, calm, itemsOf, NOW_MS } from "../../support/screens/action-required.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { revision } from "../../support/git/snapshots.ts";
import { FakeControl, NOW } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";

const QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/pushes";
const failure = { code: "AccessDenied", reason: "not allowed", fix: "allow sqs:ReceiveMessage" };
const failing = (sinceMs: number) => ({ kind: "failing", sinceMs, failure }) as const;

/** The platform source, and those of `orders` and `search` with one queue. */
function withQueue(pushQueue: SourceView["pushQueue"]): FakeState {
  const state = calm();
  const { source } = state.overview;
  const location = { ...source.location, webhooks: ["gitea", "github"] as const, pushQueue: QUEUE };
  const own = (name: string): SourceView => ({
    ...source,
    name,
    namespace: name as Namespace,
    location,
    pushQueue,
  });
  return {
    ...state,
    overview: { ...state.overview, namespaceSources: [own("orders"), own("search")] },
  };
}

async function shown(state: FakeState, access: Access = ALL) {
  const control = new FakeControl(state);
  const world = await new WorldReader(control).read();
  return sources(readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS }));
}

describe("a namespace source that is not read is one item, and no document that could be corrected:", () => {
  const held = {
    revision: revision(`main@sha1:${"1".repeat(40)}`),
    reason: "is not signed",
    sinceMs: NOW_MS,
  };
  const rejected = { subject: held.revision, accountId: null, actor: "dana", reason: "no", at: NOW };
  const unread: Diagnostic = {
    severity: "error",
    code: UNREAD_SOURCE,
    origin: { file: "orders//", line: 1, column: 1, path: "" },
    message: 'no revision of source "orders" is accepted and read',
    fix: "grantkeeper status shows the state of the source",
  };

  test.each([
    {
      because: "its fetch fails",
      state: { failure: { message: "no route to host", fix: "check the network", refused: false } },
      item: { message: "no route to host", hint: "check the network" },
    },
    {
      because: "its first revision awaits approval",
      state: { held },
      item: { message: "main@1111111 is not accepted", hint: "grantkeeper describe approval main@1111111" },
    },
    {
      because: "its first revision was rejected",
      state: { held },
      rejections: [rejected],
      item: {
        message: "no revision is accepted and read: main@1111111 was rejected",
        details: ["dana: no"],
        hint: "push a corrected revision",
        since: NOW,
      },
    },
    {
      because: "its first revision was rejected, and its fetch fails since",
      state: { held, failure: { message: "no route to host", fix: "check the network", refused: false } },
      rejections: [rejected],
      item: { message: "no route to host" },
    },
    { because: "nothing was fetched yet", state: {}, item: { message: "no revision was read yet" } },
  ])("$because", async ({ state, rejections = [], item }) => {
    const world = withQueue(null);
    const { source, namespaceSources } = world.overview;
    const overview = {
      ...world.overview,
      source: { ...source, failure: null },
      namespaceSources: namespaceSources.map((one) =>
        one.name === "orders"
          ? { ...one, accepted: null, failure: null, held: null, ...state }
          : { ...one, failure: null },
      ),
      rejections,
      diagnostics: [unread],
    };

    expect(await itemsOf({ ...world, overview })).toMatchObject([
      { kind: "source", target: "orders", ...item },
    ]);
  });
});

test("a source has its URL, its ref and the paths of its webhooks, with its name unless it is the platform's", async () => {
  const [platform, orders] = await shown(withQueue({ kind: "read" }));

  expect(platform?.spec).toEqual({
    namespace: null,
    url: "https://git.example.com/platform/permissions",
    ref: { kind: "branch", name: "main" },
    webhooks: ["/hooks/github"],
    pushQueue: null,
  });
  expect(platform?.status.pushQueue).toBeNull();
  expect(orders?.spec).toMatchObject({
    namespace: "orders",
    webhooks: ["/hooks/gitea/orders", "/hooks/github/orders"],
    pushQueue: QUEUE,
  });
  expect(orders?.status.pushQueue).toEqual({ readable: true, failure: null });
});

test("a token with namespaces sees the platform source and its own", async () => {
  const seen = await shown(withQueue({ kind: "read" }), { ...ALL, namespaces: new Set(["search"]) });

  expect(seen.map(({ metadata }) => metadata.name)).toEqual(["main", "search"]);
});

test.each([
  { because: "no request was answered yet", reading: { kind: "not-asked" } as const, items: 0 },
  { because: "it answers", reading: { kind: "read" } as const, items: 0 },
  { because: "it fails for less than 15 minutes", reading: failing(NOW_MS - 899_999), items: 0 },
  { because: "it fails for 15 minutes", reading: failing(NOW_MS - 900_000), items: 1 },
])("a queue is $items items of status if $because", async ({ reading, items }) => {
  const found = await itemsOf(withQueue(reading));

  expect(found).toHaveLength(items);
  expect(found.map(({ target, hint }) => [target, hint])).toEqual(
    items === 0 ? [] : [["orders, search", failure.fix]],
  );
});

test("the screen has every location, and what is wrong, in lines of their own", async () => {
  const rows = await shown(withQueue(failing(NOW_MS - 60_000)));
  const layout = { width: 80, rowWidth: 80, isWide: false };
  const columns = sourceColumns({ nowMs: NOW_MS, accounts: new Map() });

  expect(messageTable(columns, SOURCE_LOCATION, { rows: rows.slice(1, 2), layout }).map(lineText)).toEqual([
    "SOURCE  NAMESPACE  REF          ACCEPTED      FETCHED",
    "orders  orders     branch main  main@aaaaaaa  0s ago",
    `  ${rows[1]?.spec.url ?? ""}`,
    "  pushes: /hooks/gitea/orders, /hooks/github/orders,",
    `  ${QUEUE}`,
    "  queue not read: AccessDenied: not allowed",
    "  fix: allow sqs:ReceiveMessage",
  ]);
});

test("a held revision that was rejected is shown as rejected, with the operator and the reason", async () => {
  const state = calm();
  const { held } = fakeState().overview.source;
  if (held === null) throw new Error("the world of this test holds no revision");
  const source = { ...state.overview.source, held };
  const rejection = {
    subject: held.revision,
    accountId: null,
    actor: "sam",
    reason: "ask the team first",
    at: new Date(NOW_MS).toISOString(),
  };
  const textsOf = async (rejections: FakeState["overview"]["rejections"]): Promise<readonly string[]> => {
    const [platform] = await shown({ ...state, overview: { ...state.overview, source, rejections } });
    return platform === undefined ? [] : SOURCE_LOCATION.texts(platform).slice(2);
  };

  expect(await textsOf([])).toEqual([`held: main@aaaaaaa: ${held.reason}`]);
  expect(await textsOf([rejection])).toEqual(['rejected: main@aaaaaaa, by sam: "ask the team first"']);
  expect(await textsOf([{ ...rejection, subject: `${held.revision}0` as typeof held.revision }])).toEqual([
    `held: main@aaaaaaa: ${held.reason}`,
  ]);
});
