import { actionNameOf } from "../../../model/aws/action-name.ts";
import { NO_BOUNDARY } from "../../../iam/compare/rows/comparable-row.ts";
import { escalationPaths, type FoundEscalation } from "../../../iam/risk/escalation.ts";
import { recordedRow, documentName } from "../../../iam/row-text.ts";
import { ESCALATION_PATHS, type EscalationPath } from "../../../iam/risk/escalation-paths.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { byKey } from "../../../text/order.ts";
import type { GuardContext, JudgedRole, RoleView } from "../../context/context.ts";
import { boundaryRows, excludedBy } from "../../context/known-boundary.ts";
import { controlFix, controlOf, isControlAction, startedBy } from "./control.ts";
import { isTargetAction, unlistedRole } from "./targets.ts";
import type { RoleBreach } from "../breach.ts";

/**
 * ESC-*: paths by which the role gets permissions that it was not granted, over all its documents together. A path that
 * ends at the function itself or at a resource of its team, or that the boundary closes, is a warning. A role to assume or
 * to pass, or a resource to run code in, is no path if the platform team has listed it.
 */
export function escalations(view: RoleView, context: GuardContext): readonly RoleBreach[] {
  if (!view.mayBeRisk) return [];
  const { binding, rows } = view;
  const isListed: IsHarmless = (row, action, { starts }) => {
    if (isTargetAction(action)) return unlistedRole(row, action, context) === null;
    if (starts !== undefined && startedBy(row, starts, binding) === "nothing") return true;
    return (starts !== undefined || isControlAction(action)) && controlOf(row, binding, context) === "listed";
  };
  const isHarmless: IsHarmless = (row, action, path) =>
    isListed(row, action, path) ||
    (path.starts !== undefined && startedBy(row, path.starts, binding) === "named");
  const found = escalationPaths(rows, hasFence(binding, context) ? isHarmless : isListed);
  if (found.length === 0) return [];
  const unnamed = new Set(escalationPaths(rows, isHarmless).map(pathName));
  const isExcluded = excludedBy(boundaryRows(binding, context));
  const limited = [...rows, ...PATH_ACTIONS.filter(isExcluded).map(deniedEverywhere)];
  const open = openPaths(limited, { binding, context, isHarmless });
  const withinBoundary = new Set(escalationPaths(limited, isHarmless).map(pathName));
  const judged = found.map((path): ContainedPath => {
    const name = pathName(path);
    const openPath = open.get(name);
    if (openPath !== undefined) return { path: openPath, containedBy: null };
    if (!unnamed.has(name)) return { path, containedBy: NAMED };
    return { path, containedBy: withinBoundary.has(name) ? OF_TEAM : "the current boundary closes it" };
  });
  return merged(judged, (rows) => controlFix(rows, binding, context));
}

/** The Team's resources decide about what is named exactly (TEN-004). */
function hasFence({ namespace }: JudgedRole, { desired }: GuardContext): boolean {
  return desired.teams.get(namespace)?.kind === "fence";
}

const NAMED = "it names exactly what it starts, and without a Team it is not known whose that is";
const OF_TEAM = "it reaches only the function itself or resources of its team";

type IsHarmless = (row: PermissionRow, action: string, path: EscalationPath) => boolean;

interface ContainedPath {
  readonly path: FoundEscalation;
  /** null: nothing limits it. */
  readonly containedBy: string | null;
}

type FixFor = (rows: readonly PermissionRow[]) => string;

/** One breach for each action that opens paths: the list has several sources for some. */
function merged(judged: readonly ContainedPath[], controlFixFor: FixFor): readonly RoleBreach[] {
  const byRule = Map.groupBy(judged, ({ path }) => `ESC-${actionNameOf(path.actions[0] ?? "").name}`);
  return [...byRule].sort(byKey).map(([rule, members]) => roleBreach(rule, members, controlFixFor));
}

