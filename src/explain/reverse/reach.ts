import { actionReaches } from "../../iam/match/reach.ts";
import type { AccessMap, MapEdge, MapNode } from "../../model/answers/questions/access-map.ts";
import type { ReachedFunction, ReachedStep } from "../../model/answers/questions/reached.ts";
import { type Key, keyParts } from "../../model/keys/key.ts";
import { mayName } from "./named-resources.ts";
import { arnParts } from "../../model/aws/arn.ts";

interface ReachWalk {
  readonly nodes: ReadonlyMap<string, MapNode>;
  readonly from: ReadonlyMap<string, readonly MapEdge[]>;
  readonly into: ReadonlyMap<string, readonly MapEdge[]>;
}

/** By function: how many functions away from the first one it is, at the nearest. */
type Distances = ReadonlyMap<string, number>;

/**
 * What a function may do, and the functions that it may run: by calling them, or by a topic, bucket, rule, log group or API
 * that calls them. A function is followed where it is nearest, at most `depth` functions away.
 */
export function reach(map: AccessMap, key: Key, depth: number): readonly ReachedStep[] {
  const walk: ReachWalk = {
    nodes: new Map(map.nodes.map((node) => [node.id, node])),
    from: Map.groupBy(map.edges, ({ from }) => from),
    into: Map.groupBy(map.edges, ({ to }) => to),
  };
  const tree = { walk, distances: distancesFrom(key, depth, walk), shown: new Set<string>([key]) };
  return stepsOf(key, 0, { ...tree, depth });
}

function distancesFrom(key: Key, depth: number, walk: ReachWalk): Distances {
  const distances = new Map<string, number>([[key, 0]]);
  let last: readonly string[] = [key];
  for (let distance = 1; distance <= depth && last.length > 0; distance += 1) {
    const next = new Set(
      last.flatMap((id) => (walk.from.get(id) ?? []).flatMap((edge) => runBy(edge, walk))),
    );
    last = [...next].filter((id) => !distances.has(id));
    for (const id of last) distances.set(id, distance);
  }
  return distances;
}

interface Tree {
  readonly walk: ReachWalk;
  readonly distances: Distances;
  readonly depth: number;
  readonly shown: Set<string>;
}

const MOST_RUNS = 20;

function stepsOf(id: string, distance: number, tree: Tree): readonly ReachedStep[] {
  const { walk } = tree;
  const byLine = Map.groupBy(walk.from.get(id) ?? [], ({ what, on, details, state }) =>
    JSON.stringify([state, what, on, details]),
  );
  return [...byLine.values()].flatMap((edges) => {
    const [first] = edges;
    if (first === undefined) return [];
    const { what, on, details, state } = first;
    const runs = [...new Set(edges.flatMap((edge) => runBy(edge, walk)))].sort();
    const followed = runs.slice(0, MOST_RUNS).map((one) => reachedFunction(one, distance + 1, tree));
    return [{ what, on, details, state, runs: followed, more: runs.length - followed.length }];
  });
}

function reachedFunction(id: string, distance: number, tree: Tree): ReachedFunction {
  const { walk, distances, shown } = tree;
  const target = walk.nodes.get(id)?.label ?? id;
  const nearest = distances.get(id);
  if (nearest === undefined) return { target, steps: [], cut: "depth" };
  if (distance > nearest || shown.has(id)) return { target, steps: [], cut: "elsewhere" };
  shown.add(id);
  return { target, steps: stepsOf(id, distance, tree), cut: null };
}

/** The functions that the use of this permission may run. */
function runBy(edge: MapEdge, walk: ReachWalk): readonly string[] {
  if (!startsWork(edge)) return [];
  const { nodes, from } = walk;
  const [caller, used] = [nodes.get(edge.from), nodes.get(edge.to)];
  if (caller === undefined || used === undefined) return [];
  const runners = [...nodes.values()].filter((node) => node === used || mayName(used.arn, node.arn));
  const called = runners.flatMap((node) =>
    node.kind === "function"
      ? mayInvoke(caller, node, walk.into.get(node.id) ?? [])
        ? [node.id]
        : []
      : (from.get(node.id) ?? []).map(({ to }) => to),
  );
  return called.filter((id) => nodes.get(id)?.kind === "function");
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
  if (accountId === keyParts(called.key).accountId) return true;
  return into.some(({ accounts }) => accounts === "any" || accounts.includes(accountId));
}
