import { waitsByItself, type Verdict } from "../../../model/verdict.ts";
import type { PreviewedChange } from "../../../api/questions.ts";
import { actorName } from "../../../model/people/actor.ts";
import { readDelta } from "../../../iam/row-text.ts";
import { isBlocking } from "../../../model/finding.ts";
import { refusedRules, ruleNames } from "../../../model/rules/refusal.ts";
import { driftLine } from "../../../plan/render/drift-line.ts";
import { isHeld, objectName } from "../../../plan/render/plan-view.ts";
import { shortRevision } from "../../../model/values/revision.ts";
import { counted, someOf, timeText } from "../../../text/phrases.ts";
import { liveApprovals } from "../approvals.ts";
import type { AskedReview, LiveReview } from "./ask-controller.ts";

/** A text, and others that belong to it: what is overwritten, and what was not read. */
export interface LiveText {
  readonly text: string;
  readonly parts: readonly string[];
}

/** Everyone who reads the repository reads a posted text: it has no operator's name and no reason of theirs. */
export type Readers = "operator" | "repository";

/** What the merge does in AWS, a text for each change; or why the controller previewed nothing. */
export function liveTexts(asked: AskedReview, readers: Readers): readonly LiveText[] {
  const alone = (text: string): LiveText => ({ text, parts: [] });
  if (asked.kind === "not-asked") return [];
  if (asked.kind === "not-previewed") return [alone(asked.reason)];
  const { preview } = asked;
  return [
    ...textsBefore(preview, readers).map(alone),
    ...preview.changes.map((change) => changeText(change, readers)),
    ...preview.beyond.map(alone),
  ];
}

/** The same for a posted report, without the changes: on what they are based, and what is not among them. */
export function liveNotes(asked: AskedReview): readonly string[] {
  if (asked.kind === "not-asked") return [];
  if (asked.kind === "not-previewed") return [asked.reason];
  return [...textsBefore(asked.preview, "repository"), ...asked.preview.beyond];
}

function textsBefore(preview: LiveReview, readers: Readers): readonly string[] {
  return [inForceText(preview, readers), ...platformTexts(preview, readers), ...readTexts(preview.changes)];
}

function inForceText({ revision, rolledBack }: LiveReview, readers: Readers): string {
  const name = shortRevision(revision);
  if (rolledBack === undefined) return `applied on top of ${name}, which is in force`;
  return `not applied yet: a rollback of the source${authorText(rolledBack, readers)} keeps ${name} in force until ${rolledBack.until}, or until an operator ends it; other changes that wait for its end are not shown${moreText(readers)}`;
}

function platformTexts({ platformRolledBack: rolledBack }: LiveReview, readers: Readers): readonly string[] {
  if (rolledBack === undefined) return [];
  const { revision, until } = rolledBack;
  const author = authorText(rolledBack, readers);
  return [
    `judged with the platform documents of ${shortRevision(revision)}: the platform source is rolled back until ${until}${author}${moreText(readers)}`,
  ];
}

function authorText({ by, reason }: NonNullable<LiveReview["rolledBack"]>, readers: Readers): string {
  return readers === "repository" ? "" : ` by ${actorName(by)} ("${reason}")`;
}

function moreText(readers: Readers): string {
  return readers === "repository" ? "; grantkeeper status shows who ordered it, and why" : "";
}

function readTexts(changes: readonly PreviewedChange[]): readonly string[] {
  const [oldest] = changes.flatMap(({ found }) => found?.readAt ?? []).sort();
  return oldest === undefined ? [] : [`AWS was read at ${timeText(oldest)} or later`];
}

function changeText(change: PreviewedChange, readers: Readers): LiveText {
  const { text, parts } = changeOutcome(change, readers);
  return { text: `${nameOf(change)}: ${text}`, parts };
}

/** The calls of one change and for what they wait, without its name. */
export function changeOutcome(change: PreviewedChange, readers: Readers): LiveText {
  const { found } = change;
  if (found === null) return { text: `not known: ${change.notJudged ?? ""}`, parts: [] };
  const word = isOverwritten(change, found) ? "overwrites" : "differs";
  return {
    text: callsText({ ...change, found }, readers),
    parts: [
      ...found.drifts.map((drift) => `${word}: ${driftLine({ ...drift, delta: readDelta(drift.delta) })}`),
      ...found.unread.map((part) => `not read: ${part}`),
    ],
  };
}

