import type { RecordChange } from "../../model/records/record-change.ts";
import { keyColumns } from "../rows/key-rows.ts";
import { eventColumns, KEPT_MS, KEPT_OF_ACCOUNT, memberRecord, objectText } from "../rows/record-rows.ts";
import { storedText } from "../rows/stored-text.ts";

/**
 * The change as the JSON document that the database function `write_change` reads.
 * @param put collects a document, and returns its hash
 */
export function changeDocument(change: RecordChange, put: (text: string) => string): string {
  const document = {
    keys: last(change.keys, ({ key }) => key).map((record) => keyColumns(record, put)),
    removedKeys: change.removedKeys ?? [],
    objects: last(change.objects, ({ kind, namespace, name }) => JSON.stringify([kind, namespace, name])).map(
      (object) => ({
        kind: object.kind,
        namespace: object.namespace,
        name: object.name,
        record: objectText(object),
      }),
    ),
    removedObjects: change.removedObjects ?? [],
    ...accountsOf(change),
    ...decisionsOf(change),
    ...alertsOf(change),
    ...eventsOf(change),
    memories: last(change.memories, ({ accountId }) => accountId).map((memory) => ({
      account_id: memory.accountId,
      program: memory.program,
      text: memory.text,
      digests: memory.digests,
    })),
  };
  // The database has no NUL; in a document it can only be inside a text, where JSON escapes it.
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === "string" ? value.replaceAll("\0", "\ufffd") : value,
  );
}

function accountsOf({ accounts, members, sources }: RecordChange) {
  return {
    accounts: last(accounts, ({ accountId }) => accountId).map((account) => ({
      account_id: account.accountId,
      record: storedText(account),
    })),
    members: last(members, ({ accountId }) => accountId).map((member) => ({
      account_id: member.accountId,
      record: storedText(memberRecord(member)),
    })),
    sources: last(sources, ({ source }) => source).map((source) => ({
      source: source.source,
      record: storedText(source),
    })),
  };
}

function decisionsOf(change: RecordChange) {
  return {
    approvals: last(change.approvals, ({ subject }) => subject).map((approval) => ({
      subject: approval.subject,
      ends_ms: Date.parse(approval.expiresAt),
      record: storedText(approval),
    })),
    rejections: last(change.rejections, ({ subject }) => subject).map((rejection) => ({
      subject: rejection.subject,
      record: storedText(rejection),
    })),
    endedRejections: change.endedRejections ?? [],
    suspensions: last(change.suspensions, ({ id }) => id).map((suspension) => ({
      id: suspension.id,
      ends_ms: Date.parse(suspension.until),
      record: storedText(suspension),
    })),
    endedSuspensions: change.endedSuspensions ?? [],
  };
}

function alertsOf({ incidents, outbox = [], endedIncidents = [] }: RecordChange) {
  return {
    incidents: last(incidents, ({ incident }) => incident).map((one) => ({
      incident: one.incident,
      record: storedText(one),
    })),
    outbox: outbox.map(({ route, body, dueMs, opens }, number) => ({
      number,
      route,
      body,
      due_ms: dueMs,
      opens: opens ?? null,
    })),
    endedIncidents,
  };
}

function eventsOf({ changes = [] }: RecordChange) {
  if (changes.length === 0) return {};
  const receivedMs = Math.max(...changes.map((one) => one.receivedMs));
  return {
    events: changes.map(eventColumns),
    keptSinceMs: receivedMs - KEPT_MS,
    keptOfAccount: KEPT_OF_ACCOUNT,
  };
}

/** A statement writes each row once: the last of several is the one that counts. */
function last<Item>(items: readonly Item[] = [], nameOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [nameOf(item), item])).values()];
}
