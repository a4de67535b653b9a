import { isBindingKey } from "../../model/keys/key.ts";
import { isChange, isHeld, isRefused, objectName, type PlanView } from "./plan-view.ts";
import { counted } from "../../text/phrases.ts";

export function renderPlanSummary(views: readonly PlanView[], modeChanges = 0): string {
  return `Plan: ${planCounts(views, modeChanges)}`;
}

/** `1 function changes, 1 is refused, 10 are unchanged; 1 mode change`; policies where one changes. */
export function planCounts(views: readonly PlanView[], modeChanges: number): string {
  const isPolicy = ({ key }: PlanView): boolean => !isBindingKey(key);
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
  return [functions, ...ofPolicies, ...modes].join("; ");
}

/** Each object counts once, by its most severe target. */
function countText(views: readonly PlanView[], one: string, many: string): string {
  const objects = Map.groupBy(views, ({ key }) => objectName(key)).values();
  const counts = {
    changes: 0,
    refused: 0,
    broken: 0,
    uncompared: 0,
    held: 0,
    notApplied: 0,
    grown: 0,
    removed: 0,
    unchanged: 0,
  };
  for (const group of objects) counts[stateOf(group)] += 1;
  const part = (count: number, text: string): readonly string[] =>
    count === 0 ? [] : [`${count} ${count === 1 ? "is" : "are"} ${text}`];
  return [
    counted(counts.changes, one, many),
    ...part(counts.refused, "refused"),
    ...part(counts.broken, "broken"),
    ...part(counts.uncompared, "not compared"),
    ...part(counts.held, "held"),
    ...part(counts.notApplied, "not applied"),
    ...part(counts.grown, "changed by AWS"),
    ...part(counts.removed, "removed from Git"),
    `${counts.unchanged} ${counts.unchanged === 1 ? "is" : "are"} unchanged`,
  ].join(", ");
}

type ObjectState =
  "changes" | "refused" | "broken" | "uncompared" | "held" | "notApplied" | "grown" | "removed" | "unchanged";

function stateOf(group: readonly PlanView[]): ObjectState {
  if (group.some(isRefused)) return "refused";
  if (group.some(({ broken }) => broken !== null)) return "broken";
  if (group.some(({ brokenBase }) => brokenBase !== null)) return "uncompared";
  if (group.some(isHeld)) return "held";
  if (group.some((view) => isChange(view) && !isOnlyWithheld(view))) return "changes";
  if (group.some((view) => isChange(view) && !isGrown(view))) return "notApplied";
  if (group.some(isGrown)) return "grown";
  // Offline, with deletionPolicy retain: nothing changes in AWS, yet Git has changed.
  return group.some(({ file }) => file === null) ? "removed" : "unchanged";
}

/** AWS added actions that its patterns match; nothing else is withheld. */
function isGrown({ plan }: PlanView): boolean {
  return plan?.grown !== undefined && plan.withheld.length === 0;
}

/** True if the object differs from Git, and no call is made or waits for an approval. */
function isOnlyWithheld({ plan }: PlanView): boolean {
  return plan !== null && plan.actions.length + plan.approvable.length === 0;
}
