import { cutText } from "../../../text/cut.ts";
import type {
  FollowedKeys,
  MergedChange,
  UnfollowedKeys,
} from "../../../model/records/pull-requests/merged-change.ts";
import { shortRevision, type Revision } from "../../../model/values/revision.ts";
import { withoutPrefix } from "../../../model/keys/source-prefix.ts";
import { inert } from "../../../text/markdown.ts";
import { counted } from "../../../text/phrases.ts";
import type { OutcomeKind } from "../../state/merged/merged-memory.ts";
import { ASK_PLATFORM, type ApprovalStep } from "./approver.ts";

/** What is next: nothing, time, or a person. */
type Stage = "done" | "observed" | "pending" | "waiting";

const OUTCOMES: Readonly<Record<OutcomeKind, { readonly label: string; readonly stage: Stage }>> = {
  applied: { label: "as declared, read back from AWS", stage: "done" },
  deleted: { label: "no longer declared, and Grantkeeper has nothing of it in AWS", stage: "done" },
  matches: { label: "AWS matches it; its account is only observed", stage: "observed" },
  differs: { label: "AWS differs; its account is only observed, so nothing is written", stage: "observed" },
  "changed-since": { label: "was as declared, and AWS or its state has changed since", stage: "waiting" },
  applying: { label: "not applied yet", stage: "pending" },
  deleting: { label: "no longer declared; AWS still has something of it", stage: "pending" },
  "no-function": { label: "its function does not exist yet", stage: "pending" },
  held: { label: "awaiting approval", stage: "waiting" },
  "window-closed": { label: "held back by a change window", stage: "waiting" },
  dependent: { label: "waits for a function that it depends on", stage: "waiting" },
  rejected: { label: "rejected", stage: "waiting" },
  suspended: { label: "suspended", stage: "waiting" },
  refused: { label: "refused by a guard rule", stage: "waiting" },
  invalid: { label: "its manifest cannot be used", stage: "waiting" },
  failed: { label: "not seen as declared", stage: "waiting" },
  unread: { label: "cannot be read from AWS", stage: "waiting" },
  "no-account": { label: "its account is not in force", stage: "waiting" },
};

export interface NoteLine {
  /** `orders/orders-api@prod/eu-west-1` */
  readonly target: string;
  readonly kind: OutcomeKind;
  /** null: the kind has all of it, or the repository may not see it. */
  readonly why: string | null;
  /** null: no approval is awaited, or the repository may not see which one. */
  readonly approve: ApprovalStep | null;
  /** An approval is awaited that the repository may not see. */
  readonly isAskedElsewhere: boolean;
  /** Why no review approves it; null: none is awaited, or nothing is known against one. */
  readonly review: string | null;
  /** Entries of the audit record that have it. */
  readonly entries: readonly number[];
  /** Entries about changes in AWS that were reverted since. */
  readonly reverted: readonly number[];
}

export interface NoteFacts {
  readonly instance: string;
  /** The text has no reason: it may name functions, files and groups that the repository may not see. */
  readonly isOfNamespace: boolean;
  /** The entry of the accepted revision; null: not known. */
  readonly acceptedEntry: number | null;
  readonly lines: readonly NoteLine[];
  /** Of functions and policies that the repository may not see. */
  readonly others: readonly OutcomeKind[];
}

/** Characters, of at most 65,536 that a forge takes. */
const LIST_SIZE = 40_000;
const LONGEST_WHY = 300;

/** What became of an accepted revision. */
export function changeText(change: MergedChange, facts: NoteFacts): string {
  const { keys, errors } = change;
  if (keys.kind === "too-many") return tooManyText(change, facts, keys);
  const kinds = [...facts.lines.map(({ kind }) => kind), ...facts.others];
  const isReasonLeft = facts.isOfNamespace && (errors.count > 0 || kinds.some(isWaiting));
  return blocks([
    `### Grantkeeper: ${titleOf(kinds, change)}`,
    acceptedText(change, facts),
    countText(kinds, keys),
    listText(facts.lines),
    errorText(errors),
    replacedText(keys),
    isReasonLeft ? REASONS : "",
    scopeText(change, facts.others.length),
  ]);
}

const REASONS = `The repository of one namespace is shown no reasons: ${inert("grantkeeper status")} and ${inert("grantkeeper describe FUNCTION")} show those that its team may read.`;

function isWaiting(kind: OutcomeKind): boolean {
  return OUTCOMES[kind].stage === "waiting";
}

function titleOf(kinds: readonly OutcomeKind[], { keys, errors }: MergedChange): string {
  const stages = new Set(kinds.map((kind) => OUTCOMES[kind].stage));
  const areAll = (...stage: readonly Stage[]): boolean =>
    kinds.every((kind) => stage.includes(OUTCOMES[kind].stage));
  const isOnlyChanged = kinds.every((kind) => kind === "changed-since" || OUTCOMES[kind].stage === "done");
  if (errors.count > 0 || kinds.some((kind) => isWaiting(kind) && kind !== "changed-since"))
    return "not applied completely";
  if (keys.kind === "followed" && keys.replaced.length > 0)
    return "replaced before all of it was seen applied";
  if (areAll("done")) return "applied";
  if (isOnlyChanged) return "applied, and no longer as declared";
  if (stages.has("pending") && !stages.has("waiting")) return "accepted, not applied yet";
  if (areAll("observed") && kinds.includes("differs")) return "observed only, AWS differs";
  return areAll("observed", "done") && !kinds.includes("differs")
    ? "AWS matches it"
    : "not applied completely";
}

