import { stableText } from "../../iam/text.ts";
import type { Action } from "../../model/action.ts";
import type { Delta, PermissionRow } from "../../model/delta.ts";
import { isBlocking, type Finding } from "../../model/finding.ts";
import type { Key } from "../../model/key.ts";
import { keyParts } from "../../model/key.ts";
import type { KeyPlan, Withheld } from "../../model/plan.ts";
import type { Verdict } from "../../model/verdict.ts";
import { jointDelta } from "./net-delta.ts";
import { hanging } from "./columns.ts";
import { deltaLines } from "./delta-rows.ts";
import { counted, shortArn } from "./words.ts";
import type { Home } from "./resource-text.ts";

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
  /** Why the manifest cannot be used, with its place; null where it can. */
  readonly broken: string | null;
  /** The hash of the revision that was applied last, `4f0e2d1`; null if it is not known. */
  readonly applied: string | null;
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
    view.broken !== null ||
    delta.allowed.length + delta.noLongerAllowed.length + delta.unknownEffect.length > 0 ||
    view.findings.some(isBlocking)
  );
}

/**
 * The lines that `grantkeeper plan` prints for what changes, without colour. Targets with the same change are shown
 * once.
 */
export function renderPlan(views: readonly PlanView[]): readonly string[] {
  const groups = Map.groupBy(views.filter(isChange), groupName);
  return [...groups.values()].flatMap((group, at) => [...(at === 0 ? [] : [""]), ...renderGroup(group)]);
}

/** `Plan: 1 function changes, 1 is refused, 10 are unchanged; 1 mode change`; policies where one changes. */
export function renderPlanSummary(views: readonly PlanView[], modeChanges = 0): string {
  const isPolicy = ({ key }: PlanView): boolean => keyParts(key).kind !== "function";
  const policies = views.filter(isPolicy);
  const functions = countText(
    views.filter((view) => !isPolicy(view)),
    "function changes",
    "functions change",
  );
  const ofPolicies = policies.some(isChange)
    ? [countText(policies, "policy changes", "policies change")]
    : [];
  const modes = modeChanges === 0 ? [] : [counted(modeChanges, "mode change")];
  return `Plan: ${[functions, ...ofPolicies, ...modes].join("; ")}`;
}

/** An object counts once, by the worst of its targets. */
function countText(views: readonly PlanView[], one: string, many: string): string {
  const objects = [...Map.groupBy(views, ({ key }) => objectName(key)).values()];
  const refused = objects.filter((group) => group.some(isRefused));
  const isBroken = (group: readonly PlanView[]): boolean => group.some((view) => view.broken !== null);
  const broken = objects.filter((group) => !group.some(isRefused) && isBroken(group));
  const usable = objects.filter((group) => !group.some(isRefused) && !isBroken(group));
  const held = usable.filter((group) => group.some(isHeld));
  const changing = usable.filter((group) => !group.some(isHeld) && group.some(isChange));
  // Offline, with deletionPolicy retain: nothing changes in AWS, yet Git has changed.
  const removed = usable.filter((group) => group.some(({ file }) => file === null) && !group.some(isChange));
  const still = usable.length - held.length - changing.length - removed.length;
  const be = (count: number): string => (count === 1 ? "is" : "are");
  return [
    `${changing.length} ${changing.length === 1 ? one : many}`,
    ...(refused.length === 0 ? [] : [`${refused.length} ${be(refused.length)} refused`]),
    ...(broken.length === 0 ? [] : [`${broken.length} ${be(broken.length)} broken`]),
    ...(held.length === 0 ? [] : [`${held.length} ${be(held.length)} held`]),
    ...(removed.length === 0 ? [] : [`${removed.length} ${be(removed.length)} removed from Git`]),
    `${still} ${be(still)} unchanged`,
  ].join(", ");
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
    view.broken,
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
  const name = objectName(view.key);
  const file = view.file ?? "not declared in Git";
  const head = `${name}, ${file}`;
  return [
    ...(head.length <= 80 ? [head] : [`${name},`, ...hanging(file, "  ")]),
    ...changeLines(views, view),
    ...unchangedLines(view),
    ...noteLines(view),
    ...brokenLines(view),
    ...refusedLines(view),
    ...heldLines(view),
    ...withheldLines(view),
    ...callLines(view, views.length),
  ];
}

/** Offline the two sides are revisions; else one of them is AWS. */
function changeLines(views: readonly PlanView[], view: PlanView): readonly string[] {
  const targets = views
    .map(({ target }) => target)
    .sort()
    .join(", ");
  return [
    ...hanging(`${sideText(view)}: ${targets}`, "  "),
    ...deltaLines(view.delta, homeOf(view.key), "  "),
  ];
}

