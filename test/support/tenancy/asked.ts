import fc from "fast-check";
import { BASE_PATH } from "../../../src/api/group.ts";
import { isReadResource } from "../../../src/http/resources/resources.ts";
import { TIMELINE_RANGES } from "../../../src/model/reads/timeline-range.ts";
import { WATCH } from "./watched.ts";
import { bindingOf, TEAMS, tableOf, type TeamName } from "./three-teams.ts";

/** A request, and the route of the server that answers it. */
export interface Asked {
  readonly route: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: object | null;
  readonly accept: string;
}

/** Objects that a list has, by the last part of its path. */
export type Names = Readonly<Record<string, readonly string[]>>;

const team = fc.constantFrom<TeamName>(...TEAMS);
const key = team.chain((of) =>
  fc.constantFrom("api", "jobs", "fenced", "broken").map((name) => bindingOf(of, name)),
);
const accept = fc.constantFrom(
  "application/json",
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
);

/** What a list is asked with: kubectl's selectors, the keys of the page, the pages of an export. */
const selections = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  fc.constantFrom("?limit=1", "?limit=100", "?includeObject=Object", "?includeObject=Summary"),
  { weight: 3, arbitrary: fc.constant(WATCH) },
  team.map((of) => `${WATCH}&fieldSelector=metadata.namespace%3D${of}`),
  team.map((of) => `?fieldSelector=metadata.namespace%3D${of}`),
  team.map((of) => `?labelSelector=team%3D${of}`),
  fc.tuple(team, fc.constantFrom("api", "reads", "jobs.111122223333.eu-west-1")).map(([of, name]) => {
    const after = Buffer.from(`1\0${of}\0${of}-${name}`, "utf8").toString("base64url");
    return `?limit=2&continue=${after}`;
  }),
);
const ofKeys = key.map((one) => `?keys=${encodeURIComponent(one)}`);
const ofEvents = fc.oneof(
  fc.integer({ min: 1, max: 20 }).map((before) => `?limit=5&continue=${before}`),
  key.map((one) => `?key=${encodeURIComponent(one)}`),
  team.map((of) => `?by=${of}-operator`),
  fc.constantFrom("?limit=100", "?kind=decisions", "?since=2026-01-01"),
);
const ofTimeline = fc.constantFrom(...TIMELINE_RANGES).map((range) => `?range=${range}`);

function queryOf(route: string): fc.Arbitrary<string> {
  if (route.endsWith("/timeline")) return ofTimeline;
  if (route.startsWith(BASE_PATH) && route.endsWith("/events")) return ofEvents;
  const list = route.split("/").at(-1) ?? "";
  if (list === "events") return fc.constantFrom("", WATCH);
  if (!route.startsWith(BASE_PATH) || !isReadResource(list)) return fc.constant("");
  return ["bindings", "plans", "permissions"].includes(list) ? fc.oneof(selections, ofKeys) : selections;
}

/** Values of the parameters in a path: what a team has, or what no one has. */
function pathOf(route: string, names: Names): fc.Arbitrary<string> {
  const named = fc.constantFrom("unknown", ...(names[route.split("/").at(-2) ?? ""] ?? []));
  return fc
    .tuple(fc.oneof({ weight: 4, arbitrary: team }, fc.constant("unknown")), named)
    .map(([namespace, name]) => filled(route, { namespace, name }));
}

function filled(
  route: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string {
  return route.replace(":namespace", namespace).replace(":name", name).replace(":token", "token-1");
}

const resource = team.map(tableOf);
const action = fc.constantFrom("dynamodb:GetItem", "dynamodb:PutItem");
const question = (kind: string, more: object): object => ({
  kind,
  apiVersion: "authorization.k8s.io/v1",
  spec: more,
});

/** The bodies of the questions that are asked by POST, by the end of their path. */
const BODIES: Readonly<Record<string, fc.Arbitrary<object>>> = {
  whys: fc.record({ key, action, resource }),
  accessreports: fc.record({ key }),
  whocans: fc.record({ action, resource }),
  mergepreviews: fc.tuple(team, fc.constantFrom("api", "new")).map(([of, name]) => ({
    files: [{ path: `teams/${of}/${of}-${name}.yaml`, text: null }],
  })),
  grantproposals: fc.tuple(team, fc.constantFrom("api", "new")).map(([of, name]) => ({
    namespace: of,
    functionName: `${of}-${name}`,
    account: "prod",
    region: "eu-west-1",
  })),
  selfsubjectaccessreviews: team.map((namespace) =>
    question("SelfSubjectAccessReview", {
      resourceAttributes: { namespace, verb: "list", group: "grantkeeper.dev", resource: "bindings" },
    }),
  ),
  selfsubjectrulesreviews: team.map((namespace) => question("SelfSubjectRulesReview", { namespace })),
  selfsubjectreviews: fc.constant({ kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1" }),
};

/** The POST requests that only ask; every other one acts. */
export const isQuestion = (route: string): boolean => Object.hasOwn(BODIES, route.split("/").at(-1) ?? "");

/** Requests of one route: `GET /…`, with parameters as the server names them. */
export function asked(route: string, names: Names): fc.Arbitrary<Asked> {
  const [method, url = ""] = route.split(" ");
  const body = BODIES[url.split("/").at(-1) ?? ""];
  return fc.record({
    route: fc.constant(route),
    method: fc.constant(method === "POST" ? ("POST" as const) : ("GET" as const)),
    path: fc.tuple(pathOf(url, names), queryOf(url)).map((parts) => parts.join("")),
    body: method === "POST" && body !== undefined ? body : fc.constant(null),
    accept,
  });
}

/** Questions that have an answer, by the end of their path. */
const ANSWERED: Readonly<Record<string, object>> = {
  accessreports: { key: bindingOf(TEAMS[0]) },
  whys: { key: bindingOf(TEAMS[0]), action: "dynamodb:GetItem", resource: tableOf(TEAMS[0]) },
};

/** The request of a route that shows something to a person of every team, if there is something. */
export function shownToAll(route: string, names: Names): fc.Arbitrary<Asked> {
  const url = route.split(" ")[1] ?? "";
  const [first = "unknown"] = names[url.split("/").at(-2) ?? ""] ?? [];
  const path = filled(url, { namespace: TEAMS[0], name: first });
  return asked(route, names).map((one) => {
    const answered = ANSWERED[url.split("/").at(-1) ?? ""];
    return { ...one, path, body: answered ?? one.body };
  });
}