/** The calls after the merge set back what was changed in AWS; while they wait, or are refused, it stays. */
function isOverwritten({ mode, suspended }: PreviewedChange, found: JudgedChange): boolean {
  const isWritten = mode === "enforce" && suspended === null && refusalOf(found) === null;
  return isWritten && found.drifts.length > 0;
}

function nameOf({ key, target }: PreviewedChange): string {
  return `${objectName(key)}@${target}`;
}

type JudgedChange = NonNullable<PreviewedChange["found"]>;

interface FoundChange extends PreviewedChange {
  readonly found: JudgedChange;
}

function callsText({ mode, suspended, found }: FoundChange, readers: Readers): string {
  const { plan, verdict } = found;
  const refused = refusalOf(found);
  if (refused !== null) return refused;
  if (plan === null) return "its role or its function belongs to another owner, so what changes is not shown";
  const waiting = [...plan.approvable, ...plan.withheld].map(({ reason }) => reason);
  const calls = plan.actions.length === 0 ? "no call" : callNames(plan.actions.map(({ call }) => call));
  const when = [
    ...(mode === "observe" && plan.actions.length > 0 ? ["none is made in observe mode"] : []),
    ...(suspended === null ? [] : [suspendedText(suspended, readers)]),
    ...(verdict.kind === "hold" ? [heldText(verdict)] : []),
    ...waiting,
  ];
  return [calls, ...new Set(when)].join("; ");
}

/** @param by who suspended it, and why */
function suspendedText(by: string, readers: Readers): string {
  return `none while it is suspended${readers === "repository" ? "" : ` (${by})`}`;
}

function heldText({ code, reason }: Extract<Verdict, { readonly kind: "hold" }>): string {
  return waitsByItself(code) ? reason : `after an approval: ${reason}`;
}

/** `3 calls: iam:PutRolePolicy, lambda:AddPermission (2)` */
function callNames(calls: readonly string[]): string {
  const groups = Map.groupBy(calls, (call) => call);
  const names = [...groups].map(([call, { length }]) => (length === 1 ? call : `${call} (${length})`));
  return `${counted(calls.length, "call")}: ${names.join(", ")}`;
}

function refusalOf({ findings, verdict }: JudgedChange): string | null {
  const rules = refusedRules(findings.filter(isBlocking));
  if (rules.length > 0) return `refused by ${ruleNames(rules)}`;
  return verdict.kind === "refuse" ? `refused: ${verdict.reason}` : null;
}

/** Why the change does not merge by itself although the manifests alone would allow it. */
export function liveObstacles(asked: AskedReview): readonly LiveObstacle[] {
  if (asked.kind === "not-asked") return [];
  if (asked.kind === "not-previewed") return [{ code: "not-read", reason: asked.reason }];
  const { preview: live } = asked;
  const of = (code: LiveObstacle["code"], text: string, has: (change: PreviewedChange) => boolean) => {
    const names = live.changes.filter(has).map(nameOf);
    return names.length === 0 ? [] : [{ code, reason: `${text}: ${someOf(names)}` }];
  };
  const until = live.rolledBack?.until;
  return [
    ...(until === undefined
      ? []
      : [
          {
            code: "held",
            reason: `a rollback is in force until ${until}: nothing is applied before`,
          } as const,
        ]),
    ...of("not-read", "not compared with AWS", ({ found }) => found === null || isPartly(found)),
    ...of("refused", "refused with what AWS has", ({ found }) => found !== null && refusalOf(found) !== null),
    ...of("held", "needs an approval", (change) => liveApprovals(change).length > 0),
    ...of("held", "a part is not written before a person acts", waitsForAPerson),
    ...of("held", "suspended, so that nothing is written", ({ suspended }) => suspended !== null),
    ...of(
      "overwrites",
      "overwrites what was changed in AWS",
      (change) => change.found !== null && isOverwritten(change, change.found),
    ),
  ];
}

/** Without an approval that would end it, such as a role of another owner. */
function waitsForAPerson(change: PreviewedChange): boolean {
  return change.found !== null && isHeld(change.found) && liveApprovals(change).length === 0;
}

export interface LiveObstacle {
  readonly code: "not-read" | "refused" | "held" | "overwrites";
  readonly reason: string;
}

function isPartly({ plan, unread }: JudgedChange): boolean {
  return plan === null || unread.length > 0;
}