function roleBreach(rule: string, members: readonly ContainedPath[], controlFixFor: FixFor): RoleBreach {
  const worst = members.find(({ containedBy }) => containedBy === null) ?? members[0];
  if (worst === undefined) throw new Error(`no path breaks ${rule}`);
  const { path, containedBy } = worst;
  const rows = members.flatMap((member) => member.path.rows);
  const note = containedBy === null ? "" : `; ${containedBy}`;
  return {
    from: [...new Set(rows.map((row) => documentName(row.from)))].sort(),
    breach: {
      rule,
      severity: containedBy === null ? "full" : "warn",
      origin: path.rows[0]?.origin ?? null,
      evidence: canonicalText(
        path.rows
          .map(recordedRow)
          .map(({ action, resource, from, sid }) => ({ action, resource, from, sid })),
      ),
      why: `${path.actions.join(" with ")} ${REASONS[path.group]} (${sources(members)})${note}`,
      fix:
        path.starts === undefined || containedBy === NAMED
          ? (FIXES[path.group] ?? controlFixFor(path.rows))
          : startFix(path.starts),
    },
  };
}

function sources(members: readonly ContainedPath[]): string {
  return [...new Set(members.map(({ path }) => path.source))].sort().join(", ");
}

const REASONS = {
  self: "lets this function change permissions, including its own",
  principal: "gives this function the credentials of another principal",
  "pass-role": "lets this function pass a role to a resource that it runs",
  "existing-role": "lets this function run code under another role",
} as const satisfies Record<FoundEscalation["group"], string>;

const FIXES = {
  self: "remove the action: permissions are changed in Git",
  principal: "remove the action, or name a role of assumableRoles in the AwsAccount",
  "pass-role":
    "name a role of passableRoles in the AwsAccount, with iam:PassedToService, or remove the action",
  "existing-role": null,
} as const satisfies Record<FoundEscalation["group"], string | null>;

function startFix(type: string): string {
  return `name each ${type} exactly, in the account of the function, or remove the action`;
}

/** On itself as well: a function that opens itself to anyone ignores the callers that Git declares. */
const OPENINGS = [
  "lambda:AddPermission",
  "lambda:PutResourcePolicy",
  "lambda:CreateFunctionUrlConfig",
  "lambda:UpdateFunctionUrlConfig",
];

interface ControlContext {
  readonly binding: JudgedRole;
  readonly context: GuardContext;
  readonly isHarmless: IsHarmless;
}

/** Paths that neither their own resources nor the denials among the rows limit, by name. */
function openPaths(
  rows: readonly PermissionRow[],
  { binding, context, isHarmless }: ControlContext,
): ReadonlyMap<string, FoundEscalation> {
  const keeping = (isOpen: (row: PermissionRow) => boolean): readonly FoundEscalation[] =>
    escalationPaths(
      rows.filter((row) => row.effect === "Deny" || isOpen(row)),
      isHarmless,
    );
  const open = [
    ...keeping((row) => controlOf(row, binding, context) !== "own").filter(isNarrowedTo("own")),
    ...keeping(() => true).filter(isNarrowedTo("nothing")),
    ...keeping((row) => controlOf(row, binding, context) === "others").filter(isNarrowedTo("team")),
  ];
  return new Map(open.map((path) => [pathName(path), path]));
}

function isNarrowedTo(limit: ReturnType<typeof narrowing>): (path: FoundEscalation) => boolean {
  return (path) => narrowing(path) === limit;
}

/** Whose resources make a path of this kind less severe: those of the function itself, or those of its team too. */
function narrowing({ group, actions: [first = ""] }: FoundEscalation): "nothing" | "own" | "team" {
  if (OPENINGS.includes(first) || group === "pass-role" || first === "sts:AssumeRole") return "nothing";
  return group === "existing-role" ? "team" : "own";
}

/** The list has each pair of source and first action once. */
function pathName({ source, actions }: FoundEscalation): string {
  return `${source} ${actions[0]}`;
}

const PATH_ACTIONS = [...new Set(ESCALATION_PATHS.flatMap((path) => path.steps.flat()))].sort();

function deniedEverywhere(action: string): PermissionRow {
  return {
    ...NO_BOUNDARY.permission,
    effect: "Deny",
    action: { kind: "one", name: action },
    risk: "none",
  };
}
