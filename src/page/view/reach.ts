import type { PermissionLine } from "../../model/answers/permission-line.ts";
import type { PermissionState } from "../../model/answers/permission-state.ts";

/** How a connection is known. `declared`: only Git has it; `undeclared`: only AWS has it. */
type ShownEdgeState = "both" | "declared" | "undeclared";

/** One line to a caller or a resource: of one state, so that nothing undeclared is part of a declared line. */
export interface ReachNode {
  readonly name: string;
  readonly state: ShownEdgeState;
  readonly whats: readonly string[];
}

/** The neighbours of one function. */
export interface FunctionReach {
  readonly callers: readonly ReachNode[];
  readonly resources: readonly ReachNode[];
  /** False: a part was not read, so there may be more. */
  readonly isComplete: boolean;
}

interface Edge {
  readonly name: string;
  readonly what: string;
  readonly isCaller: boolean;
  readonly state: ShownEdgeState;
}

const DENIALS: ReadonlySet<PermissionLine["kind"]> = new Set(["denial", "caller-denial", "assumer-denial"]);

/** Who may call a function and what it may use, by what AWS has; if that was not read, by what Git declares. */
export function shownReach({ declared, effective }: PermissionState): FunctionReach {
  const inGit = declared.kind === "declared" ? declared.permissions : { lines: [], more: 0 };
  if (effective.kind === "unknown")
    return { ...nodesOf(inGit.lines.flatMap((line) => edgeOf(line, "declared"))), isComplete: false };
  const { permissions, unknown } = effective;
  const edges = permissions.lines.flatMap((line) => edgeOf(line, line.isDeclared ? "both" : "undeclared"));
  const isComplete = unknown.length === 0 && permissions.more === 0 && effective.role.kind !== "unknown";
  return { ...nodesOf(edges), isComplete };
}

/** A Deny connects nothing. */
function edgeOf(line: PermissionLine, state: ShownEdgeState): readonly Edge[] {
  if (DENIALS.has(line.kind) || line.kind === "unknown" || line.kind === "assumer") return [];
  const isCaller = line.kind === "caller";
  if (!isCaller)
    return [{ name: line.on === "" ? "no resource" : line.on, what: line.what, isCaller, state }];
  const kind = line.caller ?? line.what;
  return [{ name: line.on === "" ? kind : `${kind} ${line.on}`, what: "invoke", isCaller, state }];
}

function nodesOf(edges: readonly Edge[]): Pick<FunctionReach, "callers" | "resources"> {
  const side = (isCaller: boolean): readonly ReachNode[] => {
    const own = edges.filter((edge) => edge.isCaller === isCaller);
    const byName = [...Map.groupBy(own, ({ name }) => name)];
    return byName.flatMap(([name, ofName]) =>
      [...Map.groupBy(ofName, ({ state }) => state)].map(([state, all]) => ({
        name,
        state,
        whats: all.map(({ what }) => what),
      })),
    );
  };
  return { callers: side(true), resources: side(false) };
}
