import { actionReaches } from "../../iam/match/reach.ts";
import type { MapEdge, MapNode } from "../../model/answers/questions/access-map.ts";
import type { ReachedFunction, ReachedStep } from "../../model/answers/questions/reached.ts";
import { accountIdOf, type Key, keyParts } from "../../model/keys/key.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { Steps } from "../../model/values/steps.ts";
import { byText } from "../../text/order.ts";
import { edgeKey, type MapPart } from "./map-part.ts";
import { runnersAmong, runnersNamedBy, type Runners } from "./runners.ts";

interface ReachWalk {
  readonly nodes: Map<string, MapNode>;
  readonly from: Map<string, MapEdge[]>;
  readonly into: ReadonlyMap<string, readonly MapEdge[]>;
  readonly runners: Runners;
  /** By the id of a node: those of `runnersNamedBy`, once for all permissions on it. */
  readonly named: Map<string, readonly MapNode[]>;
}

/**
 * What a function may do, and the functions that it may run: by calling them, or by a topic, bucket, rule, log group or API
 * that calls them. A function is followed where it is nearest, at most `depth` functions away: `startReach`, then `followReached` as
 * long as there are functions in `next`, then `reachedSteps`.
 */
export interface ReachSearch {
  readonly key: Key;
  readonly depth: number;
  readonly walk: ReachWalk;
  /** By function: how many functions away from the first one it is, at the nearest. */
  readonly distances: Map<string, number>;
  /** Functions that are reached, and whose permissions are not added yet: all at the same distance. */
  next: readonly Key[];
}

/** @param callers of every function that the caller sees: the part with who may call it. Its other connections are not needed */
export function* startReach(
  callers: readonly MapPart[],
  { key, depth }: { readonly key: Key; readonly depth: number },
): Steps<ReachSearch> {
  const walk = yield* walkOf(callers);
  return { key, depth, walk, distances: new Map([[key, 0]]), next: [key] };
}

/** @param parts the complete parts of the functions in `next` */
export function* followReached(parts: readonly MapPart[], reach: ReachSearch): Steps<void> {
  const { walk, next } = reach;
  for (const { nodes, edges } of parts) {
    for (const node of nodes) walk.nodes.set(node.id, node);
    // Those into a function are known since the start.
    for (const edge of edges)
      if (walk.nodes.get(edge.from)?.kind === "function") addTo(walk.from, edge.from, edge);
    yield;
  }
  reach.next = yield* nearest(next, reach);
}

export function* reachedSteps({ key, walk, distances }: ReachSearch): Steps<readonly ReachedStep[]> {
  return yield* stepsOf(key, 0, { walk, distances, shown: new Set<string>([key]) });
}

function* walkOf(parts: readonly MapPart[]): Steps<ReachWalk> {
  const nodes = new Map<string, MapNode>();
  const [from, into] = [new Map<string, MapEdge[]>(), new Map<string, MapEdge[]>()];
  for (const part of parts) {
    for (const node of part.nodes) nodes.set(node.id, node);
    for (const edge of part.edges) {
      addTo(from, edge.from, edge);
      addTo(into, edge.to, edge);
    }
    yield;
  }
  const running = [...nodes.values()].filter(({ kind, id }) => kind === "function" || from.has(id));
  yield;
  return { nodes, from, into, runners: runnersAmong(running), named: new Map() };
}

function addTo(groups: Map<string, MapEdge[]>, id: string, edge: MapEdge): void {
  const group = groups.get(id);
  if (group === undefined) groups.set(id, [edge]);
  else group.push(edge);
}

/** The functions that these run and that are not reached yet. */
function* nearest(last: readonly Key[], { depth, walk, distances }: ReachSearch): Steps<readonly Key[]> {
  const distance = Math.max(...last.map((key) => distances.get(key) ?? 0)) + 1;
  if (distance > depth) return [];
  const run = new Set<Key>();
  for (const key of last)
    for (const edge of walk.from.get(key) ?? []) {
      for (const id of runBy(edge, walk)) run.add(id as Key);
      yield;
    }
  const next = [...run]
    .filter((key) => !distances.has(key))
    .toSorted()
    .slice(0, MOST_FOLLOWED - distances.size);
  for (const key of next) distances.set(key, distance);
  return next;
}

