import { commitAuthorName } from "../../model/people/actor.ts";
import type { AuditEvent } from "../../api/events.ts";
import { GRANTKEEPER } from "../../model/entries/entry-names.ts";
import { isObject } from "../../text/json-values.ts";
import { addressOf, parseKey, targetText } from "../../model/keys/key.ts";
import { scopeOfEntry } from "../../model/keys/suspended-scope.ts";
import { scopeText } from "../../model/keys/suspension-scope.ts";
import {
  authorFoundText,
  authorsText,
  lostAnswerText,
  otherRulesText,
  unrecordedTexts,
} from "./event-authors.ts";
import { differenceOrigin, eventsDelta, writesText } from "./event-delta.ts";
import { rollbackEndText, rolledBackText } from "../rollback.ts";
import { controlText, operationText, readGapText, removedText, takeoverText } from "./read-texts.ts";
import { windowLine } from "../reverted-window.ts";
import { clockTime, type ScreenClock } from "../time.ts";
import { shortHash, shortSubject, groupsText, overrideText } from "../words.ts";
import { shortArn } from "../../plan/render/words.ts";

export interface HistoryContext extends ScreenClock {
  /** By account id. */
  readonly accounts: ReadonlyMap<string, string>;
}
/** The kind of a write whose result is not in the record yet. */
export const NO_RESULT = "no result";
const NOT_NAMED = "-";

/** The text of an entry, or of a write with its result. */
export interface EntryText {
  /** In the place of the entry's own kind. */
  readonly kind?: string;
  /** Facts in a line of their own. */
  readonly below?: string;
  readonly by: string;
  readonly message: string;
  /** Between the target and the message. */
  readonly joint?: string;
}

