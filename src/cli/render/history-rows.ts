import type { AuditEvent } from "../../api/events.ts";
import { parseKey } from "../../model/key.ts";
import { parseScope, scopeText } from "../../model/suspension-scope.ts";
import { targetText } from "../../model/target-text.ts";
import { addressOf } from "./resource-tables.ts";
import { eventsDelta } from "./event-delta.ts";
import { clockTime } from "./time.ts";
import { shortArn, shortHash, shortSubject } from "./words.ts";

export interface HistoryContext {
  /** By account id. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

/** One line of the history: an entry, or a write with its result. */
export interface HistoryRow {
  readonly entry: number;
  /** The newest entry that is in the line: of a write its result. */
  readonly last: number;
  readonly at: string;
  /** `applied`, `reverted`, `approved` … */
  readonly kind: string;
  /** Who did it; `-` where the record does not name anyone. */
  readonly by: string;
  readonly message: string;
}

/** The kind of a write whose result is not in the record yet. */
export const NO_RESULT = "no result";
const GRANTKEEPER = "Grantkeeper";
const NOT_NAMED = "-";

/** Newest first, as the events are. The result of a write is in the line of the write. */
export function historyRows(events: readonly AuditEvent[], context: HistoryContext): readonly HistoryRow[] {
  const intents = new Set(events.filter(({ kind }) => kind === "write-intended").map(({ seq }) => seq));
  const results = new Map(
    events.filter(({ kind }) => kind === "write-finished").map((event) => [event["intent"], event]),
  );
  return events.flatMap((event): readonly HistoryRow[] => {
    if (event.kind === "write-finished" && intents.has(Number(event["intent"]))) return [];
    const result = results.get(event.seq);
    const shown = event.kind === "write-intended" ? writeText(event, result) : shownText(event, context);
    const target = eventTarget(event, context);
    const message = [target, shown.message].filter((part) => part !== "").join(shown.joint ?? ": ");
    const kind = shown.kind ?? event.kind;
    return [{ entry: event.seq, last: result?.seq ?? event.seq, at: event.at, kind, by: shown.by, message }];
  });
}

interface Shown {
  /** In the place of the entry's own kind. */
  readonly kind?: string;
  readonly by: string;
  readonly message: string;
  /** Between the target and the message. */
  readonly joint?: string;
}

const text = (event: AuditEvent, field: string): string => {
  const value = event[field];
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
};
const texts = (event: AuditEvent, field: string): readonly string[] => {
  const value = event[field];
  return Array.isArray(value) ? value.map(String) : [];
};

/** What an entry is about, by its kind. Entries come from the record of any version: a kind that is not here shows its name alone. */
const SHOWN: Readonly<Record<string, (event: AuditEvent, context: HistoryContext) => Shown>> = {
  started: (event) => ({ by: GRANTKEEPER, message: `version ${text(event, "version")}` }),
  stopped: (event) => ({ by: GRANTKEEPER, message: text(event, "reason") }),
  "revision-accepted": (event) => ({
    kind: "accepted",
    by: authorText(event),
    message: `${shortHash(text(event, "revision"))} after ${shortHash(text(event, "previous"))}`,
  }),
  "revision-held": (event) => ({
    kind: "held",
    by: GRANTKEEPER,
    message: `${shortHash(text(event, "revision"))}: ${text(event, "reason")}`,
  }),
  "drift-found": (event) => ({
    kind: "drift",
    by: NOT_NAMED,
    joint: " ",
    message: `in AWS: ${changeText(event, texts(event, "fields"))}${text(event, "severity") === "security" ? " (security)" : ""}`,
  }),
  "drift-ended": endedText,
  "plan-held": (event) => ({
    kind: "held",
    by: GRANTKEEPER,
    message: `${shortSubject(text(event, "subject"))}: ${text(event, "reason")}`,
  }),
  "plan-refused": (event) => ({
    kind: "refused",
    by: GRANTKEEPER,
    message: [texts(event, "rules").join(", "), text(event, "reason")]
      .filter((part) => part !== "")
      .join(": "),
  }),
  approved: (event, context) => decisionText(event, context),
  rejected: (event, context) => decisionText(event, context),
  suspended: (event, context) => ({
    by: text(event, "actor"),
    message: `${suspendedTarget(event, context)} until ${clockTime(text(event, "until"), context.nowMs)}: "${text(event, "reason")}"`,
  }),
  resumed: (event, context) => ({
    by: text(event, "actor"),
    message: `${suspendedTarget(event, context)}: "${text(event, "reason")}"`,
  }),
  "write-finished": (event) => ({
    kind: outcomeText(event),
    by: GRANTKEEPER,
    message: `result of entry ${text(event, "intent")}${errorText(event)}`,
  }),
  "request-refused": (event) => ({
    kind: "denied",
    by: text(event, "actor"),
    message: `${text(event, "method")} ${text(event, "path")}: ${text(event, "reason")}`,
  }),
  "control-ran": (event) => ({
    kind: "control",
    by: GRANTKEEPER,
    message: `account ${text(event, "account")} on ${text(event, "day")}: ${text(event, "completeReads")} complete reads`,
  }),
  checkpoint: (event) => ({
    by: GRANTKEEPER,
    message: `entries up to ${text(event, "upTo")}, signed by key ${text(event, "keyId")}`,
  }),
};

function shownText(event: AuditEvent, context: HistoryContext): Shown {
  return SHOWN[event.kind]?.(event, context) ?? { by: NOT_NAMED, message: "" };
}

/** A write is Grantkeeper's; the revision says what it was for. */
function writeText(intent: AuditEvent, result: AuditEvent | undefined): Shown {
  const call = `${text(intent, "call")} ${shortArn(text(intent, "target"))}`;
  const change = eventsDelta([intent]);
  const revision = shortHash(text(intent, "revision"));
  return {
    kind: result === undefined ? NO_RESULT : outcomeText(result),
    by: GRANTKEEPER,
    message: `${change === "" ? call : `${change}, ${call}`}, ${revision}${result === undefined ? "" : errorText(result)}`,
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

function endedText(event: AuditEvent): Shown {
  const how = text(event, "how");
  const changes = changeText(event, texts(event, "fields"));
  if (how === "reverted")
    return { kind: "reverted", by: GRANTKEEPER, joint: " ", message: `in AWS: ${changes}` };
  const message = how === "gone" ? `no longer differs: ${changes}` : `now as declared: ${changes}`;
  return { kind: "drift ended", by: how === "gone" ? NOT_NAMED : GRANTKEEPER, message };
}

/** Entries of 0.1 name the fields only. */
function changeText(event: AuditEvent, fields: readonly string[]): string {
  const changes = texts(event, "changes");
  const delta = eventsDelta([event]);
  if (changes.length > 0) return changes.join(", ");
  return delta === "" ? fields.join(", ") : delta;
}

const COVERED_SHOWN = 3;

/** A digest alone tells a reader nothing: the functions and what changes for them. */
function decisionText(event: AuditEvent, { accounts }: HistoryContext): Shown {
  const covers = Array.isArray(event["covers"]) ? (event["covers"] as readonly unknown[]) : [];
  const named = covers.flatMap((one) => coveredText(one, accounts));
  const more = named.length > COVERED_SHOWN ? [`and ${named.length - COVERED_SHOWN} more`] : [];
  const what = [...named.slice(0, COVERED_SHOWN), ...more].join("; ");
  const subject = shortSubject(text(event, "subject"));
  return {
    by: text(event, "actor"),
    message: `${subject}: "${text(event, "reason")}"${what === "" ? "" : ` (${what})`}`,
  };
}

function coveredText(covered: unknown, accounts: ReadonlyMap<string, string>): readonly string[] {
  const { key, permissions } = (covered ?? {}) as { readonly key?: unknown; readonly permissions?: unknown };
  const known = typeof key === "string" ? parseKey(key) : undefined;
  if (known === undefined) return [];
  const changes = Array.isArray(permissions) ? permissions.map(String) : [];
  return [[targetText(addressOf(known, accounts)), ...changes.slice(0, 2)].join(" ")];
}

/** As `suspend` and `resume` take it. */
function suspendedTarget(event: AuditEvent, { accounts }: HistoryContext): string {
  const recorded = text(event, "scope");
  const scope = parseScope(recorded);
  return scope === undefined ? recorded : scopeText(scope, accounts);
}

/** Anyone can write any author into a commit. */
function authorText(event: AuditEvent): string {
  const [author] = authorNames(event);
  return author === undefined ? NOT_NAMED : `${author} (unverified)`;
}

export function authorNames(event: AuditEvent): readonly string[] {
  const commits = event["commits"];
  if (!Array.isArray(commits)) return [];
  return commits.flatMap((commit: unknown) => {
    const author = typeof commit === "object" && commit !== null && "author" in commit ? commit.author : null;
    return typeof author === "string" ? [author.replace(/\s*<[^>]*>$/, "")] : [];
  });
}

function eventTarget(event: AuditEvent, { accounts }: HistoryContext): string {
  const key = text(event, "key");
  const known = parseKey(key);
  return known === undefined ? "" : targetText(addressOf(known, accounts));
}
