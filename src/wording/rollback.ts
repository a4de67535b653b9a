import type { OverviewObject, SourceStatus } from "../api/overview.ts";
import type { RollbackOfSource, SourceRollback } from "../api/manifests.ts";
import { shortRevision, type Revision } from "../model/values/revision.ts";
import type { AuditEvent } from "../api/events.ts";
import { GRANTKEEPER } from "../model/entries/entry-names.ts";
import { clockTime, deadline, type ScreenClock } from "./time.ts";
import { shortHash } from "./words.ts";

/**
 * `rolled back to main@9c1d04e until 22:22:46Z (in 1h 59m) by dana: "INC-4410"; main@41aa2e0 waits`. Afterwards: `still at
 * main@9c1d04e after the rollback until 22:22:46Z by dana: …`
 */
export function rollbackText(rolledBack: SourceRollback, nowMs: number): string {
  const { until, ended } = rolledBack;
  return textUntil(rolledBack, ended === true ? clockTime(until, nowMs) : deadline(until, nowMs));
}

/** `main@9c1d04e`, or `main@9c1d04e (rollback)` while a rollback holds it in force. */
export function inForceText(revision: Revision, rolledBack: SourceStatus["rolledBack"]): string {
  const name = shortRevision(revision);
  if (rolledBack === undefined) return name;
  return `${name} (${rolledBack.ended === true ? "after a rollback" : "rollback"})`;
}

/** In front of `fetched`: during a rollback the revision that was fetched is not the one in force. */
export function fetchedName(rolledBack: SourceStatus["rolledBack"]): string {
  const waiting = rolledBack?.waiting ?? null;
  return waiting === null ? "" : `${shortRevision(waiting)} `;
}

type Sources = Pick<OverviewObject["status"], "source" | "namespaceSources">;

/** The source that declares a namespace. */
export function sourceIn(
  { source, namespaceSources = [] }: Sources,
  namespace: string | null | undefined,
): SourceStatus {
  return namespaceSources.find((one) => one.namespace === namespace) ?? source;
}

/** @param namespaces null in it: the platform source; instead of it: every source */
export function rolledBackSources(
  sources: Sources,
  namespaces: Iterable<string | null> | null,
): readonly RollbackOfSource[] {
  const shown =
    namespaces === null
      ? [sources.source, ...(sources.namespaceSources ?? [])]
      : [...namespaces].map((namespace) => sourceIn(sources, namespace));
  return [...new Set(shown)].flatMap(({ name, rolledBack }) =>
    rolledBack === undefined ? [] : [{ source: name, ...rolledBack }],
  );
}

/** On a screen that shows more than one source, or no other fact of a source. */
export function sourceRollbackText(rolledBack: RollbackOfSource, nowMs: number): string {
  return `source ${rolledBack.source}: ${rollbackText(rolledBack, nowMs)}`;
}

export function textUntil({ revision, waiting, by, reason, ended }: SourceRollback, end: string): string {
  const name = shortRevision(revision);
  const where = ended === true ? `still at ${name} after the rollback` : `rolled back to ${name}`;
  const text = `${where} until ${end} by ${by}: "${reason}"`;
  return waiting === null ? text : `${text}; ${shortRevision(waiting)} waits`;
}

/** `9c1d04e instead of 41aa2e0 until 22:22:46Z: "INC-4410"` */
export function rolledBackText(event: AuditEvent, clock: ScreenClock): string {
  const until = clockTime(textOf(event, "until"), clock);
  const revisions = `${hashOf(event, "revision")} instead of ${hashOf(event, "from")}`;
  return `${revisions} until ${until}: "${textOf(event, "reason")}"`;
}

/** Without an actor it ended by itself. */
export function rollbackEndText(event: AuditEvent): { readonly by: string; readonly message: string } {
  const revision = hashOf(event, "revision");
  const actor = textOf(event, "actor");
  if (actor === "") return { by: GRANTKEEPER, message: `the time of ${revision} is over` };
  return { by: actor, message: `${revision}: "${textOf(event, "reason")}"` };
}

function hashOf(event: AuditEvent, field: string): string {
  return shortHash(textOf(event, field));
}

function textOf(event: AuditEvent, field: string): string {
  const value = event[field];
  return typeof value === "string" ? value : "";
}
