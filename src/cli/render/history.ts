import type { AuditEvent } from "../../api/events.ts";
import { parseKey } from "../../model/key.ts";
import { targetText } from "../target.ts";
import { addressOf } from "./resource-tables.ts";
import { eventsDelta } from "./event-delta.ts";
import { table, type Column } from "./table.ts";
import { shortArn, shortHash, shortSubject } from "./words.ts";

type Field = (event: AuditEvent) => string;

const text = (event: AuditEvent, field: string): string => {
  const value = event[field];
  return typeof value === "string"
    ? value
    : value === null || value === undefined
      ? ""
      : JSON.stringify(value);
};
const list = (event: AuditEvent, field: string): string => {
  const value = event[field];
  return Array.isArray(value) ? value.map(String).join(", ") : text(event, field);
};

/** What an entry says in a line, by its kind; a kind that is not here says its name alone. */
const SENTENCES: Readonly<Record<string, Field>> = {
  started: (event) => `version ${text(event, "version")}`,
  stopped: (event) => text(event, "reason"),
  "revision-accepted": (event) =>
    `${shortHash(text(event, "revision"))} after ${shortHash(text(event, "previous"))}${authors(event)}`,
  "revision-held": (event) => `${shortHash(text(event, "revision"))}: ${text(event, "reason")}`,
  "drift-found": (event) => `${list(event, "fields")} (${text(event, "severity")})`,
  "drift-ended": (event) => `${list(event, "fields")} ${text(event, "how")}`,
  "plan-held": (event) => `${shortSubject(text(event, "subject"))}: ${text(event, "reason")}`,
  "plan-refused": (event) => text(event, "reason"),
  approved: (event) =>
    `${shortSubject(text(event, "subject"))} by ${text(event, "actor")}: ${text(event, "reason")}`,
  suspended: (event) =>
    `${text(event, "scope")} by ${text(event, "actor")} until ${text(event, "until")}: ${text(event, "reason")}`,
  resumed: (event) => `${text(event, "scope")} by ${text(event, "actor")}: ${text(event, "reason")}`,
  "write-intended": (event) =>
    `${text(event, "call")} ${shortArn(text(event, "target"))} at ${shortHash(text(event, "revision"))}${changeOf([event])}`,
  "write-finished": (event) =>
    `of ${text(event, "intent")}: ${text(event, "outcome")}${suffix(text(event, "error"))}`,
  "request-refused": (event) =>
    `${text(event, "actor")} ${text(event, "method")} ${text(event, "path")}: ${text(event, "reason")}`,
  "control-ran": (event) =>
    `${text(event, "account")} on ${text(event, "day")}: ${text(event, "completeReads")} complete reads`,
  checkpoint: (event) => `up to ${text(event, "upTo")} by key ${text(event, "keyId")}`,
};

/** `: + dynamodb read table/orders`. */
function changeOf(events: readonly AuditEvent[]): string {
  const change = eventsDelta(events);
  return change === "" ? "" : `: ${change}`;
}

function suffix(error: string): string {
  return error === "" ? "" : `: ${error}`;
}

/** Anyone can write any author into a commit. */
function authors(event: AuditEvent): string {
  const names = [...new Set(authorNames(event))];
  return names.length === 0 ? "" : `, ${names.join(", ")} (claimed)`;
}

export function authorNames(event: AuditEvent): readonly string[] {
  const commits = event["commits"];
  if (!Array.isArray(commits)) return [];
  return commits.flatMap((commit: unknown) => {
    const author = typeof commit === "object" && commit !== null && "author" in commit ? commit.author : null;
    return typeof author === "string" ? [author.replace(/\s*<[^>]*>$/, "")] : [];
  });
}

export function historyLines(
  events: readonly AuditEvent[],
  accounts: ReadonlyMap<string, string>,
): readonly string[] {
  if (events.length === 0) return ["nothing found"];
  const columns: readonly Column<AuditEvent>[] = [
    { title: "ENTRY", cell: ({ seq }) => String(seq), align: "right" },
    { title: "AT", cell: ({ at }) => at.replace(/\.\d+Z$/, "Z") },
    { title: "KIND", cell: ({ kind }) => kind },
    { title: "ABOUT", cell: (event) => about(event, accounts) },
    { title: "WHAT", cell: (event) => SENTENCES[event.kind]?.(event) ?? "" },
  ];
  return table(columns, events);
}

function about(event: AuditEvent, accounts: ReadonlyMap<string, string>): string {
  const key = parseKey(text(event, "key"));
  return key === undefined ? "-" : targetText(addressOf(key, accounts));
}
