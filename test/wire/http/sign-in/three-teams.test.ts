import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { isReadResource, READ_RESOURCES } from "../../../../src/http/resources/resources.ts";
import type { FakeController } from "../../../support/fakes/fake-controller.ts";
import type { SiteFunction } from "../../../../src/api/browser/site.ts";
import { dataOf, exportFrom, ExportFolder, filesIn } from "../../../support/page/exporting.ts";
import { OWN_PAGE } from "../../../support/screens/browser.ts";
import {
  readToken,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../../support/screens/http-server.ts";
import { pageWith } from "../../../support/sign-in/granted.ts";
import { asked, isQuestion, shownToAll, type Asked } from "../../../support/tenancy/asked.ts";
import {
  hiddenTeams,
  SEEN,
  nameOf,
  seenNames,
  visibleTeams,
  type GrantedTeams,
  type Item,
} from "../../../support/tenancy/model.ts";
import { WATCH, watchStart } from "../../../support/tenancy/watched.ts";
import { TEAMS, threeTeams, type TeamName } from "../../../support/tenancy/three-teams.ts";

// The routes of the server itself: a new one is asked, too, or is red.

const REQUESTS = 1_000;
/** Of no team: files, probes and sign-in; what acts is in tenancy-writes.test.ts. */
const ELSEWHERE =
  /^(HEAD|PATCH|PUT|DELETE|POST|OPTIONS) |^GET (\/|\/ui.*|\/auth.*|\/healthz|\/livez|\/readyz|\/metrics)$/;

let fake: FakeController;
let server: TestServer;
let person: Awaited<ReturnType<typeof pageWith>>;
const routes = new Set<string>();
const all: Record<string, readonly Item[]> = {};

const tokenFor = (team: TeamName): string => `token-of-${team}`;

/** Collects the routes of the next server. */
function collect(message: unknown): void {
  const { fastify } = message as { readonly fastify: FastifyInstance };
  fastify.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) routes.add(`${one} ${url}`);
  });
}

beforeAll(async () => {
  fake = await threeTeams();
  person = await pageWith([]);
  subscribe("fastify.initialization", collect);
  const limits = { requestsPerMinute: 1_000_000, perToken: 512 };
  const { control, clock } = fake;
  const tokens = TEAMS.map((team) => readToken(tokenFor(team), `${team}-ci`, [team]));
  server = await startTestServer({ options: { control, clock, limits, tokens, page: person.page } });
  unsubscribe("fastify.initialization", collect);
  for (const resource of READ_RESOURCES) all[resource] = (await server.get(`/${resource}`)).json.items;
  all["events"] = (await server.get("/events?limit=1000")).json.items;
});

