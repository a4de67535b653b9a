import { stableText } from "../iam/text.ts";
import type { Action } from "../model/action.ts";
import type { Delta, PermissionRow } from "../model/delta.ts";
import { isBlocking, type Finding } from "../model/finding.ts";
import type { Key } from "../model/key.ts";
import { keyParts } from "../model/key.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { Verdict } from "../model/verdict.ts";
import { columns, counted, grantOfSid, principalText, shortArn } from "./render-words.ts";

/** One key's change as people are shown it. */
export interface PlanView {
  readonly key: Key;
  /** `teams/orders/orders-api.yaml`; null for what left git. */
  readonly file: string | null;
  /** `prod/eu-west-1`, for a policy `prod`. */
  readonly target: string;
  /** null offline: neither calls nor digest. */
  readonly plan: KeyPlan | null;
  /** What it may do then and now not, and the reverse: `netDelta` of the plan, or compiled against compiled. */
  readonly delta: Delta;
  /** `line 14    read has no Scan …` */
  readonly notes: readonly string[];
  readonly findings: readonly Finding[];
  /** null offline. */
  readonly verdict: Verdict | null;
  /** How much of it is as before; null where it was not counted. */
  readonly unchanged: { readonly grants: number; readonly callers: number } | null;
}

/** True when there is something to say of it. */
export function isChange(view: PlanView): boolean {
  const { plan, delta, verdict } = view;
  const planned = plan !== null && plan.actions.length + plan.approvable.length + plan.withheld.length > 0;
  const refused = verdict !== null && verdict.kind === "refuse";
  return (
    planned ||
    refused ||
    delta.allowed.length + delta.noLongerAllowed.length > 0 ||
    view.findings.some(isBlocking)
  );
}

/**
 * The lines that `grantkeeper plan` prints for what changes, without colour: the first mark of a line (`+`, `-`, `=`,
 * `✗`, `!`, `note`, `guard`, `calls`) says which it gets. Targets with the same change are shown once.
 */
export function renderPlan(views: readonly PlanView[]): readonly string[] {
  const groups = Map.groupBy(views.filter(isChange), groupName);
  return [...groups.values()].flatMap((group, at) => [...(at === 0 ? [] : [""]), ...renderGroup(group)]);
}

/** `1 function changes, 11 do not · 1 newly allowed, 1 no longer, 0 refused, 0 held`. */
export function renderPlanSummary(views: readonly PlanView[]): string {
  const objects = Map.groupBy(views, ({ key }) => objectName(key));
  const changing = [...objects.values()].filter((group) => group.some(isChange));
  const shown = [...Map.groupBy(views.filter(isChange), groupName).values()].map((group) => group[0]);
  const sum = (count: (view: PlanView) => number): number =>
    shown.reduce((total, view) => total + (view === undefined ? 0 : count(view)), 0);
  const still = objects.size - changing.length;
  return [
    `${counted(changing.length, "function changes", "functions change")}, ${still} ${still === 1 ? "does" : "do"} not`,
    [
      `${sum(({ delta }) => delta.allowed.length)} newly allowed`,
      `${sum(({ delta }) => delta.noLongerAllowed.length)} no longer`,
      `${views.filter(isRefused).length} refused`,
      `${views.filter(({ verdict }) => verdict?.kind === "hold").length} held`,
    ].join(", "),
  ].join(" · ");
}

function isRefused(view: PlanView): boolean {
  return view.verdict?.kind === "refuse" || view.findings.some(isBlocking);
}

function objectName(key: Key): string {
  const { kind, namespace, name } = keyParts(key);
  return kind === "function" ? `${namespace}/${name}` : `${namespace}/${name} (policy)`;
}