/** A member of an entry; "" if it has none. */
export function text(event: AuditEvent, field: string): string {
  const value = event[field];
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

export function texts(event: AuditEvent, field: string): readonly string[] {
  const value = event[field];
  return Array.isArray(value) ? value.map(String) : [];
}

const byGrantkeeper = (message: string, kind?: string): EntryText => ({
  by: GRANTKEEPER,
  message,
  ...(kind !== undefined && { kind }),
});
const byActor = (event: AuditEvent, message: string): EntryText => ({
  by: text(event, "actor"),
  message,
});

/** The text of an entry by its kind. Other versions may have written other kinds: of these, only the name is shown. */
const SHOWN: Readonly<Record<string, (event: AuditEvent, context: HistoryContext) => EntryText>> = {
  started: (event) => byGrantkeeper(`version ${text(event, "version")}`),
  "replica-took-over": (event) => byGrantkeeper(takeoverText(event), "took over"),
  stopped: (event) => byGrantkeeper(text(event, "reason")),
  "revision-accepted": (event) => byGrantkeeper(acceptedText(event), "accepted"),
  "revision-held": (event) =>
    byGrantkeeper(`${shortHash(text(event, "revision"))}: ${text(event, "reason")}`, "held"),
  "rolled-back": (event, context) => byActor(event, rolledBackText(event, context)),
  "rollback-ended": rollbackEndText,
  "drift-found": (event, clock) => ({
    kind: "drift",
    by: NOT_NAMED,
    joint: " ",
    message: `${differenceOrigin(event)}: ${changeText(event, texts(event, "fields"))}${opensText(event)}`,
    below: authorsText(event, clock),
  }),
  "drift-ended": endedText,
  "drift-author-found": (event, clock) => ({
    kind: "author",
    by: NOT_NAMED,
    joint: " ",
    message: `in AWS: ${authorFoundText(event)}`,
    below: authorsText(event, clock),
  }),
  "adoption-changed": (event) => {
    const [from, to, reason] = ["from", "to", "reason"].map((field) => text(event, field));
    const stages = `${from === "" ? "none" : from} → ${to === "" ? "none" : to}`;
    return byGrantkeeper(reason === "" ? stages : `${stages}: ${reason}`, "adoption");
  },
  "wave-changed": (event) => {
    const reason = text(event, "reason");
    const wave = `wave ${text(event, "number")} of ${text(event, "namespace")} in ${text(event, "account")}`;
    // An operator approved it, in an entry of its own.
    if (text(event, "to") === "approved")
      return byGrantkeeper(`${wave} is covered by approval ${shortSubject(text(event, "subject"))}`, "wave");
    return byGrantkeeper(`${wave} ${text(event, "to")}${reason === "" ? "" : `: ${reason}`}`, "wave");
  },
  "call-denied": (event) => byGrantkeeper(`AWS denied ${text(event, "call")}`, "call denied"),
  "role-adopted": (event) =>
    byGrantkeeper(
      `${text(event, "role")} was taken over in place; the entry has what it was before`,
      "adoption",
    ),
  "plan-held": (event) =>
    byGrantkeeper(`${shortSubject(text(event, "subject"))}: ${text(event, "reason")}`, "held"),
  "plan-refused": (event) => byGrantkeeper(`${text(event, "reason")}${otherRulesText(event)}`, "refused"),
  "adoption-undo-ordered": (event, context) => ({ ...decisionText(event, context), kind: "undo ordered" }),
  "adoption-undone": (event) =>
    byGrantkeeper(`back to ${shortArn(text(event, "to"))}, ordered by ${text(event, "actor")}`, "undone"),
  "adoption-undo-stopped": (event) =>
    byGrantkeeper(`the undo to ${shortArn(text(event, "to"))} stopped: ${text(event, "reason")}`, "undo"),
  approved: decisionText,
  rejected: decisionText,
  suspended: (event, context) => {
    const until = clockTime(text(event, "until"), context);
    return byActor(event, `${suspendedTarget(event, context)} until ${until}: "${text(event, "reason")}"`);
  },
  resumed: (event, context) =>
    byActor(event, `${suspendedTarget(event, context)}: "${text(event, "reason")}"`),
  "alert-tested": (event) => byActor(event, `test alert to ${text(event, "route")}`),
  "signed-in": (event) => byActor(event, `${text(event, "method")}, session ${text(event, "session")}`),
  "signed-out": (event) => byActor(event, `session ${text(event, "session")}`),
  "write-finished": (event) =>
    byGrantkeeper(`result of entry ${text(event, "intent")}${errorText(event)}`, outcomeText(event)),
  "lost-answer-found": (event) => byGrantkeeper(lostAnswerText(event), "answer found"),
  "unrecorded-writes": (event) => ({ by: NOT_NAMED, ...unrecordedTexts(event) }),
  "request-refused": (event) => ({
    ...byActor(event, `${text(event, "method")} ${text(event, "path")}: ${text(event, "reason")}`),
    kind: ["401", "403"].includes(text(event, "status")) ? "denied" : "refused",
  }),
  "control-ran": (event) => byGrantkeeper(controlText(event), "control"),
  "read-gap": (event, clock) => byGrantkeeper(readGapText(event, clock), "not read"),
  "entries-removed": (event) => byGrantkeeper(removedText(event)),
  checkpoint: (event) =>
    byGrantkeeper(`entries up to ${text(event, "upTo")}, signed by key ${text(event, "keyId")}`),
};

/** The text of one entry; a result is without its write. */
export function entryText(event: AuditEvent, context: HistoryContext): EntryText {
  const by = text(event, "actor") || NOT_NAMED;
  return SHOWN[event.kind]?.(event, context) ?? { by, message: operationText(event, context) };
}

/** By the cause of a write; any other cause is its revision. */
const PURPOSES: Readonly<Record<string, string>> = {
  "out-of-band": "reverts a change in AWS",
  operator: "undoes the adoption",
};

/** Grantkeeper made the write, for a revision, to revert a change in AWS, or to undo an adoption. */
export function writeText(intent: AuditEvent, result: AuditEvent | undefined): EntryText {
  const call = `${text(intent, "call")} ${shortArn(text(intent, "target"))}`;
  const change = writesText([intent]);
  const purpose = PURPOSES[text(intent, "cause")] ?? shortHash(text(intent, "revision"));
  return {
    kind: result === undefined ? NO_RESULT : outcomeText(result),
    by: GRANTKEEPER,
    message: `${change === "" ? call : `${change}, ${call}`}, ${purpose}${result === undefined ? "" : errorText(result)}`,
  };
}

const OUTCOMES: Readonly<Record<string, string>> = {
  applied: "applied",
  "found-applied": "applied",
  failed: "failed",
  "found-not-applied": "not applied",
};

function outcomeText(result: AuditEvent): string {
  return OUTCOMES[text(result, "outcome")] ?? text(result, "outcome");
}

function errorText(result: AuditEvent): string {
  const error = text(result, "error");
  return error === "" ? "" : `: ${error}`;
}

/** The ends of a drift that no write to its object caused. */
const ENDS: Readonly<Record<string, readonly [by: string, words: string]>> = {
  gone: [NOT_NAMED, "no longer differs"],
  released: [GRANTKEEPER, "released, no longer compared"],
  "account-removed": [NOT_NAMED, "its account is no longer declared, it may still differ"],
};

function endedText(event: AuditEvent, clock: ScreenClock): EntryText {
  const how = text(event, "how");
  const changes = changeText(event, texts(event, "fields"));
  if (how === "reverted")
    return {
      kind: "reverted",
      by: GRANTKEEPER,
      joint: " ",
      message: `in AWS: ${changes}`,
      below: openedText(event, clock),
    };
  const [by, words] = ENDS[how] ?? [GRANTKEEPER, "now as declared"];
  // A change from Git that is applied may never have been drift.
  return { kind: how in ENDS ? "drift ended" : "change applied", by, message: `${words}: ${changes}` };
}

/** Entries of 0.1 have no times. */
export function openedText(event: AuditEvent, clock: ScreenClock): string {
  const { at, since, lastCleanAt } = event;
  if (typeof since !== "string") return "";
  const risks = texts(event, "risks");
  const cleanAt = typeof lastCleanAt === "string" ? lastCleanAt : null;
  return windowLine({ at, since, lastCleanAt: cleanAt, risks }, clock);
}

/** `(escalation)`; nothing for a permission that is merely missing. Entries of 0.1 have the risks of their permissions only. */
function opensText(event: AuditEvent): string {
  const { delta } = event;
  const allowed = isObject(delta) && Array.isArray(delta["allowed"]) ? delta["allowed"] : [];
  const ofRows = allowed.filter(isObject).map((row) => row["risk"]);
  const risks = [...texts(event, "risks"), ...ofRows].filter(
    (risk) => risk === "escalation" || risk === "exposure",
  );
  return risks.length === 0 ? "" : ` (${[...new Set(risks)].sort().join(", ")})`;
}

/** Entries of 0.1 name the fields only. */
function changeText(event: AuditEvent, fields: readonly string[]): string {
  const changes = texts(event, "changes");
  const delta = eventsDelta([event]);
  if (changes.length > 0) return changes.join(", ");
  return delta === "" ? fields.join(", ") : delta;
}

const COVERED_SHOWN = 3;
const PERMISSIONS_SHOWN = 2;

/** A digest means little to a reader: the functions and their changes are shown too. */
function decisionText(event: AuditEvent, { accounts }: HistoryContext): EntryText {
  const covers = Array.isArray(event["covers"]) ? (event["covers"] as readonly unknown[]) : [];
  const named = covers.flatMap((one) => coveredText(one, accounts));
  const more = named.length > COVERED_SHOWN ? [`and ${named.length - COVERED_SHOWN} more`] : [];
  const what = [...named.slice(0, COVERED_SHOWN), ...more].join("; ");
  const subject = shortSubject(text(event, "subject"));
  const groups = groupsText(event["groups"]);
  return {
    by: text(event, "actor"),
    message: `${subject}${groups}${overrideText(event)}: "${text(event, "reason")}"${what === "" ? "" : ` (${what})`}`,
  };
}

function coveredText(covered: unknown, accounts: ReadonlyMap<string, string>): readonly string[] {
  const { key, permissions } = (covered ?? {}) as { readonly key?: unknown; readonly permissions?: unknown };
  const known = typeof key === "string" ? parseKey(key) : undefined;
  if (known === undefined) return [];
  const changes = Array.isArray(permissions) ? permissions.map(String) : [];
  const more = changes.length - PERMISSIONS_SHOWN;
  const shown = [...changes.slice(0, PERMISSIONS_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])];
  return [[targetText(addressOf(known, accounts)), ...shown].join(" ")];
}

