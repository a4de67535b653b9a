import type { AuditEvent } from "../api/events.ts";
import { concerns, heldSubjects } from "../audit/concerns.ts";
import type { AuditEntry } from "../audit/entry.ts";
import { keyParts, type Key } from "../model/key.ts";
import { fileEntries } from "./export-file.ts";
import { printNote } from "./print.ts";
import { matching } from "./target.ts";
import type { Addressed } from "../model/target-text.ts";
import type { Toolbox } from "./toolbox.ts";

/** What a history is made of. */
export interface History {
  /** Newest first. */
  readonly events: readonly AuditEvent[];
  /** By account id. */
  readonly accounts: ReadonlyMap<string, string>;
}

interface ExportRequest {
  readonly file: string;
  readonly target: string | null;
  readonly namespace: string | null;
  readonly limit: number;
}

/** The newest entries of an export that the target means. Account names are those that the record itself has. */
export async function exportedHistory(request: ExportRequest, toolbox: Toolbox): Promise<History> {
  const { file, target, namespace, limit } = request;
  const keys = new Set<Key>();
  const accounts = new Map<string, string>();
  const entries: AuditEntry[] = [];
  for await (const entry of fileEntries(file, toolbox)) {
    if ("key" in entry) keys.add(entry.key);
    if (entry.kind === "control-ran") accounts.set(entry.accountId, entry.account);
    entries.push(entry);
  }
  await printNote(
    `note: read from ${file}; to prove that it is unchanged, run grantkeeper audit verify ${file}`,
    toolbox,
  );
  const all = [...keys].sort().map((key): Addressed => ({ key, account: accountOf(key, accounts) }));
  const wanted = target === null ? null : matching(target, all, namespace).map(({ key }) => key);
  const shown = shownEntries(entries, wanted, namespace);
  return { events: shown.slice(-limit).reverse() as unknown as readonly AuditEvent[], accounts };
}

function accountOf(key: Key, accounts: ReadonlyMap<string, string>): string {
  const { accountId } = keyParts(key);
  return accounts.get(accountId) ?? accountId;
}

/** Entries about any of the keys; without keys those of the namespace. */
function shownEntries(
  entries: readonly AuditEntry[],
  wanted: readonly Key[] | null,
  namespace: string | null,
): readonly AuditEntry[] {
  if (wanted === null)
    return entries.filter(
      (entry) => namespace === null || ("key" in entry && keyParts(entry.key).namespace === namespace),
    );
  const subjects = new Map(wanted.map((key) => [key, heldSubjects(entries, key)]));
  return entries.filter((entry) =>
    wanted.some((key) => concerns(entry, key, subjects.get(key) ?? new Set())),
  );
}
