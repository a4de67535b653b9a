import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { functionsByArn, mapPart } from "../../../../src/explain/reverse/map-part.ts";
import { mappedFunctions } from "../../../../src/explain/reverse/mapped-functions.ts";
import type {
  EffectiveLine,
  EffectiveState,
  PendingChange,
  PermissionState,
} from "../../../../src/model/answers/permission-state.ts";
import type { EdgeState, MapEdge } from "../../../../src/model/answers/questions/access-map.ts";
import { connectionsOf, type ConnectionState } from "../../../../src/page/view/map/connections.ts";
import { shownReach } from "../../../../src/page/view/reach.ts";
import { KEY, line, objectOf, OTHER_ROLE, read, ROLE, state } from "./states.ts";

const KINDS = ["permission", "denial", "caller", "caller-denial", "assumer", "unknown"] as const;

const lines: fc.Arbitrary<readonly EffectiveLine[]> = fc.array(
  fc
    .record({
      kind: fc.constantFrom(...KINDS),
      on: fc.constantFrom("table/a", "table/b", "queue/c"),
      what: fc.constantFrom("read", "write"),
      isDeclared: fc.boolean(),
      wasDeclared: fc.boolean(),
    })
    .map(({ what, on, ...marks }) => line(what, on, { ...marks, principal: "*" })),
  { maxLength: 5 },
);
const more = fc.constantFrom(0, 0, 2);
const limited = fc.record({ lines, more });
const NONE = { lines: [], more: 0 };

const pending: fc.Arbitrary<readonly PendingChange[]> = fc.array(
  fc.record({ add: limited, isOutdated: fc.boolean() }).map(({ add, isOutdated }): PendingChange => ({
    reason: { kind: "observe-only" },
    add,
    remove: NONE,
    settings: [],
    other: [],
    hint: null,
    ...(isOutdated && { isOutdated }),
  })),
  { maxLength: 2 },
);

const effective: fc.Arbitrary<EffectiveState> = fc.oneof(
  fc.constant({ kind: "unknown" as const, reason: "AccessDenied" }),
  fc
    .record({
      permissions: limited,
      failing: fc.constantFrom(null, { since: "2026-11-30T05:01:00Z", reason: "AccessDenied" }),
      role: fc.constantFrom<Extract<EffectiveState, { readonly kind: "read" }>["role"]>(
        { kind: "declared", arn: ROLE },
        { kind: "other", arn: OTHER_ROLE, declaredArn: ROLE },
        { kind: "unknown", arn: ROLE, reason: "not read" },
      ),
    })
    .map((change) => ({ ...read([]), ...change })),
);

const states: fc.Arbitrary<PermissionState> = fc
  .record({ effective, declared: lines, pending })
  .map((parts) => ({ ...state(parts.effective, parts.declared), pending: parts.pending }));

const SHOWN: Readonly<Record<EdgeState, readonly ConnectionState[]>> = {
  effective: ["declared"],
  removed: ["no longer in Git"],
  undeclared: ["AWS only"],
  pending: ["pending"],
  unknown: ["declared, not observed"],
};

/** As the command line draws it. */
function partOf(status: PermissionState) {
  const mapped = mappedFunctions([status], { arns: new Map(), accounts: new Map() });
  const [part] = mapped.map((one) => mapPart(one, functionsByArn(mapped)));
  if (part === undefined) throw new Error("no function");
  return part;
}

const isCaller = ({ to }: MapEdge): boolean => to === KEY;

test("the map and the graph of the page have the connections that the command line draws", () => {
  fc.assert(
    fc.property(states, (status) => {
      const { edges, reasons } = partOf(status);
      const { connections, unread, withoutAny, notDrawn } = connectionsOf([
        { ...objectOf(status.effective), status },
      ]);
      const { callers, resources, isComplete } = shownReach(status);

      const inMap = connections.map((one) => [one.direction !== "may use", one.what, one.on]);
      expect(inMap).toEqual(edges.map((edge) => [isCaller(edge), edge.what, edge.on]));
      for (const [at, { state: drawn }] of edges.entries())
        expect(SHOWN[drawn]).toContain(connections[at]?.state);
      const inGraph = [...callers, ...resources].flatMap((node) => node.whats.map(() => node.state));
      expect(inGraph.toSorted()).toEqual(edges.map((edge) => edge.state).toSorted());
      expect(isComplete).toBe(unread.length === 0);
      // No function is left out without a word, and none that has a connection is called one without.
      expect(edges.length + unread.length + withoutAny.length + notDrawn.length).toBeGreaterThan(0);
      expect(withoutAny).toEqual(isComplete && edges.length + reasons.length === 0 ? [KEY] : []);
      expect(notDrawn.map(({ reason }) => reason)).toEqual(isComplete ? reasons : []);
    }),
  );
});
