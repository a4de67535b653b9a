import type { AuditEntry } from "./entry.ts";

type RemovedEntries = Extract<AuditEntry, { readonly kind: "entries-removed" }>;

export interface RemovedEntry {
  readonly message: string;
  readonly hint: string;
}

/** Why an entry is not in the record: the removal that took it; null if this entry records no such removal. */
export function removedBy(entry: AuditEntry, seq: number): RemovedEntry | null {
  if (entry.kind !== "entries-removed" || seq < entry.first || seq > entry.upTo) return null;
  const run = `entries ${entry.first} to ${entry.upTo}, up to the checkpoint in entry ${entry.upTo + 1}`;
  const removal = `on ${entry.at.slice(0, "2026-11-28".length)} (entry ${entry.seq})`;
  return { message: `entry ${seq} was removed by retention: ${run}, ${removal}`, hint: hintOf(entry, seq) };
}

function hintOf({ archive }: RemovedEntries, seq: number): string {
  if (archive === null)
    return "audit.archive was not configured: only an export or a backup from before the removal has it";
  return `its line is in ${archive}, in the folder of audit.archive: grantkeeper audit show ${seq} --export ${archive}`;
}