afterAll(async () => {
  await server.close();
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

const isAsked = (route: string): boolean => !ELSEWHERE.test(route) || isQuestion(route);

const grants: fc.Arbitrary<readonly GrantedTeams[]> = fc.array(
  fc.record({
    scopes: fc.uniqueArray(fc.constantFrom("read", "reconcile", "suspend", "approve"), {
      minLength: 1,
      maxLength: 2,
    }),
    namespaces: fc.uniqueArray(fc.constantFrom<TeamName>(...TEAMS), { minLength: 1, maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 2 },
);

const ONE_TEAM: readonly GrantedTeams[] = [{ scopes: ["read"], namespaces: [TEAMS[1]] }];
const EVERY_TEAM: readonly GrantedTeams[] = [{ scopes: ["read"], namespaces: TEAMS }];

function answer({ method, path, body, accept }: Asked, teams: readonly GrantedTeams[]): Promise<Answer> {
  person.grant(teams);
  const headers = { cookie: person.cookie, accept, ...OWN_PAGE };
  if (path.includes("watch=true")) return watchStart(server, path, headers);
  if (body === null) return server.request(path, { method, headers });
  const init = {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  return server.request(path, init);
}

/** The same for names that no one has. */
function unknown(text: string, hidden: readonly string[]): string {
  return hidden.reduce((found, word) => found.replaceAll(word, `${word.slice(0, -1)}x`), text);
}

/** What is compared of an answer. */
interface Shown {
  readonly status: number;
  readonly text: string;
  readonly names: readonly string[] | null;
}

/** By the model: an answer has no word of a hidden team, and lists have every object of the others. */
async function compare(one: Asked, given: readonly GrantedTeams[]): Promise<Answer> {
  const teams = visibleTeams(given);
  const hidden = hiddenTeams(one.route, given);
  const found = await answer(one, given);
  const replaced = JSON.parse(unknown(JSON.stringify(one), hidden)) as Asked;
  const isForeign = replaced.path !== one.path || JSON.stringify(replaced.body) !== JSON.stringify(one.body);
  const other = isForeign ? await answer({ ...replaced, route: one.route }, given) : found;

  const shown = (of: Answer): Shown => ({
    status: of.status,
    text: isForeign ? unknown(of.text, hidden) : of.text,
    names: listedNames(one, of),
  });
  expect({ one, given, ...shown(found) }).toEqual({
    one,
    given,
    ...shown(other),
    names: expectedNames(one, teams, found),
  });
  expect({ one, given, leaks: isForeign ? [] : hidden.filter((word) => found.text.includes(word)) }).toEqual({
    one,
    given,
    leaks: [],
  });
  return found;
}

/** The list or watch of a resource of which nothing is selected; null: another answer. */
function listOf({ route, path }: Asked): string | null {
  const list = route.split("/").at(-1) ?? "";
  const isAll = route === `GET ${path}` || route === `GET ${path.replace(WATCH, "")}`;
  return isAll && isReadResource(list) ? list : null;
}

/** A watch sends what exists in any order. */
function inOrder({ path }: Asked, names: readonly string[]): readonly string[] {
  return path.endsWith(WATCH) ? names.toSorted() : names;
}

function listedNames(one: Asked, { status, json }: Answer): readonly string[] | null {
  if (listOf(one) === null || status !== 200) return null;
  const items = json.kind === "Table" ? json.rows.map(({ object }: Item) => object) : json.items;
  return inOrder(one, items.map(nameOf));
}

function expectedNames(one: Asked, teams: readonly string[], { status }: Answer): readonly string[] | null {
  const list = listOf(one);
  if (list === null || !isReadResource(list)) return null;
  // Not every list can be watched.
  if (teams.length === 0 || status === 405) return null;
  if (status !== 200) return [];
  return inOrder(one, seenNames(list, all[list] ?? [], teams));
}

/** With a name that no object of this world has; and what is of no namespace, so that no team sees it. */
const NEVER_FOUND =
  /\/grantproposals$|\/(accountsets|alertroutes|changewindows|denials|orphans|replicas|waves)\/:name$|\/reconciliations\/:token$/;

const WATCHED = ["awsaccounts", "bindings", "drifts", "functionpermissions", "holds", "managedpolicies"];

/** Of each resource that can be watched, by a person of one team and of all. */
const WATCHES = WATCHED.flatMap((resource) => {
  const route = `GET ${BASE_PATH}/${resource}`;
  const path = `${BASE_PATH}/${resource}${WATCH}`;
  const one: Asked = { route, method: "GET", path, body: null, accept: "application/json" };
  return [ONE_TEAM, EVERY_TEAM].map((given): [Asked, readonly GrantedTeams[]] => [one, given]);
});

test("a thousand requests and watches of every route show a person what the model allows: all of their teams, nothing of another", async () => {
  const names = Object.fromEntries(Object.entries(all).map(([list, items]) => [list, items.map(ownName)]));
  // A question about a function has its name in the path.
  names["reaches"] = names["functions"] ?? [];
  const seen = Object.fromEntries(
    Object.entries(all).map(([list, items]) => [
      list,
      items.filter((item) => !isReadResource(list) || SEEN[list](item, TEAMS)).map(ownName),
    ]),
  );
  seen["reaches"] = seen["functions"] ?? [];
  const open = [...routes].filter(isAsked);
  const answered = new Set<string>();
  const watched = new Set<string>();
  const first = open.flatMap((route) =>
    fc.sample(fc.tuple(shownToAll(route, seen), fc.constant(EVERY_TEAM)), 1),
  );
  const request = fc.constantFrom(...open).chain((route) => asked(route, names));

  await fc.assert(
    fc.asyncProperty(request, grants, async (one, given) => {
      const { status } = await compare(one, given);
      answered.add(`${status} ${one.route}`);
      if (one.path.endsWith(WATCH) && status === 200) watched.add(one.route.split("/").at(-1) ?? "");
    }),
    { numRuns: REQUESTS, examples: [...first, ...WATCHES] },
  );

  expect([...watched]).toEqual(expect.arrayContaining(WATCHED));
  const notShown = open.filter((route) => !answered.has(`200 ${route}`) && !answered.has(`201 ${route}`));
  expect(notShown.filter((route) => !NEVER_FOUND.test(route))).toEqual([]);
  expect([...answered].map((text) => text.slice(0, 3))).toEqual(
    expect.arrayContaining(["200", "403", "404"]),
  );
}, 120_000);

const ownName = ({ metadata }: Item): string => metadata.name;

test.each(TEAMS)(
  "an export with the token of team %s has all of its functions, and no word of another team",
  async (team) => {
    const folder = await ExportFolder.create();
    try {
      const out = folder.next();
      const run = await exportFrom(server, { out, page: await folder.plainPage(), token: tokenFor(team) });
      const files = await filesIn(out);

      const functions = dataOf(files, "functions-000000") as readonly SiteFunction[];
      expect({ code: run.code, names: functions.map(({ binding }) => nameOf(binding)).sort() }).toEqual({
        code: 0,
        names: seenNames("bindings", all["bindings"] ?? [], [team]).toSorted(),
      });
      const shown = [run.out, run.err, ...[...files].flat()].join("\n");
      expect(TEAMS.filter((one) => shown.includes(one))).toEqual([team]);
    } finally {
      await folder.remove();
    }
  },
);
