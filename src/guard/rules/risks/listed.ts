import type { ActionData } from "../../../iam/action-data.ts";
import { mayTake } from "../../../iam/check/resource-types.ts";
import { pinnedBy } from "../../../iam/match/pinned.ts";
import { namesOf } from "../../../iam/match/reach.ts";
import { OWN_LIST } from "../../../iam/risk/listed-action.ts";
import type { ListedAction, ListRisk } from "../../../iam/risk/listed-actions.ts";
import { riskyActions } from "../../../iam/risk/row-risk.ts";
import { documentName, namesText, shortNames, testsOf } from "../../../iam/row-text.ts";
import type { ConditionTest } from "../../../model/aws/policy-document.ts";
import type { PermissionRow, RowCondition } from "../../../model/delta.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { sortedSet } from "../../../text/order.ts";
import { someOf } from "../../../text/phrases.ts";
import type { GuardContext, RoleView } from "../../context/context.ts";
import { boundaryRows, excludedBy } from "../../context/known-boundary.ts";
import { exampleResource, placeOfRole } from "../resources/named-arn.ts";
import type { RoleBreach, Rule } from "../breach.ts";
import { deniedBy } from "./closed.ts";
import { controlFix, controlOf, type ResourceControl } from "./control.ts";

/** CRED-001, EXF-001, EXP-001 and TMP-001: actions of one list, in any document of the role. */
export function listedRule(rule: keyof typeof LISTS): Pick<Rule, "id" | "judgeRole"> {
  return { id: rule, judgeRole: (view, context) => breachesOf(rule, view, context) };
}

const LISTS = {
  "CRED-001": { risk: "credential", can: "return credentials that work outside of this function" },
  "EXF-001": { risk: "exfiltration", can: "read or copy data of every resource" },
  "EXP-001": { risk: "exposure", can: "change who else may use a resource" },
  "TMP-001": { risk: "tamper", can: "weaken the account's defences or destroy its records" },
} as const satisfies Record<string, { readonly risk: ListRisk; readonly can: string }>;

/** The same if all of the actions are a risk only on resources of others. */
const CAN_WITH_OTHERS: Partial<Record<keyof typeof LISTS, string>> = {
  "EXP-001": "open a resource of others, or send its data elsewhere",
  "TMP-001": "change or destroy a resource of others",
};

interface ListedRow {
  readonly row: PermissionRow;
  readonly listed: readonly ListedAction[];
}

function breachesOf(rule: keyof typeof LISTS, view: RoleView, context: GuardContext): readonly RoleBreach[] {
  const found = listedRows(LISTS[rule].risk, view, context);
  if (found.length === 0) return [];
  const isExcluded = excludedBy(boundaryRows(view.binding, context));
  const byStatement = Map.groupBy(found, ({ row: { from, sid, origin } }) =>
    JSON.stringify([from, sid, origin]),
  );
  return [...byStatement.values()].map((members) => breachOf(rule, members, { view, context, isExcluded }));
}

/** Most rows have no risk at all: it is computed with the row. */
function listedRows(risk: ListRisk, view: RoleView, context: GuardContext): readonly ListedRow[] {
  if (!view.mayBeRisk) return [];
  const { binding, rows } = view;
  const allowed = rows.filter((row) => row.risk !== "none" && row.effect === "Allow" && !view.hasReason(row));
  if (allowed.length === 0) return [];
  const isDenied = deniedBy(rows);
  return allowed.flatMap((row) => {
    if (risk === "exfiltration" && pinnedBy(testsOf(row.condition)) !== "open") return [];
    // A named role to assume has a finding of its own, ESC-AssumeRole.
    const listed = riskyActions(row).filter(
      ({ action, risk: ofAction, on }) =>
        ofAction === risk &&
        action !== "sts:AssumeRole" &&
        !isDenied(action, row) &&
        hasEffect(action, row, context.actionData) &&
        (on === "any" || isOnOthers(action, row, controlOf(row, binding, context))),
    );
    return listed.length === 0 ? [] : [{ row, listed }];
  });
}

/** A subscription to an endpoint that the statement names sends nothing to an outsider. */
function isOnOthers(action: string, { condition }: PermissionRow, control: ResourceControl): boolean {
  if (control !== "others" || pinnedBy(testsOf(condition)) === "named") return false;
  return action !== "sns:Subscribe" || !testsOf(condition).some(namesEndpoint);
}

