import { shortDigits } from "../../model/rules/approval-subject.ts";
import { waitsByItself, type Verdict } from "../../model/verdict.ts";
import type { Action, KeyPlan } from "../../model/plan.ts";
import { netDelta, NO_DELTA, type DeltaRow } from "../../model/delta.ts";
import { accountIdOf } from "../../model/keys/key.ts";
import { remainsText } from "../../model/keys/last-applied.ts";
import { newAccessText } from "../../model/rules/guardrail-profile.ts";
import { refusedRules, ruleAt, shownRules, warnedRules, whyText } from "../../model/rules/refusal.ts";
import { hanging } from "./columns.ts";
import { declaredLines, deltaLines } from "./delta-rows.ts";
import { permissionChanges } from "./permission-changes.ts";
import { isChange, isRefused, objectName, type PlanView, type PublishedVersion } from "./plan-view.ts";
import { evidenceAnywhere, placeOfKey, rowAnywhere } from "../../iam/anywhere.ts";
import { arnAnywhere } from "../../model/aws/arn.ts";
import { stableText } from "../../text/json-values.ts";
import { homeOf, type Home } from "./words.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { type ScreenLine, toned } from "../../text/screen-line.ts";
import { labelledLines, type Label } from "../../text/layout/labelled-lines.ts";

/**
 * The lines that `grantkeeper plan` prints for what changes. Targets with the same change are shown
 * once.
 */
export function renderPlan(views: readonly PlanView[]): readonly ScreenLine[] {
  const groups = Map.groupBy(views.filter(isChange), sameChangeName);
  return [...groups.values()].flatMap((group, at) => [...(at === 0 ? [] : [""]), ...renderGroup(group)]);
}

/** Equal for the targets of one object that change in the same way: their names differ only in the account and the region. */
function sameChangeName(view: PlanView): string {
  const place = placeOfKey(view.key);
  const { delta, plan, findings, published } = view;
  return stableText([
    objectName(view.key),
    delta.allowed.map((row) => rowAnywhere(row, place)),
    delta.noLongerAllowed.map((row) => rowAnywhere(row, place)),
    (plan?.actions ?? []).map(({ call, target, step }) => [call, arnAnywhere(target, place), step]),
    (plan?.withheld ?? []).map(({ kind, reason }) => [kind, reason]),
    (plan?.approvable ?? []).map(({ reason }) => reason),
    view.notes,
    findings.map((finding) => [finding.rule, finding.part ?? finding.why, evidenceAnywhere(finding)]),
    view.verdict?.kind ?? null,
    view.approvers,
    view.broken,
    view.brokenBase,
    // Another target may have another revision in effect, or other published versions that run on its role.
    remainsText(view.applied),
    (published ?? []).map(({ version, aliases }) => [version, ...aliases]),
  ]);
}

function renderGroup(views: readonly PlanView[]): readonly ScreenLine[] {
  const [view] = views;
  if (view === undefined) return [];
  const name = objectName(view.key);
  const file = view.file ?? "not declared in Git";
  const head = `${name}, ${file}`;
  return [
    ...(head.length <= 80 ? [head] : [`${name},`, ...hanging(file, "  ")]),
    ...refusedLines(view),
    ...brokenLines(view),
    ...changeLines(views, view),
    ...unchangedLines(view),
    ...noteLines(view),
    ...warningLines(view),
    ...heldLines(view),
    ...withheldLines(view),
    ...callLines(view, views),
  ];
}

/** Offline the two sides are revisions; else one of them is AWS. */
function changeLines(views: readonly PlanView[], view: PlanView): readonly ScreenLine[] {
  const targets = views
    .map(({ target }) => target)
    .sort()
    .join(", ");
  const home = homeOf(view.key);
  const lines = view.brokenBase === null ? deltaLines : declaredLines;
  return [...hanging(`${sideText(view)}: ${targets}`, "  "), ...lines(view.delta, home, "  ")];
}

