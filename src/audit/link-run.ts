import type { Result } from "../model/values/result.ts";
import type { ChainHead } from "./chain.ts";
import type { Link } from "./link.ts";

/**
 * Entries that certainly form one chain: each has its own hash, the number after the entry before and the hash of that
 * entry. None of them is a checkpoint or a removal. A walk joins runs by their ends and needs no hash in between.
 */
export interface LinkRun {
  readonly kind: "run";
  /** The number of the first entry, and the hash of the entry before it. */
  readonly seq: number;
  readonly prev: string;
  readonly last: ChainHead;
  /** For each entry that begins or ends a write: its number, and the number of the intent. */
  readonly writes: readonly (readonly [seq: number, intent: number])[];
}

/** What a walk reads: runs, checkpoints and removals, and why something is not an entry. */
export type ChainPart =
  LinkRun | { readonly kind: "link"; readonly link: Link } | Extract<Result<Link, string>, { kind: "err" }>;

/** The links in their order, joined where they fit. */
export function chainParts(links: Iterable<Result<Link, string>>): readonly ChainPart[] {
  const parts: ChainPart[] = [];
  let run: OpenRun | null = null;
  for (const read of links) {
    if (read.kind === "ok" && isOrdinary(read.value)) {
      if (run === null || !follows(run, read.value)) parts.push((run = beginRun(read.value)));
      extend(run, read.value);
      continue;
    }
    run = null;
    parts.push(read.kind === "err" ? read : { kind: "link", link: read.value });
  }
  return parts;
}

/** The links as a text for another thread, which costs less than a copy of the objects. */
export function chainPartsText(links: Iterable<Result<Link, string>>): string {
  return JSON.stringify(chainParts(links));
}

/** The parts of texts that `chainPartsText` wrote. */
export async function* parseChainParts(texts: AsyncIterable<string>): AsyncGenerator<readonly ChainPart[]> {
  for await (const text of texts) yield JSON.parse(text) as readonly ChainPart[];
}

function isOrdinary({ part }: Link): boolean {
  return part.kind !== "checkpoint" && part.kind !== "removal";
}

/** A run while links are added to it. */
interface OpenRun extends LinkRun {
  last: ChainHead;
  readonly writes: [seq: number, intent: number][];
}

function beginRun({ seq, prev, hash }: Link): OpenRun {
  return { kind: "run", seq, prev, last: { seq, hash }, writes: [] };
}

function follows({ last }: LinkRun, { seq, prev }: Link): boolean {
  return seq === last.seq + 1 && prev === last.hash;
}

function extend(run: OpenRun, { seq, hash, part }: Link): void {
  run.last = { seq, hash };
  if (part.kind === "intent") run.writes.push([seq, seq]);
  if (part.kind === "outcome") run.writes.push([seq, part.intent]);
}
