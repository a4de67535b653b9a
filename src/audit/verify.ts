import type { Result } from "../model/values/result.ts";
import { CHAIN_START, linkProblem, type ChainHead } from "./chain.ts";
import { signatureProblem, type Checkpoint, type VerificationKey } from "./checkpoint.ts";
import type { Link } from "./link.ts";
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

/** The lines as `readLink` parses them, in order, in blocks of any size. */
type Links = AsyncIterable<readonly Result<Link, string>[]>;

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

async function* linksOf(lines: VerifyInput["lines"]): AsyncGenerator<readonly Result<Link, string>[]> {
  let block: Result<Link, string>[] = [];
  for await (const line of lines) {
    block.push(readLink(line));
    if (block.length < BLOCK) continue;
    yield block;
    block = [];
  }
  yield block;
}

function walkBlock(walk: Walk, block: readonly Result<Link, string>[]): void {
  for (const read of block) {
    walk.line += 1;
    const problem = read.kind === "err" ? read.error : step(walk, read.value);
    if (problem === null) continue;
    walk.broken = { seq: dueSeq(walk), line: walk.line, reason: problem, hint: hintOf(walk, read) };
    return;
  }
}

/** The state of the walk. Changed in place, since an export may have millions of lines. */
interface Walk {
  readonly keys: ReadonlyMap<string, VerificationKey>;
  readonly anchors: ReadonlyMap<number, readonly Checkpoint[]>;
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
  return {
    keys: new Map(input.publicKeys.map((key) => [key.keyId, key])),
    anchors: Map.groupBy(input.anchors, (anchor) => anchor.upTo),
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

/** Adds the next entry. Returns why it cannot be there, or null. */
function step(walk: Walk, link: Link): string | null {
  const head = walk.head ?? headBefore(link);
  const problem = linkProblem(head, link) ?? checkpointProblem(walk, head, link);
  if (problem !== null) return problem;
  walk.head = { seq: link.seq, hash: link.hash };
  walk.first ??= link.seq;
  walk.entries += 1;
  if (link.part.kind === "intent") walk.openIntents.add(link.seq);
  if (link.part.kind === "outcome") walk.openIntents.delete(link.part.intent);
  return null;
}

/** The first entry of a period is trusted for the hash of the entry before it. */
function headBefore(link: Link): ChainHead {
  return link.seq === 1 ? CHAIN_START : { seq: link.seq - 1, hash: link.prev };
}

function checkpointProblem(walk: Walk, head: ChainHead, { part }: Link): string | null {
  const copies = walk.anchors.get(head.seq) ?? [];
  if (part.kind !== "checkpoint") {
    const [copy] = copies;
    return copy === undefined ? null : `the external copy of ${copy.at} has a checkpoint here`;
  }
  const { checkpoint } = part;
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
function hintOf(walk: Walk, read: Result<Link, string>): string | null {
  if (walk.line > 1 || read.kind === "err" || read.value.seq === 1) return null;
  return `this export begins with entry ${read.value.seq}: verify a part of the record with --period`;
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
