import { cleanLine } from "../../cli/screen/paint.ts";
import type { PreviewedChange } from "../../api/questions.ts";
import { isBlocking } from "../../model/finding.ts";
import { isBindingKey } from "../../model/keys/key.ts";
import { newAccessText } from "../../model/rules/guardrail-profile.ts";
import { refusedRules, ruleNames } from "../../model/rules/refusal.ts";
import { permissionChanges, permissionText } from "../../plan/render/permission-changes.ts";
import { isChange, objectName, type PlanView } from "../../plan/render/plan-view.ts";
import { homeOf } from "../../plan/render/words.ts";
import { cutText } from "../../text/cut.ts";
import { byText } from "../../text/order.ts";
import { counted } from "../../text/phrases.ts";
import { fileNames } from "../corrections/corrected-findings.ts";
import { modeChangeText } from "../plan/pipeline.ts";
import { shownViews } from "../plan/report.ts";
import { ownTexts } from "../project/service.ts";
import type { ReportedPlace } from "../reports/reported-place.ts";
import type { ReportedChange } from "../reports/reported-change.ts";
import { approversBeyond } from "./approvals.ts";
import { changeOutcome } from "./live/live-texts.ts";
import type { Review } from "./review.ts";
import { mostUrgentFirst } from "./urgency.ts";
import { accessText } from "./verdict-text.ts";

/** The others are counted: a forge shows few of them. */
const MOST_CHANGES = 100;
const MOST_OF_PLATFORM = 20;
const MOST_ROWS = 5;
const LONGEST_PART = 400;

/**
 * What a comment shows of each function and policy: its permissions with their risk, the approval that they need, the
 * calls after the merge and what these overwrite. Targets with the same texts are one change. The most urgent are first.
 */
export function reportedChanges(review: Review): readonly ReportedChange[] {
  const { service } = review.plan;
  const own = service === null ? (text: string) => text : ownTexts(service);
  const shortLine = (text: string): string => cutText(cleanLine(own(text)), LONGEST_PART);
  const [platform, changes] = [platformEntries(review), grouped(changedTargets(review))];
  const shown = [...platform.slice(0, MOST_OF_PLATFORM), ...changes].slice(0, MOST_CHANGES);
  const left = platform.length + changes.length - shown.length;
  return [
    ...shown.map((change) => ({
      ...change,
      title: shortLine(change.title),
      parts: change.parts.map(shortLine),
    })),
    ...(left === 0 ? [] : [leftOut(left)]),
  ];
}

function leftOut(count: number): ReportedChange {
  return entry(counted(count, "more change"), "not listed here: grantkeeper review -o json has all");
}

function entry(title: string, part: string): ReportedChange {
  return { title, names: [], place: { kind: "target", target: title }, parts: [part] };
}

/** Modes of accounts and documents of the platform decide about many functions. */
function platformEntries({ plan }: Review): readonly ReportedChange[] {
  return [
    ...plan.modeChanges.map((change) => entry(`account ${change.account}`, modeChangeText(change))),
    ...[...(plan.platformChanges ?? []), ...plan.ruleEffects].map((change) => entry("platform", change)),
  ];
}

interface ChangedTarget {
  readonly name: string;
  readonly target: string;
  readonly place: ReportedPlace;
  readonly parts: readonly string[];
}

/** The same change of several targets of one object. */
function grouped(changes: readonly ChangedTarget[]): readonly ReportedChange[] {
  const groups = Map.groupBy(changes, ({ name, place, parts }) => JSON.stringify([name, place, parts]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const targets = group.map(({ target }) => target).toSorted(byText);
    const { name, place, parts } = first;
    const names = targets.map((target) => `${name}@${target}`);
    return [{ title: `${name}@${targets.join(", ")}`, names, place, parts }];
  });
}

/** Those of the plan, then those that only the answer of the controller has. */
function changedTargets(review: Review): readonly ChangedTarget[] {
  const { plan, live } = review;
  const previewed = live.kind === "previewed" ? live.preview.changes : [];
  const outcomes = new Map(previewed.map((change) => [change.key, change]));
  const views = mostUrgentFirst(shownViews(plan).filter(isChange));
  const shown = new Set(views.map(({ key }) => key));
  return [
    ...views.map((view) => changedTarget(view, review, outcomes.get(view.key))),
    ...previewed.filter(({ key }) => !shown.has(key)).map(onlyLive),
  ];
}

function onlyLive(change: PreviewedChange): ChangedTarget {
  const name = objectName(change.key);
  const { target } = change;
  return {
    name,
    target,
    place: { kind: "target", target: `${name}@${target}` },
    parts: outcomeParts(change),
  };
}

function changedTarget(
  view: PlanView,
  { plan, live }: Review,
  change: PreviewedChange | undefined,
): ChangedTarget {
  const { key, target } = view;
  const approvers = approversBeyond(change, view.approvers);
  return {
    name: objectName(key),
    target,
    place: placeOf(view, plan),
    parts: [
      ...stateTexts(view),
      ...(view.broken === null ? [accessText(view)] : []),
      ...permissionTexts(view),
      ...(approvers.length === 0 ? [] : [newAccessText(approvers)]),
      ...afterMerge(change, live),
    ],
  };
}

function stateTexts({ broken, brokenBase, findings }: PlanView): readonly string[] {
  const rules = refusedRules(findings.filter(isBlocking));
  return [
    ...(broken === null ? [] : ["cannot be used, so that what it allows is not known"]),
    ...(brokenBase === null ? [] : ["not compared: the manifest of the base cannot be used"]),
    ...(rules.length === 0 ? [] : [`refused by ${ruleNames(rules)}`]),
  ];
}

/** A policy has notes where its change affects functions. */
function permissionTexts({ key, delta, notes }: PlanView): readonly string[] {
  const changes = permissionChanges(delta, homeOf(key)).map(permissionText);
  return limited([...changes, ...(isBindingKey(key) ? [] : notes)]);
}

function limited(texts: readonly string[]): readonly string[] {
  const more = texts.length - MOST_ROWS;
  return more <= 0 ? texts : [...texts.slice(0, MOST_ROWS), `and ${more} more`];
}

/** The line of the first permission that is granted; the first one of the manifest if there is none. */
function placeOf({ key, file, target, delta }: PlanView, { service, root }: Review["plan"]): ReportedPlace {
  if (file === null) return { kind: "target", target: `${objectName(key)}@${target}` };
  const added = permissionChanges(delta, homeOf(key)).find(
    ({ sign, origin }) => sign === "+" && origin?.file === file,
  );
  const { line, column } = added?.origin ?? { line: 1, column: 1 };
  return { kind: "file", file: fileNames({ service }, root)(file), line, column };
}

function afterMerge(change: PreviewedChange | undefined, live: Review["live"]): readonly string[] {
  if (live.kind === "not-asked") return [];
  if (live.kind === "not-previewed")
    return ["calls after the merge: not known, the controller judged nothing"];
  return change === undefined
    ? ["calls after the merge: the answer of the controller does not have them"]
    : outcomeParts(change);
}

function outcomeParts(change: PreviewedChange): readonly string[] {
  const { text, parts } = changeOutcome(change, "repository");
  return [`after the merge: ${text}`, ...limited(parts)];
}
