import type { Result } from "../model/values/result.ts";
import { CHAIN_START, linkProblem, type ChainHead } from "./chain.ts";
import { signatureProblem, type Checkpoint, type VerificationKey } from "./checkpoint.ts";
import type { Link } from "./link.ts";
import { chainParts, type ChainPart, type LinkRun } from "./link-run.ts";
import { statementsOf, type VerifyFacts } from "./proof.ts";
import { readLink } from "./proved-link.ts";

/** The inputs of a verification, in addition to the record. */
interface Evidence {
  /** Empty: signatures are not checked. */
  readonly publicKeys: readonly VerificationKey[];
  /** The external copies, in any order. */
  readonly anchors: readonly Checkpoint[];
  /** `whole`: begins with entry 1 and must reach every external copy; `period`: a part without gaps. */
  readonly extent: "whole" | "period";
}

export interface VerifyInput extends Evidence {
  /** The lines of the export, one entry each, without line ends, in order of seq. */
  readonly lines: AsyncIterable<string> | Iterable<string>;
}

/** The lines as `readLink` parses them, joined to parts of a chain, in order, in blocks of any size. */
type Links = AsyncIterable<readonly ChainPart[]>;

export interface VerifyReport extends VerifyFacts {
  readonly verdict: "intact" | "broken";
  readonly proves: readonly string[];
  readonly doesNotProve: readonly string[];
}

/** Walks over the export once, keeps no entries, and stops at the first problem. */
export function verifyExport({ lines, ...evidence }: VerifyInput): Promise<VerifyReport> {
  return verifyLinks({ links: linksOf(lines), ...evidence });
}

/** The same for lines that were parsed elsewhere. */
export async function verifyLinks({
  links,
  ...evidence
}: Evidence & { readonly links: Links }): Promise<VerifyReport> {
  const walk = beginWalk(evidence);
  for await (const block of links) {
    walkBlock(walk, block);
    if (walk.broken !== null) break;
  }
  if (walk.broken === null && evidence.extent === "whole") walk.broken = missingTail(walk, evidence.anchors);
  const facts = factsOf(walk, evidence);
  return { verdict: facts.broken === null ? "intact" : "broken", ...facts, ...statementsOf(facts) };
}

const BLOCK = 256;

async function* linksOf(lines: VerifyInput["lines"]): AsyncGenerator<readonly ChainPart[]> {
  let block: Result<Link, string>[] = [];
  for await (const line of lines) {
    block.push(readLink(line));
    if (block.length < BLOCK) continue;
    yield chainParts(block);
    block = [];
  }
  yield chainParts(block);
}

function walkBlock(walk: Walk, block: readonly ChainPart[]): void {
  for (const part of block) {
    const problem = step(walk, part);
    if (problem === null) continue;
    walk.broken = { seq: dueSeq(walk), line: walk.line + 1, reason: problem, hint: hintOf(walk, part) };
    return;
  }
}

/** The state of the walk. Changed in place, since an export may have millions of lines. */
interface Walk {
  readonly keys: ReadonlyMap<string, VerificationKey>;
  readonly anchors: ReadonlyMap<number, readonly Checkpoint[]>;
  /** The same, each `upTo` once and in order, with the place of the next one. */
  readonly copies: readonly Checkpoint[];
  nextCopy: number;
  /** null before the first line of a period. */
  head: ChainHead | null;
  first: number | null;
  line: number;
  entries: number;
  checkpoints: number;
  signedUpTo: number | null;
  anchored: number;
  anchoredUpTo: number | null;
  oldestAnchorAt: string | null;
  broken: VerifyFacts["broken"];
  readonly keyIds: Set<string>;
  readonly openIntents: Set<number>;
}

function beginWalk(input: Evidence): Walk {
  const anchors = Map.groupBy(input.anchors, (anchor) => anchor.upTo);
  return {
    keys: new Map(input.publicKeys.map((key) => [key.keyId, key])),
    anchors,
    copies: [...anchors.values()].flatMap((same) => same.slice(0, 1)).sort((a, b) => a.upTo - b.upTo),
    nextCopy: 0,
    head: input.extent === "whole" ? CHAIN_START : null,
    first: null,
    line: 0,
    entries: 0,
    checkpoints: 0,
    signedUpTo: null,
    anchored: 0,
    anchoredUpTo: null,
    oldestAnchorAt: null,
    broken: null,
    keyIds: new Set(),
    openIntents: new Set(),
  };
}

/** Adds the entries that fit. Returns why the next one cannot be there, or null. */
function step(walk: Walk, part: ChainPart): string | null {
  if (part.kind === "err") return part.error;
  const first = part.kind === "run" ? part : part.link;
  const head = walk.head ?? headBefore(first);
  const problem = linkProblem(head, first);
  if (problem !== null) return problem;
  return part.kind === "run" ? stepRun(walk, part) : stepCheckpoint(walk, head, part.link);
}

