import { compileGlob, globMatches } from "../../iam/match/glob.ts";
import { actionReaches } from "../../iam/match/reach.ts";
import { readNames } from "../../iam/row-text.ts";
import type { AccessMap, MapEdge, MapNode } from "../../model/answers/questions/access-map.ts";
import type { ReachedFunction, ReachedStep } from "../../model/answers/questions/reached.ts";
import type { Key } from "../../model/keys/key.ts";

interface Walk {
  readonly nodes: ReadonlyMap<string, MapNode>;
  readonly from: ReadonlyMap<string, readonly MapEdge[]>;
  readonly seen: Set<string>;
}

/**
 * What a function may do, and the functions that it may run: by calling them, or by a topic, bucket, rule or state machine
 * that calls them. A function is followed once, at most `depth` functions away.
 */
export function reach(map: AccessMap, key: Key, depth: number): readonly ReachedStep[] {
  const walk: Walk = {
    nodes: new Map(map.nodes.map((node) => [node.id, node])),
    from: Map.groupBy(map.edges, ({ from }) => from),
    seen: new Set([key]),
  };
  return stepsOf(key, depth, walk);
}

const MOST_RUNS = 20;

function stepsOf(id: string, depth: number, walk: Walk): readonly ReachedStep[] {
  const byLine = Map.groupBy(walk.from.get(id) ?? [], ({ what, on, details, state }) =>
    JSON.stringify([state, what, on, details]),
  );
  return [...byLine.values()].flatMap((edges) => {
    const [first] = edges;
    if (first === undefined) return [];
    const { what, on, details, state } = first;
    const runs = [...new Set(edges.flatMap((edge) => runBy(edge, walk)))].sort();
    const followed = runs.slice(0, MOST_RUNS).map((one) => reachedFunction(one, depth, walk));
    return [{ what, on, details, state, runs: followed, more: runs.length - followed.length }];
  });
}

/** The functions that the use of this permission may run. */
function runBy(edge: MapEdge, walk: Walk): readonly string[] {
  if (!startsWork(edge)) return [];
  const used = usedNodes(edge.to, walk);
  const called = used.flatMap(({ id, kind }) =>
    kind === "function" ? [id] : (walk.from.get(id) ?? []).map(({ to }) => to),
  );
  return called.filter((id) => walk.nodes.get(id)?.kind === "function");
}

/** The node itself; of a pattern, every node whose ARN it matches; of objects, their bucket, which calls the functions. */
function usedNodes(id: string, { nodes }: Walk): readonly MapNode[] {
  const node = nodes.get(id);
  const used = node?.arn ?? null;
  if (node === undefined || used === null) return node === undefined ? [] : [node];
  const glob = compileGlob(used);
  return [...nodes.values()].filter(
    ({ arn }) =>
      arn !== null &&
      (globMatches(glob, arn) || globMatches(glob, `${arn}:$LATEST`) || used.startsWith(`${arn}/`)),
  );
}

/** Actions after which a service runs the functions that it may call, or that replace what a function does. */
const STARTING: readonly string[] = [
  "events:putevents",
  "iot:publish",
  "lambda:invokeasync",
  "lambda:invokefunction",
  "lambda:invokefunctionurl",
  "lambda:updatefunctioncode",
  "s3:putobject",
  "scheduler:createschedule",
  "sns:publish",
  "states:startexecution",
  "states:startsyncexecution",
];

function startsWork({ actions }: MapEdge): boolean {
  return actions.some((names) => STARTING.some((one) => actionReaches(readNames(names), one)));
}

function reachedFunction(id: string, depth: number, walk: Walk): ReachedFunction {
  const target = walk.nodes.get(id)?.label ?? id;
  if (walk.seen.has(id)) return { target, steps: [], cut: "shown-above" };
  if (depth < 1) return { target, steps: [], cut: "depth" };
  walk.seen.add(id);
  return { target, steps: stepsOf(id, depth - 1, walk), cut: null };
}