/** What is refused, or only observed, is not said to come. */
function sideText(view: PlanView): string {
  const { plan, verdict, notes } = view;
  if (plan === null) return "Changed in Git";
  if (isRefused(view) || notes.includes(NOT_MADE)) return "Would change in AWS";
  if (plan.actions.length === 0) return "Not changed in AWS";
  return verdict?.kind === "hold" ? "Will change in AWS after approval" : "Will change in AWS";
}

/** The note of a plan that is only observed. */
export const NOT_MADE = "observe: these calls are not made";

function homeOf(key: Key): Home {
  const parts = keyParts(key);
  return { accountId: parts.accountId, region: parts.kind === "function" ? parts.region : null };
}

function unchangedLines({ unchanged }: PlanView): readonly string[] {
  if (unchanged === null) return [];
  const { grants, callers } = unchanged;
  return [`  = ${counted(grants, "grant")}, ${counted(callers, "caller")}`];
}

function noteLines({ notes, delta, plan }: PlanView): readonly string[] {
  // Who may call is no permission of the role.
  const loses = plan?.purpose !== "delete" && delta.noLongerAllowed.some((row) => row.principal === null);
  const published = "warning: published versions that use the same role lose it too";
  return [...notes.map((note) => `note: ${note}`), ...(loses ? [published] : [])].flatMap((text) =>
    hanging(text, "  "),
  );
}

function brokenLines({ broken, applied }: PlanView): readonly string[] {
  if (broken === null) return [];
  return [...hanging(`broken: ${broken}`, "  "), `  ${inEffectText(applied)}`];
}

function inEffectText(applied: string | null): string {
  return `${applied ?? "the last applied revision"} remains in effect`;
}

function refusedLines(view: PlanView): readonly string[] {
  if (!isRefused(view)) return [];
  const blocking = view.findings.filter(isBlocking);
  const lines = blocking.flatMap(({ rule, origin, why, mend }) => [
    ...hanging(`refused by ${rule}${origin === null ? "" : ` (line ${origin.line})`}: ${why}`, "  "),
    ...hanging(`hint: ${mend}`, "    "),
  ]);
  const reason = blocking.length === 0 && view.verdict?.kind === "refuse" ? view.verdict.reason : null;
  return [
    ...lines,
    ...(reason === null ? [] : hanging(`refused: ${reason}`, "  ")),
    `  nothing of it is applied; ${inEffectText(view.applied)}`,
  ];
}

function heldLines({ verdict, plan, key }: PlanView): readonly string[] {
  const held =
    verdict?.kind === "hold"
      ? [...hanging(`awaiting approval: ${verdict.reason}`, "  "), `    ${holdCommand(verdict.subject)}`]
      : [];
  const asked = (plan?.approvable ?? []).flatMap(({ reason, digest, actions }) => [
    ...hanging(`after approval: ${reason}`, "  "),
    ...deltaLines(jointDelta(actions), homeOf(key), "    "),
    `    ${holdCommand(digest)}`,
  ]);
  return [...held, ...asked];
}

/** Eight digits of a digest are enough to name it. A command stays on one line, so that it can be copied. */
function holdCommand(digest: string): string {
  return `hint: grantkeeper describe hold ${digest.replace(/^sha256:/, "").slice(0, 8)}`;
}

function withheldLines({ plan }: PlanView): readonly string[] {
  const asked = new Set((plan?.approvable ?? []).map(({ reason }) => reason));
  return (plan?.withheld ?? [])
    .filter(({ reason }) => !asked.has(reason))
    .flatMap(({ reason, mend }) => [
      ...hanging(`not applied: ${reason}`, "  "),
      ...(mend === null ? [] : hanging(`hint: ${mend}`, "    ")),
    ]);
}

/** `calls: iam:PutRolePolicy, 1 per target; guardrails passed, risk low`. */
function callLines(view: PlanView, targets: number): readonly string[] {
  const { plan, verdict } = view;
  if (plan === null || plan.actions.length === 0 || isRefused(view)) return [];
  const calls = [...new Set(plan.actions.map(callText))];
  const each = targets === 1 ? "" : `, ${plan.actions.length} per target`;
  const risk = plan.actions.some((action) => action.risk === "high") ? "high" : "low";
  const passed = verdict?.kind === "allow" ? `; guardrails passed, risk ${risk}` : "";
  return hanging(`calls: ${calls.join(", ")}${each}${passed}`, "  ");
}

function callText({ call, target, due }: Action): string {
  const waits = { now: "", "after-wait": " (after propagation)", at: " (not due yet)" } as const;
  return `${call} ${shortArn(target)}${waits[due.kind]}`;
}
