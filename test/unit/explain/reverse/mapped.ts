import { accessMap } from "../../../../src/explain/reverse/access-map.ts";
import type { MapPart } from "../../../../src/explain/reverse/map-part.ts";
import { followReached, reachedSteps, startReach } from "../../../../src/explain/reverse/reach.ts";
import type { ReachedStep } from "../../../../src/model/answers/questions/reached.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import type { MappedFunction } from "../../../../src/model/answers/questions/mapped-function.ts";
import { shownReadState } from "../../../../src/plan/render/shown-state.ts";
import type { PermissionLine } from "../../../../src/model/answers/permission-line.ts";
import type { EffectiveLine, PermissionState } from "../../../../src/model/answers/permission-state.ts";
import type { Key } from "../../../../src/model/keys/key.ts";

export const ACCOUNT = "111122223333";
export const key = (name: string): Key => `function/${ACCOUNT}/eu-west-1/orders/${name}` as Key;
export const arn = (name: string): string => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
export const topic = (name: string): string => `arn:aws:sns:eu-west-1:${ACCOUNT}:${name}`;
export const table = (name: string): string => `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/${name}`;

export function line(change: Partial<PermissionLine>): PermissionLine {
  return {
    kind: "permission",
    what: "something",
    on: "somewhere",
    details: [],
    principal: null,
    actions: [],
    resources: [],
    more: 0,
    condition: "",
    place: { kind: "policy", name: "grantkeeper", arn: null },
    ...change,
  };
}

export const inAws = (change: Partial<PermissionLine>, isDeclared = true): EffectiveLine => ({
  ...line(change),
  isDeclared,
  wasDeclared: false,
});

export const publishes = (name: string): Partial<PermissionLine> => ({
  what: "sns publish",
  on: `topic/${name}`,
  actions: ["sns:Publish"],
  resources: [topic(name)],
});
export const calledBy = (source: string): Partial<PermissionLine> => ({
  kind: "caller",
  what: "caller sns",
  principal: "Service sns.amazonaws.com",
  condition: JSON.stringify({ ArnLike: { "aws:sourcearn": source } }),
});
export const calls = (resource: string): Partial<PermissionLine> => ({
  what: "lambda invoke",
  on: resource,
  actions: ["lambda:InvokeFunction"],
  resources: [resource, `${resource}:*`],
});

export function read(
  lines: readonly EffectiveLine[],
  more = 0,
): Extract<PermissionState["effective"], { readonly kind: "read" }> {
  return {
    kind: "read",
    readAt: "2026-10-01T12:00:00.000Z",
    failing: null,
    role: { kind: "declared", arn: "arn:aws:iam::111122223333:role/a" },
    permissions: { lines, more },
    boundary: null,
    settings: [],
    withoutEffect: { lines: [], more: 0 },
    unknown: [],
  };
}

export function mapped(
  name: string,
  effective: PermissionState["effective"],
  change: Partial<PermissionState> = {},
) {
  const state: PermissionState = {
    key: key(name),
    declared: { kind: "not-declared", revision: null },
    effective,
    pending: [],
    comparisons: [],
    references: [],
    ...change,
  };
  return {
    key: key(name),
    target: `orders/${name}@prod/eu-west-1`,
    functionArn: arn(name),
    state: shownReadState(state),
  };
}

export const mapOf = (...functions: readonly MappedFunction[]) => accessMap(functions, functions);

/** What the controller does with complete parts of the reached functions and the callers of all others. */
export function reach(
  parts: readonly MapPart[],
  request: { readonly key: Key; readonly depth: number },
): readonly ReachedStep[] {
  const byKey = new Map(parts.map((part) => [keyOf(part), part]));
  const found = complete(startReach(parts.map(callersOnly), request));
  while (found.next.length > 0)
    complete(
      followReached(
        found.next.flatMap((one) => byKey.get(one) ?? []),
        found,
      ),
    );
  return complete(reachedSteps(found));
}

function callersOnly(part: MapPart): MapPart {
  const own = keyOf(part);
  const edges = part.edges.filter(({ to }) => to === own);
  const ids = new Set<string | undefined>([own, ...edges.map(({ from }) => from)]);
  return { ...part, edges, nodes: part.nodes.filter(({ id }) => ids.has(id)) };
}

const keyOf = ({ nodes: [own] }: MapPart): Key | undefined => own?.key ?? undefined;