function namesEndpoint(test: ConditionTest): boolean {
  return (
    test.key === "sns:endpoint" &&
    /^String(Equals|Like)$/.test(test.operator) &&
    test.values.every((value) => /^(\*@)?[^*?$]+$/.test(value))
  );
}

/** False only if AWS's data of the action is loaded, and the action takes none of the row's resources: `s3:Get*` on objects. */
export function hasEffect(action: string, { resource }: PermissionRow, data: ActionData): boolean {
  const facts = data.find(action);
  if (facts === undefined || resource.kind === "all-but") return true;
  return namesOf(resource).some((name) => mayTake(facts, name));
}

/** A token for a registry has the permissions of the role and no others. */
const OF_ROLE: ReadonlySet<string> = new Set([
  "ecr:GetAuthorizationToken",
  "ecr-public:GetAuthorizationToken",
]);

interface ListedRowContext {
  readonly view: RoleView;
  readonly context: GuardContext;
  readonly isExcluded: (action: string) => boolean;
}

function breachOf(
  rule: keyof typeof LISTS,
  members: readonly ListedRow[],
  { view, context, isExcluded }: ListedRowContext,
): RoleBreach {
  const entries = members.flatMap(({ listed }) => listed);
  const actions = sortedSet(entries.map(({ action }) => action));
  const open = actions.filter((action) => !isExcluded(action));
  const isClosed = open.length === 0;
  const row = members[0]?.row;
  if (row === undefined) throw new Error(`no row breaks ${rule}`);
  const on = rule === "CRED-001" || rule === "EXF-001" ? ` on ${shortNames(row.resource)}` : "";
  const isTagged = isOfOthers(members) && members.every(({ row: { condition } }) => isTagOnly(condition));
  const isLimited = isClosed || isTagged || open.every((action) => OF_ROLE.has(action));
  const tagNote = isTagged ? "; it reaches only resources with the tag of the condition" : "";
  const note = isClosed ? "; the current boundary closes it" : tagNote;
  const can = (isOfOthers(members) && CAN_WITH_OTHERS[rule]) || LISTS[rule].can;
  return {
    from: [documentName(row.from)],
    breach: {
      rule,
      severity: isLimited ? "warn" : "full",
      origin: row.origin,
      evidence: canonicalText(
        members.map((member) => ({
          action: namesText(member.row.action),
          resource: namesText(member.row.resource),
          from: documentName(member.row.from),
          sid: member.row.sid,
        })),
      ),
      ...(on === "" ? {} : { part: `Resource of ${actions.join(", ")}` }),
      why: `${someOf(actions)}${on} can ${can}${publishedIn(entries)}${note}`,
      fix: namesActions(members)
        ? fixOf(rule, members, { view, context })
        : `list the actions that the code calls, without ${someOf(actions)}`,
    },
  };
}

/** The published lists that have the actions; nothing for those that only our own list has. */
function publishedIn(entries: readonly ListedAction[]): string {
  const sources = sortedSet(entries.map(({ source }) => source).filter((source) => source !== OWN_LIST));
  return sources.length === 0 ? "" : ` (${sources.join(", ")})`;
}

function isOfOthers(members: readonly ListedRow[]): boolean {
  return members.every(({ listed }) => listed.every(({ on }) => on === "others"));
}

/** Resources that have one tag are fewer than all of them: a warning, as for RES-001. */
function isTagOnly(condition: RowCondition): boolean {
  return pinnedBy(testsOf(condition)) === "tagged";
}

/** False if a pattern or NotAction includes one of the actions. */
function namesActions(members: readonly ListedRow[]): boolean {
  return members.every(({ row: { action } }) => action.kind === "one" && !/[*?]/.test(action.name));
}

function fixOf(
  rule: keyof typeof LISTS,
  members: readonly ListedRow[],
  { view, context }: Pick<ListedRowContext, "view" | "context">,
): string {
  const [action = ""] = sortedSet(members.flatMap(({ listed }) => listed.map((entry) => entry.action)));
  if (/^(iam|sts):/.test(action)) return "remove the action";
  if (isOfOthers(members) && context.actionData.find(action)?.wildcardOnly !== true) {
    const rows = members.map(({ row }) => row);
    return controlFix(rows, view.binding, context);
  }
  if (rule === "EXP-001" || rule === "TMP-001")
    return "remove it: the team that owns the resource changes it";
  return exampleResource(action, placeOfRole(view.binding), context.actionData) ?? "remove the action";
}