/** The same object with the same change: accounts and regions differ only in ids. */
function groupName(view: PlanView): string {
  const { accountId } = keyParts(view.key);
  const parts = keyParts(view.key);
  const region = parts.kind === "function" ? parts.region : accountId;
  const change = stableText([
    rowsOf(view.delta.allowed),
    rowsOf(view.delta.noLongerAllowed),
    (view.plan?.actions ?? []).map((action) => [action.call, action.target, action.step]),
    (view.plan?.withheld ?? []).map(({ kind, reason }) => [kind, reason]),
    (view.plan?.approvable ?? []).map(({ reason }) => reason),
    view.notes,
    view.findings.map(({ rule, why }) => [rule, why]),
    view.verdict?.kind ?? null,
  ]);
  return `${objectName(view.key)} ${change.replaceAll(accountId, "ACCOUNT").replaceAll(region, "REGION")}`;
}

function rowsOf(rows: readonly PermissionRow[]): readonly (readonly string[])[] {
  return rows.map(({ effect, principal, action, resource, condition }) => [
    effect,
    principal ?? "",
    action,
    resource,
    condition,
  ]);
}

function renderGroup(views: readonly PlanView[]): readonly string[] {
  const [view] = views;
  if (view === undefined) return [];
  const head = objectName(view.key);
  const together =
    views.length === 1 ? "" : `: the same change in ${views.length === 2 ? "both" : `all ${views.length}`}`;
  const blocks = [
    [...rowLines(view), ...asBefore(view)],
    noteLines(view),
    [...refusedLines(view), ...heldLines(view), ...withheldLines(view)],
    [...guardLines(view), ...callLines(view, views.length)],
  ].filter((block) => block.length > 0);
  return [
    `${head.padEnd(50)} ${view.file ?? "no longer in git"}`.trimEnd(),
    `  ${views
      .map(({ target }) => target)
      .sort()
      .join(", ")}${together}`,
    ...blocks.flatMap((block) => ["", ...block]),
  ];
}

/** One line a grant, or a statement and resource; its actions below. */
function rowLines({ delta }: PlanView): readonly string[] {
  const lines = [
    ...statementCells(delta.allowed, "+ may now", ""),
    ...statementCells(delta.noLongerAllowed, "- may no longer", "was "),
  ];
  const heads = columns(
    lines.map(({ cells }) => cells),
    "  ",
  );
  return lines.flatMap(({ below }, at) => [
    `  ${heads[at] ?? ""}`,
    ...(below === null ? [] : [`${" ".repeat(19)}${below}`]),
  ]);
}

interface StatementCells {
  readonly cells: readonly string[];
  readonly below: string | null;
}

function statementCells(
  rows: readonly PermissionRow[],
  label: string,
  was: string,
): readonly StatementCells[] {
  return [...Map.groupBy(rows, togetherName).values()].flatMap((group): readonly StatementCells[] => {
    const [first] = group;
    if (first === undefined) return [];
    const actions = [...new Set(group.map((row) => row.action))];
    const grant = grantOfSid(first.sid);
    const what = grant ?? (actions.length === 1 ? (actions[0] ?? "") : `${actions.length} actions`);
    const who = first.principal === null ? "" : `${principalText(first.principal)} `;
    const denied = first.effect === "Deny" ? "Deny " : "";
    const line = first.origin === null ? sourceText(first) : `${was}line ${first.origin.line}`;
    const { names, indexes } = resourceNames(group.map((row) => row.resource));
    const cells = [label.padEnd(15), `${who}${denied}${what}`, names, line];
    const listed = grant !== null || actions.length > 1;
    const too = indexes ? ", indexes too" : "";
    return [{ cells, below: listed ? `${actions.map(withoutService).join(" ")}${too}` : null }];
  });
}

/** Where it stands in AWS, for what git does not say. */
function sourceText({ principal, sid, from }: PermissionRow): string {
  return principal !== null && sid !== null ? `statement "${sid}"` : shortArn(from);
}

/** A grant of the catalogue is several statements: people wrote it as one. */
function togetherName(row: PermissionRow): string {
  const grant = grantOfSid(row.sid);
  const where = row.origin?.line ?? row.from;
  return grant === null
    ? stableText([row.effect, row.sid ?? row.from, row.resource, row.principal, row.condition])
    : stableText([row.effect, grant, where, row.principal]);
}

