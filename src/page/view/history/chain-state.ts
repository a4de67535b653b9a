import type { AuditEvent } from "../../../api/events.ts";

/** What the loaded entries show about the chain of the record. It is no verification: entries are not hashed, keys not checked. */
export interface ChainState {
  /** The first place, from the newest entry, where two neighbours do not belong together; null: none was found. */
  readonly broken: { readonly seq: number; readonly why: string } | null;
  /** The newest signature among the loaded entries; null: none is among them. */
  readonly signed: { readonly upTo: number; readonly at: string; readonly keyId: string } | null;
}

/** @param events all entries of the record without a selection, newest first, and without a gap between pages */
export function chainState(events: readonly AuditEvent[]): ChainState {
  const broken = events.slice(1).flatMap((older, at) => {
    const newer = events[at];
    const why = newer === undefined ? null : breakBetween(older, newer);
    return why === null || newer === undefined ? [] : [{ seq: newer.seq, why }];
  });
  const checkpoint = events.find(({ kind }) => kind === "checkpoint");
  return { broken: broken[0] ?? null, signed: checkpoint === undefined ? null : signatureIn(checkpoint) };
}

function breakBetween(older: AuditEvent, newer: AuditEvent): string | null {
  if (newer.seq !== older.seq + 1) return `entries are missing between ${older.seq} and ${newer.seq}`;
  const [before, after] = [older["hash"], newer["prev"]];
  if (typeof before !== "string" || typeof after !== "string") return null;
  return before === after
    ? null
    : `entry ${newer.seq} does not follow entry ${older.seq}: one of them was changed`;
}

function signatureIn({ at, upTo, keyId }: AuditEvent): ChainState["signed"] {
  return typeof upTo === "number" && typeof keyId === "string" ? { upTo, at, keyId } : null;
}