function acceptedText(
  { revision, acceptedAt }: MergedChange,
  { instance, acceptedEntry }: NoteFacts,
): string {
  const entry = acceptedEntry === null ? "" : `, entry ${acceptedEntry}`;
  return `Installation ${inert(instance)} accepted ${revisionText(revision)} at ${acceptedAt}${entry}.`;
}

export function revisionText(revision: Revision): string {
  return inert(shortRevision(withoutPrefix(revision)));
}

function countText(kinds: readonly OutcomeKind[], { done, replaced }: FollowedKeys): string {
  const finished = kinds.filter((kind) => OUTCOMES[kind].stage === "done").length;
  const all = kinds.length + done.length + replaced.length;
  if (all === 0) return "";
  const now = `As declared, read back from AWS: ${finished} of ${things(all)} that it changed`;
  if (done.length === 0) return `${now}.`;
  return `${now}; ${done.length} ${done.length === 1 ? "was" : "were"} before a newer revision was accepted.`;
}

function things(count: number): string {
  return counted(count, "function or policy", "functions and policies");
}

const ORDER: readonly Stage[] = ["waiting", "pending", "observed", "done"];

function listText(lines: readonly NoteLine[]): string {
  const sorted = lines.toSorted((a, b) => stageAt(a) - stageAt(b) || (a.target < b.target ? -1 : 1));
  return fitting(sorted.map(lineOf), sorted.length, `: ${inert("grantkeeper status")}`);
}

/** As many as a comment takes. */
function fitting(texts: readonly string[], count: number, whereTheOthersAre: string): string {
  let used = 0;
  const shown = texts.filter(({ length }) => (used += length) <= LIST_SIZE);
  const left = count - shown.length;
  return [...shown, ...(left === 0 ? [] : [`- and ${left} more${whereTheOthersAre}`])].join("\n");
}

const stageAt = ({ kind }: NoteLine): number => ORDER.indexOf(OUTCOMES[kind].stage);

function lineOf(line: NoteLine): string {
  const { target, kind, why, review, entries, reverted } = line;
  const reason = why === null || why === "" ? "" : `: ${inert(shortened(why))}`;
  const next = approvalText(line);
  const unreviewed = review === null ? "" : `; ${inert(shortened(review))}`;
  const undone = reverted.length === 0 ? "" : `; changes in AWS were reverted since, ${entryText(reverted)}`;
  const seen = entries.length === 0 ? "" : `, ${entryText(entries)}`;
  return `- ${inert(target)}: ${OUTCOMES[kind].label}${reason}${seen}${next}${unreviewed}${undone}`;
}

function approvalText({ approve, isAskedElsewhere }: NoteLine): string {
  if (approve !== null) return `; to approve: ${inert(approve.command)}, ${approve.by}`;
  return isAskedElsewhere ? `; to approve: ${ASK_PLATFORM}` : "";
}

function shortened(text: string): string {
  return cutText(text, LONGEST_WHY + 1);
}

function entryText(entries: readonly number[]): string {
  return `${entries.length === 1 ? "entry" : "entries"} ${entries.join(", ")}`;
}

function errorText({ count, shown }: MergedChange["errors"]): string {
  if (count === 0) return "";
  const more = count - shown.length;
  return [
    `${counted(count, "error")} in documents, which the revision before did not have:`,
    ...shown.map((text) => `- ${inert(shortened(text))}`),
    ...(more > 0 ? [`- and ${more} more: ${inert("grantkeeper status")}`] : []),
  ].join("\n");
}

function replacedText({ replaced }: FollowedKeys): string {
  if (replaced.length === 0) return "";
  const what = things(replaced.length);
  return `A newer revision changed ${what} of these before they were seen applied, or may have changed them: the pull requests of that revision show what became of it.`;
}

function scopeText({ previous, isExact }: MergedChange, others: number): string {
  const scope = isExact
    ? `This is all that changed since ${revisionText(previous)}, also by other pull requests.`
    : `Grantkeeper was restarted before it accepted the revision: the list may also have functions that did not change since ${revisionText(previous)}.`;
  return others === 0 ? scope : `${scope} ${othersText(others)}`;
}

function othersText(count: number): string {
  return `${things(count)} of other repositories ${count === 1 ? "is" : "are"} counted and not listed.`;
}

/** Only names: a state that is not followed would soon be wrong. */
function tooManyText(change: MergedChange, facts: NoteFacts, { count, own }: UnfollowedKeys): string {
  const names = facts.lines.map(({ target }) => `- ${inert(target)}`);
  const since = inert(`grantkeeper history --since ${change.acceptedAt} --limit 1000`);
  return blocks([
    "### Grantkeeper: accepted",
    acceptedText(change, facts),
    `It may change ${things(count)}: too many to follow here. ${inert("grantkeeper status")} shows what is applied.`,
    names.length === 0
      ? ""
      : fitting(names, own?.count ?? count, `; the newest 1,000 lines of the history since then: ${since}`),
    own === undefined || own.count === count ? "" : othersText(count - own.count),
    errorText(change.errors),
  ]);
}

/** @param reason null: the repository of one namespace is shown none */
export function reasonEnd(reason: string | null): string {
  return reason === null ? "." : `: ${inert(shortened(reason))}`;
}

export function blocks(texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}
