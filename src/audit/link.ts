import { err, ok, type Result } from "../model/values/result.ts";
import { contentProblem, readEntry, type ChainHead } from "./chain.ts";
import { parseCheckpoint, type Checkpoint } from "./checkpoint.ts";
import type { AuditEntry } from "./entry.ts";

/** The facts that a walk over the chain needs of an entry, after its own hash was checked. */
export interface Link extends ChainHead {
  readonly prev: string;
  readonly part:
    | { readonly kind: "intent" }
    | { readonly kind: "outcome"; readonly intent: number }
    /** null: a member is missing. */
    | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint | null }
    /** Earlier entries were removed: what it claims of them. */
    | { readonly kind: "removal"; readonly upTo: number; readonly head: string; readonly at: string }
    | { readonly kind: "other" };
}

/** Parses a line of an export as a link, or returns why it is not an entry. */
export function parsedLink(line: string): Result<Link, string> {
  const read = readEntry(line);
  return read.kind === "err" ? read : ok(linkOf(read.value));
}

/** The same for an entry that is not stored as a line. */
export function checkedLink(entry: AuditEntry): Result<Link, string> {
  const problem = contentProblem(entry);
  return problem === null ? ok(linkOf(entry)) : err(problem);
}

function linkOf(entry: AuditEntry): Link {
  const { seq, prev, hash } = entry;
  if (entry.kind === "write-intended") return { seq, prev, hash, part: { kind: "intent" } };
  if (entry.kind === "write-finished")
    return { seq, prev, hash, part: { kind: "outcome", intent: entry.intent } };
  if (entry.kind === "entries-removed") {
    const { upTo, head, at } = entry;
    return { seq, prev, hash, part: { kind: "removal", upTo, head, at } };
  }
  if (entry.kind !== "checkpoint") return { seq, prev, hash, part: { kind: "other" } };
  return { seq, prev, hash, part: { kind: "checkpoint", checkpoint: parseCheckpoint(entry) ?? null } };
}