/** Every resource once; a table's indexes and a log group's streams are said by the table and the group. */
function resourceNames(arns: readonly string[]): { readonly names: string; readonly indexes: boolean } {
  const all = new Set(arns);
  const isIndex = (arn: string): boolean => arn.endsWith("/index/*") && all.has(arn.slice(0, -8));
  const isStreams = (arn: string): boolean => arn.endsWith(":*") && all.has(arn.slice(0, -2));
  const own = [...all].filter((arn) => !isIndex(arn) && !isStreams(arn));
  return { names: own.map(shortArn).join(", "), indexes: [...all].some(isIndex) };
}

function withoutService(action: string): string {
  return action.slice(action.indexOf(":") + 1);
}

function asBefore({ unchanged }: PlanView): readonly string[] {
  if (unchanged === null) return [];
  const { grants, callers } = unchanged;
  return [`  = as before      ${counted(grants, "grant")}, ${counted(callers, "caller")}`];
}

function noteLines({ notes, delta, plan }: PlanView): readonly string[] {
  // Who may call is no permission of the role.
  const loses = plan?.purpose !== "delete" && delta.noLongerAllowed.some((row) => row.principal === null);
  const published = "permissions are not versioned: published versions on this role lose it too";
  return [...notes, ...(loses ? [published] : [])].map((note) => `  note  ${note}`);
}

function refusedLines(view: PlanView): readonly string[] {
  const blocking = view.findings.filter(isBlocking);
  const lines = blocking.flatMap(({ rule, origin, why, mend }) => [
    `  ✗ refused  ${[rule, origin === null ? null : `line ${origin.line}`, why].filter((part) => part !== null).join("  ")}`,
    `             mend  ${mend}`,
  ]);
  if (!isRefused(view)) return [];
  if (blocking.length === 0 && view.verdict?.kind === "refuse")
    lines.push(`  ✗ refused  ${view.verdict.reason}`);
  return [...lines, "  nothing of this function will be applied; its last applied state stays"];
}

function heldLines({ verdict, plan }: PlanView): readonly string[] {
  const held =
    verdict?.kind === "hold" ? [`  ! held      ${verdict.reason}   ${approveCommand(verdict.subject)}`] : [];
  const asked = (plan?.approvable ?? []).map(
    ({ reason, digest }) => `  ! to approve  ${reason}   ${approveCommand(digest)}`,
  );
  return [...held, ...asked];
}

/** A digest by its first eight digits is enough to be told apart. */
function approveCommand(digest: string): string {
  return `grantkeeper approve ${digest.replace(/^sha256:/, "").slice(0, 8)} --reason …`;
}

function withheldLines({ plan }: PlanView): readonly string[] {
  const asked = new Set((plan?.approvable ?? []).map(({ reason }) => reason));
  return (plan?.withheld ?? [])
    .filter(({ reason }) => !asked.has(reason))
    .flatMap(({ reason, mend }) => [
      `  ! withheld  ${reason}`,
      ...(mend === null ? [] : [`              mend  ${mend}`]),
    ]);
}

function guardLines(view: PlanView): readonly string[] {
  if (view.verdict?.kind !== "allow" || view.plan === null || view.plan.actions.length === 0) return [];
  const risk = view.plan.actions.some((action) => action.risk === "high") ? "high" : "low";
  const rest = view.plan.approvable.length === 0 ? "nothing to approve" : "the rest is to approve";
  return [`  guard  passes    risk ${risk}, ${rest}`];
}

function callLines({ plan }: PlanView, targets: number): readonly string[] {
  if (plan === null || plan.actions.length === 0) return [];
  const total = plan.actions.length * targets;
  const each = targets === 1 ? "" : "   once per target";
  const label = (at: number): string => (at === 0 ? `  calls  ${String(total).padEnd(9)} ` : " ".repeat(19));
  return plan.actions.map((action, at) => `${label(at)}${callText(action)}${each}`);
}

function callText({ call, target, due }: Action): string {
  const waits = { now: "", "after-wait": "   after the propagation wait", at: "   not yet due" } as const;
  return `${call} ${shortArn(target)}${waits[due.kind]}`;
}
