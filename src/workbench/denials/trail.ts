import { stat } from "node:fs/promises";
import { relative } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { DeclaredCallers, type CallOwner } from "../../explain/denials/call-owner.ts";
import { DenialCounter } from "../../explain/denials/denial-counter.ts";
import { eventsIn } from "../../iam/denial/read-denials.ts";
import { callDenialOf } from "../../iam/trail/denial.ts";
import { trailRecord } from "../../iam/trail/trail-record.ts";
import type { FunctionDenials } from "../../model/denials/denied-request.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { parsedJson } from "../../text/json-values.ts";
import { trailPaths, trailText } from "../project/trail-paths.ts";

/** What was read of CloudTrail, and whose denied calls are in it. */
export interface TrailReport {
  readonly path: string;
  readonly files: number;
  readonly events: number;
  /** The times of the events; null without one. */
  readonly from: string | null;
  readonly to: string | null;
  /** Denied calls, each event once. */
  readonly calls: {
    readonly ofFunctions: number;
    /** By callers that assumed the role of a function and are not the function. */
    readonly otherSessions: number;
    /** By functions on roles that their manifests do not declare. */
    readonly otherRoles: number;
    /** By roles that no manifest declares. */
    readonly notManaged: number;
  };
  /** Files that were not read completely: sorted, with the reason. */
  readonly unread: readonly { readonly file: string; readonly reason: string }[];
}

interface ReadTrail {
  readonly denials: readonly FunctionDenials[];
  readonly summary: TrailReport;
}

const LIMITS = { ofFunction: 100, inAll: 20_000 };

/**
 * The denied calls of declared functions in a file of CloudTrail, or in all of a folder.
 * @throws CliError if it cannot be read, or has no such file
 */
export async function readTrail(
  path: string,
  bindings: Iterable<DesiredBinding>,
  showText: (text: string) => void,
): Promise<ReadTrail> {
  const paths = (await isFolder(path)) ? await trailPaths(path) : [path];
  const reading = new TrailReading(bindings);
  for (const [at, file] of paths.entries()) {
    if (at % 100 === 0) showText(`reading CloudTrail: ${at} of ${paths.length} files`);
    const text = await trailText(file);
    const reason = text.kind === "text" ? reading.add(text.text) : text.reason;
    if (reason !== null) reading.unread.push({ file: relative(path, file) || file, reason });
  }
  return { denials: reading.denials, summary: { path, files: paths.length, ...reading.summary() } };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new CliError(`cannot read ${path} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

const CALLS = {
  function: "ofFunctions",
  "other-session": "otherSessions",
  "other-role": "otherRoles",
  "not-managed": "notManaged",
} as const satisfies Record<CallOwner["kind"], keyof TrailReport["calls"]>;

class TrailReading {
  readonly unread: { readonly file: string; readonly reason: string }[] = [];
  readonly #callers: DeclaredCallers;
  readonly #counter = new DenialCounter(LIMITS);
  readonly #calls = { ofFunctions: 0, otherSessions: 0, otherRoles: 0, notManaged: 0 };
  /** Of denied calls: files may overlap. */
  readonly #seen = new Set<string>();
  #events = 0;
  #fromMs = Infinity;
  #toMs = -Infinity;

  constructor(bindings: Iterable<DesiredBinding>) {
    this.#callers = new DeclaredCallers(bindings);
  }

  get denials(): readonly FunctionDenials[] {
    return this.#counter.all();
  }

  summary(): Omit<TrailReport, "path" | "files"> {
    const time = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
    const [from, to] = [time(this.#fromMs), time(this.#toMs)];
    return { events: this.#events, from, to, calls: { ...this.#calls }, unread: this.unread };
  }

  /** @returns why the text was not read completely; null: it was */
  add(text: string): string | null {
    const json = parsedJson(text);
    const values = json === undefined ? linesOf(text) : [json];
    const events = values.flatMap((value) => eventsIn(value));
    if (events.length === 0 && !hasNoRecords(json)) return "it has no events of CloudTrail";
    const isRead = events.map((event) => this.#addEvent(event)).every(Boolean);
    return isRead ? null : "a record has not the form of CloudTrail";
  }

  /** @returns false: it has not the form of a record */
  #addEvent(event: unknown): boolean {
    const record = trailRecord(event);
    if (record === null) return false;
    this.#events += 1;
    this.#fromMs = Math.min(this.#fromMs, record.atMs);
    this.#toMs = Math.max(this.#toMs, record.atMs);
    const call = record.errorCode === "" ? null : callDenialOf(record, event);
    if (call === null || this.#seen.has(call.id)) return true;
    if (call.id !== "") this.#seen.add(call.id);
    const owner = this.#callers.ownerOf(call);
    this.#calls[CALLS[owner.kind]] += 1;
    if (owner.kind === "function") this.#counter.add(owner.key, call);
    return true;
  }
}

/** One event a line. */
function linesOf(text: string): readonly unknown[] {
  return text.split("\n").flatMap((line) => (line.startsWith("{") ? [parsedJson(line)] : []));
}

/** CloudTrail delivers such files too. */
function hasNoRecords(json: unknown): boolean {
  const { Records: records } = (json ?? {}) as { readonly Records?: unknown };
  return Array.isArray(records) && records.length === 0;
}