/** An external copy may have a checkpoint in the middle of the run: the entries before it still fit. */
function stepRun(walk: Walk, run: LinkRun): string | null {
  const copy = firstCopy(walk, { from: run.seq - 1, before: run.last.seq });
  const end = copy === null ? run.last : { seq: copy.upTo, hash: "" };
  for (const [seq, intent] of run.writes) {
    if (seq > end.seq) break;
    if (seq === intent) walk.openIntents.add(intent);
    else walk.openIntents.delete(intent);
  }
  if (end.seq >= run.seq) addEntries(walk, run.seq, end);
  return copy === null ? null : `the external copy of ${copy.at} has a checkpoint here`;
}

function stepCheckpoint(walk: Walk, head: ChainHead, link: Link): string | null {
  const problem = checkpointProblem(walk, head, link);
  if (problem === null) addEntries(walk, link.seq, link);
  return problem;
}

function addEntries(walk: Walk, first: number, { seq, hash }: ChainHead): void {
  const entries = seq - first + 1;
  walk.head = { seq, hash };
  walk.first ??= first;
  walk.entries += entries;
  walk.line += entries;
}

/** The first external copy in this range of `upTo`. Ranges come in order, so that earlier copies are passed. */
function firstCopy(
  walk: Walk,
  { from, before }: { readonly from: number; readonly before: number },
): Checkpoint | null {
  let next = walk.copies[walk.nextCopy];
  while (next !== undefined && next.upTo < from) {
    walk.nextCopy += 1;
    next = walk.copies[walk.nextCopy];
  }
  return next !== undefined && next.upTo < before ? next : null;
}

/** The first entry of a period is trusted for the hash of the entry before it. */
function headBefore(link: { readonly seq: number; readonly prev: string }): ChainHead {
  return link.seq === 1 ? CHAIN_START : { seq: link.seq - 1, hash: link.prev };
}

function checkpointProblem(walk: Walk, head: ChainHead, { part }: Link): string | null {
  const copies = walk.anchors.get(head.seq) ?? [];
  const checkpoint = part.kind === "checkpoint" ? part.checkpoint : null;
  if (checkpoint === null) return "the checkpoint lacks upTo, head, keyId or signature";
  if (checkpoint.upTo !== head.seq || checkpoint.head !== head.hash) {
    return "the checkpoint is not about the entry before it";
  }
  const problem = walk.keys.size === 0 ? null : signatureProblem(checkpoint, walk.keys);
  if (problem !== null) return `the checkpoint is ${problem}`;
  const other = copies.find((copy) => !sameCheckpoint(copy, checkpoint));
  if (other !== undefined) return differenceText(walk, other, checkpoint);
  countCheckpoint(walk, checkpoint, copies);
  return null;
}

function countCheckpoint(walk: Walk, checkpoint: Checkpoint, copies: readonly Checkpoint[]): void {
  walk.checkpoints += 1;
  walk.signedUpTo = checkpoint.upTo;
  walk.keyIds.add(checkpoint.keyId);
  if (copies.length === 0) return;
  walk.anchored += 1;
  walk.anchoredUpTo = checkpoint.upTo;
  walk.oldestAnchorAt ??= checkpoint.at;
}

function sameCheckpoint(a: Checkpoint, b: Checkpoint): boolean {
  return a.head === b.head && a.at === b.at && a.keyId === b.keyId && a.signature === b.signature;
}

function differenceText(walk: Walk, copy: Checkpoint, checkpoint: Checkpoint): string {
  if (copy.head === checkpoint.head) return `the external copy of ${copy.at} is another checkpoint of it`;
  const from = (walk.anchoredUpTo ?? 0) + 1;
  return `the external copy of ${copy.at} has another hash: some entry from ${from} to ${copy.upTo} was changed`;
}

/** Reports an external copy that covers entries which are missing from the export. */
function missingTail(walk: Walk, anchors: readonly Checkpoint[]): VerifyFacts["broken"] {
  const last = walk.head?.seq ?? 0;
  const [beyond] = anchors.filter((anchor) => anchor.upTo >= last).sort((a, b) => b.upTo - a.upTo);
  if (beyond === undefined) return null;
  const reason = `entries ${last + 1} to ${beyond.upTo + 1} are missing: the external copy of ${beyond.at} covers them`;
  return { seq: last + 1, line: walk.line + 1, reason, hint: null };
}

/** An export that does not begin with entry 1 is nearly always a part of the record. */
function hintOf(walk: Walk, part: ChainPart): string | null {
  if (walk.line > 0 || part.kind === "err") return null;
  const { seq } = part.kind === "run" ? part : part.link;
  if (seq === 1) return null;
  return `this export begins with entry ${seq}: verify a part of the record with --period`;
}

function dueSeq(walk: Walk): number | null {
  return walk.head === null ? null : walk.head.seq + 1;
}

function factsOf(walk: Walk, input: Evidence): VerifyFacts {
  return {
    extent: input.extent,
    entries: walk.entries,
    first: walk.first,
    last: walk.entries === 0 || walk.head === null ? null : walk.head.seq,
    broken: walk.broken,
    checkpoints: {
      count: walk.checkpoints,
      checked: walk.keys.size > 0,
      keyIds: [...walk.keyIds].sort(),
      upTo: walk.signedUpTo,
    },
    anchors: {
      given: walk.anchors.size,
      matched: walk.anchored,
      upTo: walk.anchoredUpTo,
      oldestAt: walk.oldestAnchorAt,
    },
    openIntents: [...walk.openIntents],
  };
}