/** As `suspend` and `resume` take it. */
function suspendedTarget(event: AuditEvent, { accounts }: HistoryContext): string {
  const scope = scopeOfEntry({ scope: event["scope"], scopeParts: event["scopeParts"] });
  return scope === undefined ? text(event, "scope") : scopeText(scope, accounts);
}

function acceptedText(event: AuditEvent): string {
  const revision = shortHash(text(event, "revision"));
  const previous = shortHash(text(event, "previous"));
  const order = previous === NOT_NAMED ? `${revision}, the first revision` : `${revision} after ${previous}`;
  return [order, authorText(event), text(event, "signatures")].filter((part) => part !== "").join(", ");
}

const SHOWN_AUTHORS = 2;

/** Anyone can write any author into a commit: it is no one who acted. */
function authorText(event: AuditEvent): string {
  const authors = [...new Set(authorNames(event))];
  if (authors.length === 0) return "";
  const more = authors.length - SHOWN_AUTHORS;
  const shown = authors.slice(0, SHOWN_AUTHORS).join(", ");
  const all = more > 0 ? `${shown} and ${more} more` : shown;
  return `${authors.length === 1 ? "author" : "authors"} ${all} (unverified)`;
}

export function authorNames(event: AuditEvent): readonly string[] {
  const commits = event["commits"];
  if (!Array.isArray(commits)) return [];
  return commits.flatMap((commit: unknown) => {
    const author = typeof commit === "object" && commit !== null && "author" in commit ? commit.author : null;
    return typeof author === "string" ? [commitAuthorName(author)] : [];
  });
}

export function eventTarget(event: AuditEvent, { accounts }: HistoryContext): string {
  const key = text(event, "key");
  const known = parseKey(key);
  return known === undefined ? "" : targetText(addressOf(known, accounts));
}
