import { escalationPaths, type FoundEscalation } from "../../iam/risk/escalation.ts";
import { recordedRow, documentName } from "../../iam/row-text.ts";
import { isOpenResource } from "../../iam/match/reach.ts";
import { ESCALATION_PATHS } from "../../iam/risk/escalation-paths.ts";
import type { PermissionRow } from "../../model/delta.ts";
import { canonicalText } from "../../model/values/digest.ts";
import { byKey } from "../../text/order.ts";
import type { GuardContext } from "../context.ts";
import type { JudgedRole, RoleView } from "../effective-role.ts";
import { boundaryRows, excludedBy } from "../known-boundary.ts";
import { isTargetAction, unlistedRole } from "../risks/targets.ts";
import type { RoleBreach } from "./rule.ts";

/**
 * ESC-*: paths by which the role gets permissions that it was not granted, over all its documents together. A path that
 * ends at the function itself or at one named project or instance, or that the boundary closes, is a warning. A role to
 * assume or to pass is no path if the platform team has listed it.
 */
export function escalations(view: RoleView, context: GuardContext): readonly RoleBreach[] {
  if (!view.mayBeRisk) return [];
  const { binding, rows } = view;
  const isListed: IsHarmless = (row, action) =>
    isTargetAction(action) && unlistedRole(row, action, context) === null;
  const found = escalationPaths(rows, isListed);
  if (found.length === 0) return [];
  const isExcluded = excludedBy(boundaryRows(binding, context));
  const closed = PATH_ACTIONS.filter(isExcluded).map(deniedEverywhere);
  const open = new Set(openPaths([...rows, ...closed], binding, isListed).map(pathName));
  const withinBoundary = new Set(escalationPaths([...rows, ...closed], isListed).map(pathName));
  return merged(
    found.map((path) => ({
      path,
      containedBy: open.has(pathName(path))
        ? null
        : withinBoundary.has(pathName(path))
          ? "it reaches only the named resource"
          : "the current boundary closes it",
    })),
  );
}

type IsHarmless = (row: PermissionRow, action: string) => boolean;

interface Judged {
  readonly path: FoundEscalation;
  /** null: nothing limits it. */
  readonly containedBy: string | null;
}

/** One breach for each action that opens paths: the list has several sources for some. */
function merged(judged: readonly Judged[]): readonly RoleBreach[] {
  const byRule = Map.groupBy(judged, ({ path }) => `ESC-${nameOf(path.actions[0] ?? "")}`);
  return [...byRule].sort(byKey).map(([rule, members]) => roleBreach(rule, members));
}

function roleBreach(rule: string, members: readonly Judged[]): RoleBreach {
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
      fix: FIXES[path.group],
    },
  };
}

function sources(members: readonly Judged[]): string {
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
  "existing-role": "name the one resource that it needs, or remove the action",
} as const satisfies Record<FoundEscalation["group"], string>;

/** On itself, a function that changes its code or configuration stays within its own role. */
const CODE_CHANGES = ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"];

/** On itself as well: a function that opens itself to anyone ignores the callers that Git declares. */
const OPENINGS = [
  "lambda:AddPermission",
  "lambda:PutResourcePolicy",
  "lambda:CreateFunctionUrlConfig",
  "lambda:UpdateFunctionUrlConfig",
];

/** Paths that neither their own resources nor the denials among the rows limit. */
function openPaths(
  rows: readonly PermissionRow[],
  binding: JudgedRole,
  isListed: IsHarmless,
): readonly FoundEscalation[] {
  const own = binding.functionArn;
  const isOwn = ({ resource }: PermissionRow): boolean =>
    own !== null && resource.kind === "one" && (resource.name === own || resource.name.startsWith(`${own}:`));
  const keeping = (isOpen: (row: PermissionRow) => boolean): readonly FoundEscalation[] =>
    escalationPaths(
      rows.filter((row) => row.effect === "Deny" || isOpen(row)),
      isListed,
    );
  return [
    ...keeping((row) => !isOwn(row)).filter((path) => narrowing(path) === "own-function"),
    ...keeping(() => true).filter((path) => narrowing(path) === "listed-role" || narrowing(path) === "none"),
    ...keeping((row) => isOpenResource(row.resource)).filter((path) => narrowing(path) === "named-target"),
  ];
}

/** Why a path of this kind is less severe than an escalation. */
function narrowing({
  group,
  actions: [first = ""],
}: FoundEscalation): "none" | "own-function" | "listed-role" | "named-target" {
  if (OPENINGS.includes(first)) return "none";
  if (group === "pass-role" || first === "sts:AssumeRole") return "listed-role";
  if (CODE_CHANGES.includes(first)) return "own-function";
  return group === "existing-role" ? "named-target" : "own-function";
}

function nameOf(action: string): string {
  return action.slice(action.indexOf(":") + 1);
}

/** The list has each pair of source and first action once. */
function pathName({ source, actions }: FoundEscalation): string {
  return `${source} ${actions[0]}`;
}

const PATH_ACTIONS = [...new Set(ESCALATION_PATHS.flatMap((path) => path.steps.flat()))].sort();

function deniedEverywhere(action: string): PermissionRow {
  return {
    effect: "Deny",
    principal: null,
    action: { kind: "one", name: action },
    resource: { kind: "any" },
    condition: { kind: "none" },
    from: { kind: "boundary" },
    sid: null,
    origin: null,
    certainty: "possible",
    risk: "none",
  };
}
