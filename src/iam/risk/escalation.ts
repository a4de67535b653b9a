import { actionNameOf } from "../../model/aws/action-name.ts";
import type { NameSet, PermissionRow } from "../../model/delta.ts";
import { actionMatcher, isOpenResource, namesOf } from "../match/reach.ts";
import { matchesPattern, patternsMeet } from "../match/wildcard.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { testsOf } from "../row-text.ts";
import { ESCALATION_PATHS, type EscalationPath } from "./escalation-paths.ts";

export interface FoundEscalation {
  /** `pathfinding:iam-005`. */
  readonly source: string;
  readonly group: EscalationPath["group"];
  readonly starts: EscalationPath["starts"];
  /** One action for each step, in AWS's spelling. */
  readonly actions: readonly string[];
  /** The rows that allow them, one for each step. */
  readonly rows: readonly PermissionRow[];
}

/**
 * The escalation paths that a role's rows open together, in the order of the list: PassRole in one policy and
 * CreateFunction in another are a path. Only an unconditional Deny on `*` closes a path; pass no boundary rows. A row that is
 * harmless for an action opens no path with it.
 */
export function escalationPaths(
  rows: readonly PermissionRow[],
  isHarmless: (row: PermissionRow, action: string, path: EscalationPath) => boolean = () => false,
): readonly FoundEscalation[] {
  const reached = new Map(rows.map(({ action }) => [action, pathActions(action)]));
  const reaches = (row: PermissionRow, action: string): boolean =>
    reached.get(row.action)?.has(action) === true;
  const allowed = rows.filter((row) => row.effect === "Allow" && reached.get(row.action) !== NONE);
  if (allowed.length === 0) return [];
  const denied = rows.filter(
    ({ effect, condition, resource }) =>
      effect === "Deny" && condition.kind === "none" && resource.kind === "any",
  );
  const allowing = (action: string, path: EscalationPath): PermissionRow | undefined => {
    if (denied.some((row) => reaches(row, action))) return undefined;
    return allowed.find(
      (row) =>
        reaches(row, action) &&
        (action !== "iam:PassRole" || canPass(row, path)) &&
        isOn(row, path) &&
        !isHarmless(row, action, path),
    );
  };
  return ESCALATION_PATHS.flatMap((path) => {
    const found = path.steps.flatMap((actions) => {
      const steps = actions.flatMap((action) => {
        const row = allowing(action, path);
        return row === undefined ? [] : [{ action, row }];
      });
      return steps.slice(0, 1);
    });
    if (found.length < path.steps.length) return [];
    const { source, group, starts } = path;
    return [
      {
        source,
        group,
        starts,
        actions: found.map(({ action }) => action),
        rows: found.map(({ row }) => row),
      },
    ];
  });
}

/** By their names in lower case, since AWS ignores the case. */
const ACTIONS_OF_PATHS: ReadonlyMap<string, string> = new Map(
  ESCALATION_PATHS.flatMap((path) => path.steps.flat()).map((action) => [action.toLowerCase(), action]),
);
const NONE: ReadonlySet<string> = new Set();

/**
 * The actions of paths that a row's actions include, computed once for each row: a comparison of each row with each path
 * would be most of a pass. Few rows have one, and a name without a wildcard is looked up.
 */
function pathActions(actions: NameSet): ReadonlySet<string> {
  if (actions.kind === "one" && !/[*?]/.test(actions.name)) {
    const action = ACTIONS_OF_PATHS.get(actions.name.toLowerCase());
    return action === undefined ? NONE : new Set([action]);
  }
  const matches = actionMatcher(actions);
  const found = [...ACTIONS_OF_PATHS].filter(([lower]) => matches(lower)).map(([, action]) => action);
  return found.length === 0 ? NONE : new Set(found);
}

const PATHS_ON_BUCKETS = ESCALATION_PATHS.filter(({ on }) => on !== undefined);
const FIRST_STEPS = firstSteps(ESCALATION_PATHS.filter(({ on }) => on === undefined));
const FIRST_STEPS_ON_BUCKETS = firstSteps(PATHS_ON_BUCKETS);

function firstSteps(paths: readonly EscalationPath[]): ReadonlySet<string> {
  return new Set(paths.flatMap(({ steps }) => steps[0] ?? []));
}

/** True if the actions include one that a path on any resource begins with. */
export function beginsPath(actions: NameSet): boolean {
  return [...pathActions(actions)].some((action) => FIRST_STEPS.has(action));
}

/** The same for paths on some buckets only: without one of these, and on other resources, no path is open. */
export function beginsPathOnBuckets(actions: NameSet): boolean {
  return [...pathActions(actions)].some((action) => FIRST_STEPS_ON_BUCKETS.has(action));
}

export function isBucketOfPath(resource: NameSet): boolean {
  return PATHS_ON_BUCKETS.some((path) => isOn({ resource }, path));
}

/** A path on some buckets only. Writing to every bucket is judged as that. */
function isOn({ resource }: Pick<PermissionRow, "resource">, { on }: EscalationPath): boolean {
  if (on === undefined) return true;
  if (isOpenResource(resource)) return false;
  return namesOf(resource).some((name) => on.some((pattern) => isBucket(pattern, name)));
}

/**
 * A pattern that begins with a star meets nearly every other pattern, so only a bucket that it matches as it is
 * counts.
 */
function isBucket(pattern: string, resource: string): boolean {
  const [bucket = ""] = arnParts(resource).resource.split("/", 1);
  return matchesPattern(pattern, bucket) || (!pattern.startsWith("*") && patternsMeet(pattern, bucket));
}

/** False if the row passes roles to other services only. */
function canPass({ condition }: PermissionRow, path: EscalationPath): boolean {
  const service = actionNameOf(path.steps[1]?.[0] ?? "").service;
  const passedTo = testsOf(condition).find(
    ({ operator, key }) => operator === "StringEquals" && key === "iam:passedtoservice",
  );
  return passedTo === undefined || passedTo.values.some((value) => value.includes(service));
}
