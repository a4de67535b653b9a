import { drawnLines, isCaller, isReadCompletely, type DrawnLine } from "../../explain/reverse/drawn-lines.ts";
import type { PermissionLine } from "../../model/answers/permission-line.ts";
import type { PermissionState } from "../../model/answers/permission-state.ts";
import type { EdgeState } from "../../model/answers/questions/access-map.ts";

/** One line to a caller or a resource: of one state, so that nothing undeclared is part of a declared line. */
export interface ReachNode {
  readonly name: string;
  readonly state: EdgeState;
  readonly whats: readonly string[];
}

/** The neighbours of one function. */
export interface FunctionReach {
  readonly callers: readonly ReachNode[];
  readonly resources: readonly ReachNode[];
  /** False: a part was not read, or newer reads fail, so there may be more. */
  readonly isComplete: boolean;
}

interface Edge {
  readonly name: string;
  readonly what: string;
  readonly isCaller: boolean;
  readonly state: EdgeState;
}

/** Who may call a function and what it may use: the connections of its map. */
export function shownReach(state: PermissionState): FunctionReach {
  const edges = drawnLines(state).lines.map(edgeOf);
  return { ...nodesOf(edges), isComplete: isReadCompletely(state.effective) };
}

function edgeOf({ line, state }: DrawnLine<PermissionLine>): Edge {
  const { kind, what, on } = line;
  if (!isCaller(line)) return { name: on === "" ? "no resource" : on, what, isCaller: false, state };
  const caller = line.caller ?? what;
  const name = on === "" ? caller : `${caller} ${on}`;
  return { name, what: kind === "assumer" ? "assume its role" : "invoke", isCaller: true, state };
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
