import type { PermissionRow } from "../../model/delta.ts";
import { actionReaches } from "../match/reach.ts";
import { ESCALATION_PATHS, type EscalationPath } from "./escalation-paths.ts";

export interface FoundEscalation {
  /** `pathfinding:iam-005`. */
  readonly source: string;
  readonly group: EscalationPath["group"];
  /** One action a step, in AWS's spelling. */
  readonly actions: readonly string[];
  /** The rows that give them, one a step. */
  readonly rows: readonly PermissionRow[];
}

/**
 * The escalation paths that a role's rows open together, in the order of the list: PassRole in one policy and
 * CreateFunction in another are a path. Only what an unconditional Deny on `*` takes away is taken as not given;
 * pass no boundary rows.
 */
export function escalationPaths(rows: readonly PermissionRow[]): readonly FoundEscalation[] {
  const reached = pathActionsFinder();
  const reaches = (row: PermissionRow, action: string): boolean => reached(row.action).has(action);
  const allowed = rows.filter(
    (row) => row.effect === "Allow" && row.action !== "unknown" && reached(row.action).size > 0,
  );
  if (allowed.length === 0) return [];
  const denied = rows.filter((row) => row.effect === "Deny" && row.condition === "" && row.resource === "*");
  const giving = (action: string, path: EscalationPath): PermissionRow | undefined => {
    if (denied.some((row) => reaches(row, action))) return undefined;
    return allowed.find((row) => reaches(row, action) && (action !== "iam:PassRole" || canPass(row, path)));
  };
  return ESCALATION_PATHS.flatMap((path) => {
    const steps = path.steps.map((actions) =>
      actions.map((action) => ({ action, row: giving(action, path) })).find((step) => step.row !== undefined),
    );
    const found = steps.flatMap((step) =>
      step?.row === undefined ? [] : [{ action: step.action, row: step.row }],
    );
    if (found.length < path.steps.length) return [];
    const { source, group } = path;
    return [
      { source, group, actions: found.map((step) => step.action), rows: found.map((step) => step.row) },
    ];
  });
}

/** By their names in lower-case, which AWS ignores the case of. */
const ACTIONS_OF_PATHS = new Map(
  ESCALATION_PATHS.flatMap((path) => path.steps.flat()).map((action) => [action.toLowerCase(), action]),
);
const NONE: ReadonlySet<string> = new Set();

/**
 * The actions of paths that a row's action speaks of, each row's text looked at once: a look at each path for each row
 * would be most of a pass. Few rows are of a path, and what has no wildcard is found by itself.
 */
function pathActionsFinder(): (rowAction: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (rowAction) => {
    if (!/[*? ]/.test(rowAction)) {
      const action = ACTIONS_OF_PATHS.get(rowAction.toLowerCase());
      return action === undefined ? NONE : new Set([action]);
    }
    const found =
      known.get(rowAction) ??
      new Set([...ACTIONS_OF_PATHS.values()].filter((action) => actionReaches(rowAction, action)));
    known.set(rowAction, found);
    return found;
  };
}

/** False when the row passes roles to other services only. */
function canPass(row: PermissionRow, path: EscalationPath): boolean {
  if (row.condition === "") return true;
  const service = (path.steps[1]?.[0] ?? "").split(":")[0] ?? "";
  const block = JSON.parse(row.condition) as Record<string, Record<string, readonly string[]>>;
  const passedTo = block["StringEquals"]?.["iam:passedtoservice"];
  return passedTo === undefined || passedTo.some((value) => value.includes(service));
}