/** Changes that are refused, or only observed, are not announced. */
function sideText(view: PlanView): string {
  const { plan, verdict, isObserved, broken, brokenBase } = view;
  if (plan === null && broken !== null) return "Not compared";
  if (brokenBase !== null) return "Declared in Git, not compared";
  if (plan === null) return "Changed in Git";
  if (isRefused(view) || isObserved) return "Would change in AWS";
  if (plan.actions.length === 0) return sideWithoutCalls(plan);
  if (verdict?.kind !== "hold") return "Will change in AWS";
  if (verdict.code === "depends-on") return "Will change in AWS after the functions that it depends on";
  if (verdict.code === "account-order")
    return "Will change in AWS after the accounts that come first are verified";
  if (verdict.code !== "change-window") return "Will change in AWS after approval";
  return verdict.opensAt === undefined
    ? "Will change in AWS once its change window is corrected"
    : "Will change in AWS when its change window opens";
}

function sideWithoutCalls({ grown, changedReferences }: KeyPlan): string {
  if (grown !== undefined) return "Changed by AWS";
  return changedReferences === undefined
    ? "Not changed in AWS"
    : "Values in AWS changed, permissions did not";
}

function unchangedLines({ unchanged }: PlanView): readonly ScreenLine[] {
  if (unchanged === null) return [];
  const { grants, callers } = unchanged;
  return toned("aside", [`  = ${counted(grants, "grant")}, ${counted(callers, "caller")}`]);
}

function noteLines(view: PlanView): readonly ScreenLine[] {
  const { notes, brokenBase } = view;
  const base = brokenBase === null ? [] : [`the base revision is broken: ${brokenBase}`];
  const lines = (label: Label, texts: readonly string[]): readonly ScreenLine[] =>
    texts.flatMap((text) => labelledLines(label, text, { indent: "  " }));
  return [...lines("warning", base), ...lines("note", notes), ...lines("warning", publishedTexts(view))];
}

/** Rules that the state breaks without being refused for it. */
function warningLines({ findings }: PlanView): readonly ScreenLine[] {
  const { shown, more } = shownRules(warnedRules(findings));
  return [
    ...shown.flatMap((rule) => [
      ...labelledLines("warning", `${ruleAt(rule)}: ${whyText(rule)}`, { indent: "  " }),
      ...hintLines(rule.hint),
    ]),
    ...(more === 0 ? [] : [`    and ${counted(more, "more warning")}`]),
  ];
}

/** Published versions keep their role: what the role loses, they lose as well. */
function publishedTexts({ key, delta, plan, published }: PlanView): readonly string[] {
  // A caller is not a permission of the role.
  const lost = plan?.purpose === "delete" ? [] : delta.noLongerAllowed.filter(isOfRole);
  if (lost.length === 0) return [];
  if (published === null)
    return [`published versions that use the same role lose ${lostText(lost, homeOf(key))} too`];
  const loses = `the same role and ${published.length === 1 ? "loses" : "lose"} ${lostText(lost, homeOf(key))}`;
  if (published.length === 0) return [];
  const [verb, noun] = published.length === 1 ? ["uses", "version"] : ["use", "versions"];
  return [`${noun} ${versionsText(published)} ${verb} ${loses}`];
}

/** A Deny that is listed itself meets none of the role's permissions, so that it takes none away. */
function isOfRole({ principal, effect }: DeltaRow): boolean {
  return principal === null && effect === "Allow";
}

/** `sqs send, dynamodb read and 2 more`. */
function lostText(lost: readonly DeltaRow[], home: Home): string {
  const changes = permissionChanges({ ...NO_DELTA, noLongerAllowed: lost }, home);
  return someOf([...new Set(changes.map(({ what }) => what))]);
}

/** Versions behind an alias come first, since they receive traffic. */
function versionsText(published: readonly PublishedVersion[]): string {
  const inUse = published.toSorted((a, b) => Number(b.aliases.length > 0) - Number(a.aliases.length > 0));
  return someOf(
    inUse.map(({ version, aliases }) => {
      if (aliases.length === 0) return version;
      return `${version} (alias ${aliases.join(", ")})`;
    }),
  );
}