interface Tree extends Pick<ReachSearch, "walk" | "distances"> {
  readonly shown: Set<string>;
}

/** Functions of one permission that are named; the others are counted. */
const MOST_RUNS = 20;
/** Functions of one answer whose permissions are shown: the nearest. */
const MOST_FOLLOWED = 1_000;

function* stepsOf(id: string, distance: number, tree: Tree): Steps<readonly ReachedStep[]> {
  const { walk } = tree;
  const sorted = [...new Map((walk.from.get(id) ?? []).map((edge) => [edgeKey(edge), edge]))].toSorted(
    ([a], [b]) => byText(a, b),
  );
  const byLine = Map.groupBy(
    sorted.map(([, edge]) => edge),
    ({ what, on, details, state }) => JSON.stringify([state, what, on, details]),
  );
  const steps: ReachedStep[] = [];
  for (const edges of byLine.values()) {
    const [first] = edges;
    if (first === undefined) continue;
    const { what, on, details, state } = first;
    const runs = [...new Set(edges.flatMap((edge) => runBy(edge, walk)))].sort();
    const followed: ReachedFunction[] = [];
    for (const one of runs.slice(0, MOST_RUNS))
      followed.push(yield* reachedFunction(one, distance + 1, tree));
    steps.push({ what, on, details, state, runs: followed, more: runs.length - followed.length });
    yield;
  }
  return steps;
}

function* reachedFunction(id: string, distance: number, tree: Tree): Steps<ReachedFunction> {
  const { walk, distances, shown } = tree;
  const target = walk.nodes.get(id)?.label ?? id;
  const nearest = distances.get(id);
  if (nearest === undefined)
    return { target, steps: [], cut: distances.size < MOST_FOLLOWED ? "depth" : "many" };
  if (distance > nearest || shown.has(id)) return { target, steps: [], cut: "elsewhere" };
  shown.add(id);
  return { target, steps: yield* stepsOf(id, distance, tree), cut: null };
}

/** The functions that the use of this permission may run. */
function runBy(edge: MapEdge, walk: ReachWalk): readonly string[] {
  if (!startsWork(edge)) return [];
  const { nodes, from } = walk;
  const [caller, used] = [nodes.get(edge.from), nodes.get(edge.to)];
  if (caller === undefined || used === undefined) return [];
  const called = namedRunners(used, walk).flatMap((node) =>
    node.kind === "function"
      ? mayInvoke(caller, node, walk.into.get(node.id) ?? [])
        ? [node.id]
        : []
      : (from.get(node.id) ?? []).map(({ to }) => to),
  );
  return called.filter((id) => nodes.get(id)?.kind === "function");
}

function namedRunners(used: MapNode, { named, runners }: ReachWalk): readonly MapNode[] {
  const known = named.get(used.id);
  if (known !== undefined) return known;
  const found = runnersNamedBy(used, runners);
  named.set(used.id, found);
  return found;
}

/** What is not followed, so that an answer without a step is no proof. */
export const NOT_FOLLOWED =
  "event source mappings, schedules, state machines, pipes, subscriptions of topics, patterns of rules, policies of resources, roles that it may assume, functions that no manifest names";

/** Actions after which a service runs the functions that it may call, or that replace what a function does. */
const STARTING: readonly string[] = [
  "events:putevents",
  "execute-api:invoke",
  "lambda:invokeasync",
  "lambda:invokefunction",
  "lambda:invokefunctionurl",
  "lambda:updatefunctioncode",
  "logs:putlogevents",
  "s3:putobject",
  "sns:publish",
];

function startsWork({ actions }: MapEdge): boolean {
  return actions.some((names) => STARTING.some((one) => actionReaches(names, one)));
}

/**
 * Whether the policy of the called function leaves the call to the caller's role: it does in its own account. In another
 * account, a statement has to let the caller's account in; in another partition, nothing can.
 * @param into what may call the function
 */
function mayInvoke(caller: MapNode, called: MapNode, into: readonly MapEdge[]): boolean {
  if (caller.key === null || called.key === null || caller.arn === null || called.arn === null) return false;
  if (arnParts(caller.arn).partition !== arnParts(called.arn).partition) return false;
  const { accountId } = keyParts(caller.key);
  if (accountId === accountIdOf(called.key)) return true;
  return into.some(({ accounts }) => accounts === "any" || accounts.includes(accountId));
}
