import { stableText } from "../iam/text.ts";
import type { Action } from "../model/action.ts";
import type { Delta, PermissionRow } from "../model/delta.ts";
import { isBlocking, type Finding } from "../model/finding.ts";
import type { Key } from "../model/key.ts";
import { keyParts } from "../model/key.ts";
import type { KeyPlan, Withheld } from "../model/plan.ts";
import type { Verdict } from "../model/verdict.ts";
import { jointDelta } from "./net-delta.ts";
import { rowLines } from "./render-rows.ts";
import { counted, shortArn } from "./render-words.ts";

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
    delta.allowed.length + delta.noLongerAllowed.length + delta.unknownEffect.length > 0 ||
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

/** `1 function changes, 11 do not · 1 newly allowed, 1 no longer, 0 refused, 0 held`; policies where one changes. */
export function renderPlanSummary(views: readonly PlanView[]): string {
  const isPolicy = ({ key }: PlanView): boolean => keyParts(key).kind !== "function";
  const shown = [...Map.groupBy(views.filter(isChange), groupName).values()].map((group) => group[0]);
  const sum = (count: (view: PlanView) => number): number =>
    shown.reduce((total, view) => total + (view === undefined ? 0 : count(view)), 0);
  const policies = views.filter(isPolicy);
  return [
    changingText(
      views.filter((view) => !isPolicy(view)),
      "function",
      "functions",
    ),
    ...(policies.some(isChange) ? [changingText(policies, "policy", "policies")] : []),
    [
      `${sum(({ delta }) => delta.allowed.length)} newly allowed`,
      `${sum(({ delta }) => delta.noLongerAllowed.length)} no longer`,
      `${views.filter(isRefused).length} refused`,
      `${views.filter(isHeld).length} held`,
    ].join(", "),
  ].join(" · ");
}

function changingText(views: readonly PlanView[], one: string, many: string): string {
  const objects = [...Map.groupBy(views, ({ key }) => objectName(key)).values()];
  const changing = objects.filter((group) => group.some(isChange)).length;
  const still = objects.length - changing;
  const changes = counted(changing, `${one} changes`, `${many} change`);
  return `${changes}, ${still} ${still === 1 ? "does" : "do"} not`;
}

/** True when it waits for a person. */
export function isHeld({ verdict, plan }: PlanView): boolean {
  if (verdict?.kind === "hold") return true;
  const { approvable = [], withheld = [] } = plan ?? {};
  return approvable.length > 0 || withheld.some(({ kind }) => WAITS_FOR_A_PERSON[kind]);
}

const WAITS_FOR_A_PERSON = {
  "ownership-conflict": true,
  "not-in-this-version": true,
  "approval-needed": true,
  "restriction-added": true,
  "unmet-need": true,
  quota: true,
  unreadable: true,
  contended: true,
  // Said, and nothing that git asks for waits for it: AWS or somebody else's pipeline has the next word.
  unmodifiable: false,
  "immutable-field": false,
  dependency: false,
  waiting: false,
} as const satisfies Record<Withheld["kind"], boolean>;

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
    [...rowLines(view.delta, "  "), ...asBefore(view)],
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
  const asked = (plan?.approvable ?? []).flatMap(({ reason, digest, actions }) => [
    `  ! to approve  ${reason}   ${approveCommand(digest)}`,
    ...rowLines(jointDelta(actions), "      "),
  ]);
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
