import { entryHash } from "../../../audit/canonical.ts";
import type { ChainHead } from "../../../audit/chain.ts";
import type { AuditEntry, AuditFact } from "../../../audit/entry.ts";
import { sha256Hex } from "../../../model/values/digest.ts";
import type { Documents } from "../documents.ts";
import { toRow, type EntryRow, type NewRow } from "./audit-rows.ts";
import { rowText } from "./row-link.ts";

export interface NextPlace {
  readonly head: ChainHead;
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string;
}

/**
 * The next entry of the chain and its row. Its hash is computed from the texts of the row: to print the entry with its
 * documents again would take twice as long.
 * @param fact a result of `plainFact`
 */
export function nextRow(
  fact: AuditFact,
  { head, at }: NextPlace,
  hashOf: Documents["hash"],
): { readonly entry: AuditEntry; readonly row: EntryRow } {
  const open = { ...fact, seq: head.seq + 1, at, prev: head.hash };
  const made = toRow({ ...open, hash: "" }, hashOf);
  const text = textOf(made);
  const hash = text === null ? entryHash(open) : sha256Hex(text);
  return { entry: { ...open, hash }, row: { ...made.row, hash } };
}

function textOf({ row, quoted }: NewRow): string | null {
  const documents = { get: () => undefined, quoted: (hash: string) => quoted.get(hash) };
  return rowText({ ...row, texts: null }, documents);
}