function brokenLines({ broken, applied }: PlanView): readonly ScreenLine[] {
  if (broken === null) return [];
  return [`  broken: ${remainsText(applied)}`, ...hanging(broken, "    ")];
}

function refusedLines(view: PlanView): readonly ScreenLine[] {
  if (!isRefused(view)) return [];
  const rules = refusedRules(view.findings);
  const { shown, more } = shownRules(rules);
  const names = shown.length === 0 ? "refused" : `refused by ${shown.map(ruleAt).join(", ")}`;
  const reason = shown.length === 0 && view.verdict?.kind === "refuse" ? [view.verdict.reason] : [];
  return [
    ...hanging(`${names}: ${remainsText(view.applied)}`, "  "),
    ...reason.flatMap((text) => hanging(text, "    ")),
    ...shown.flatMap((rule) => [
      ...hanging(`${shown.length === 1 ? "" : `${rule.rule}: `}${whyText(rule)}`, "    "),
      ...hintLines(rule.hint),
    ]),
    ...(more === 0 ? [] : [`    and ${counted(more, "more finding")}`]),
  ];
}

function heldLines({ verdict, plan, key, approvers }: PlanView): readonly ScreenLine[] {
  const awaited =
    approvers.length === 0 ? [] : hanging(`will await approval: ${newAccessText(approvers)}`, "  ");
  const held = verdict?.kind === "hold" ? [...hanging(heldText(verdict), "  "), ...heldCommand(verdict)] : [];
  const approvable = (plan?.approvable ?? []).flatMap(({ reason, digest, actions }) => [
    ...hanging(`after approval: ${reason}`, "  "),
    ...deltaLines(netDelta(actions.map(({ delta }) => delta)), homeOf(key), "    "),
    ...holdCommand(digest),
  ]);
  return [...awaited, ...held, ...approvable];
}

function heldText({ code, reason }: Extract<Verdict, { readonly kind: "hold" }>): string {
  return waitsByItself(code) ? reason : `awaiting approval: ${reason}`;
}

/** Of what waits without a time, the controller knows the cause, and whether it has ended. */
function heldCommand({ code, subject, opensAt }: Extract<Verdict, { readonly kind: "hold" }>) {
  if (waitsByItself(code) && code !== "depends-on" && opensAt === undefined)
    return hintLines("grantkeeper get changewindows");
  return holdCommand(subject);
}

function holdCommand(digest: string): readonly ScreenLine[] {
  return hintLines(`grantkeeper describe approval ${shortDigits(digest)}`);
}

function hintLines(fix: string): readonly ScreenLine[] {
  return labelledLines("hint", fix, { indent: "    " });
}

function withheldLines({ plan }: PlanView): readonly ScreenLine[] {
  return (plan?.withheld ?? [])
    .filter(({ approval }) => approval === undefined)
    .flatMap(({ reason, fix }) => [
      ...hanging(`not applied: ${reason}`, "  "),
      ...(fix === null ? [] : hintLines(fix)),
    ]);
}

/** `calls: iam:PutRolePolicy, 1 per account; guardrails passed, risk low`. */
function callLines(view: PlanView, views: readonly PlanView[]): readonly string[] {
  const { plan, verdict } = view;
  if (plan === null || plan.actions.length === 0 || isRefused(view)) return [];
  const calls = [...Map.groupBy(plan.actions, callText)].map(([call, { length }]) =>
    length === 1 ? call : `${length} ${call}`,
  );
  const accounts = new Set(views.map(({ key }) => accountIdOf(key)));
  const unit = accounts.size === views.length ? "account" : "target";
  const each = views.length === 1 ? "" : `, ${plan.actions.length} per ${unit}`;
  const risk = plan.actions.some((action) => action.risk === "high") ? "high" : "low";
  const passed = verdict?.kind === "allow" ? `; guardrails passed, risk ${risk}` : "";
  return hanging(`calls: ${calls.join(", ")}${each}${passed}`, "  ");
}

function callText({ call, due }: Action): string {
  const waits = { now: "", "after-wait": " (after propagation)", at: " (not due yet)" } as const;
  return `${call}${waits[due.kind]}`;
}
