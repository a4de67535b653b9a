import type { Result } from "../../model/values/result.ts";
import { CHAIN_START, linkProblem, type ChainHead } from "../chain.ts";
import { signatureProblem, type Checkpoint } from "../checkpoint.ts";
import type { Link } from "../link.ts";
import { chainParts, type ChainPart, type LinkRun } from "../link-run.ts";
import { statementsOf, type VerifyFacts } from "./proof.ts";
import { readLink } from "../proved-link.ts";
import { removalBefore, type ChainStart, type Removal } from "./removal-proof.ts";
import { addEntries, beginWalk, firstCopy, type Evidence, type Walk } from "./walk.ts";

export interface VerifyInput extends Evidence {
  /** The lines of the export, one entry each, without line ends, in order of seq. */
  readonly lines: AsyncIterable<string> | Iterable<string>;
}

/** The lines as `readLink` parses them, joined to parts of a chain, in order, in blocks of any size. */
type Links = AsyncIterable<readonly ChainPart[]>;

export interface VerifyReport extends VerifyFacts {
  /** `another-key`: a key that was not given signed a checkpoint; everything before it is intact. */
  readonly verdict: "intact" | "broken" | "another-key";
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
  const judged = beginsRightly(walk, evidence) ? walk : missingStart(walk, evidence);
  const facts = factsOf(judged, evidence);
  return { verdict: verdictOf(judged), ...facts, ...statementsOf(facts) };
}

function verdictOf({ broken, otherKey }: Walk): VerifyReport["verdict"] {
  if (broken === null) return "intact";
  return otherKey ? "another-key" : "broken";
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
    walk.isUnordered = part.kind !== "err" && firstOf(part).seq < (walk.start?.seq ?? 1);
    return;
  }
}

/** Adds the entries that fit. Returns why the next one cannot be there, or null. */
function step(walk: Walk, part: ChainPart): string | null {
  if (part.kind === "err") return part.error;
  const first = firstOf(part);
  const head = walk.head ?? headBefore(first, walk);
  const problem = linkProblem(head, first);
  if (problem !== null) return problem;
  walk.start ??= { seq: first.seq, prev: first.prev };
  return part.kind === "run" ? stepRun(walk, part) : stepLink(walk, head, part.link);
}

function firstOf(part: Exclude<ChainPart, { kind: "err" }>): ChainStart {
  return part.kind === "run" ? part : part.link;
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
  return copy === null ? null : copyProblem(copy);
}

/** A checkpoint, or a removal of earlier entries. */
function stepLink(walk: Walk, head: ChainHead, link: Link): string | null {
  const { part, seq } = link;
  const [copy] = part.kind === "removal" ? (walk.anchors.get(head.seq) ?? []) : [];
  if (copy !== undefined) return copyProblem(copy);
  const problem = part.kind === "removal" ? null : checkpointProblem(walk, head, link);
  if (problem !== null) return problem;
  walk.startsSigned ||= walk.entries === 0 && part.kind === "checkpoint";
  if (part.kind === "removal") walk.removals.push({ seq, upTo: part.upTo, head: part.head, at: part.at });
  addEntries(walk, seq, link);
  return null;
}

function copyProblem(copy: Checkpoint): string {
  return `the external copy of ${copy.at} has a checkpoint here`;
}

/**
 * The first entry of a period is trusted for the hash of the entry before it. That of the entire record, too, until its
 * end shows whether a signed entry explains what is missing.
 */
function headBefore({ seq, prev }: ChainStart, { extent }: Walk): ChainHead {
  return seq === 1 || (extent === "whole" && seq < 1) ? CHAIN_START : { seq: seq - 1, hash: prev };
}

/** A break before the entry that records the removal is the news, unless the lines are not in order either. */
function beginsRightly(walk: Walk, { extent }: Evidence): boolean {
  const { start, broken } = walk;
  if (extent === "period" || start === null || start.seq === 1) return true;
  return broken === null ? removalOf(walk) !== null : walk.startsSigned && !walk.isUnordered;
}

/** The removal that explains the start of the walk; null if it begins with entry 1. */
function removalOf({ start, removals, signedUpTo }: Walk): Removal | null {
  return start === null || start.seq === 1 ? null : removalBefore(start, removals, signedUpTo);
}

/** Nothing is proved of a record whose beginning is missing. */
function missingStart({ start }: Walk, evidence: Evidence): Walk {
  const seq = start?.seq ?? 1;
  const reason = `entry 1 is missing: entry ${seq} is in its place`;
  const hint = `this export begins with entry ${seq}: verify a part of the record with --period`;
  return { ...beginWalk(evidence), broken: { seq: 1, line: 1, reason, hint } };
}

function checkpointProblem(walk: Walk, head: ChainHead, { part }: Link): string | null {
  const copies = walk.anchors.get(head.seq) ?? [];
  const checkpoint = part.kind === "checkpoint" ? part.checkpoint : null;
  if (checkpoint === null) return "the checkpoint lacks upTo, head, keyId or signature";
  if (checkpoint.upTo !== head.seq || checkpoint.head !== head.hash) {
    return "the checkpoint is not about the entry before it";
  }
  if (walk.keys.size > 0 && !walk.keys.has(checkpoint.keyId)) {
    walk.otherKey = true;
    return `another key signed this checkpoint: ${checkpoint.keyId}; given: ${[...walk.keys.keys()].join(", ")}`;
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

/** Ordinary explanations: another key, and an export that does not begin with entry 1, which is a part of the record. */
function hintOf(walk: Walk, part: ChainPart): string | null {
  if (walk.otherKey)
    return "a restore without the private key, and the loss of the key, create a new one: ask the operator which keys signed, and name a file with all of them with --public-key (audit-key.pub.pem of the state directory)";
  if (walk.line > 0 || part.kind === "err") return null;
  const { seq } = firstOf(part);
  if (seq === 1) return null;
  return `this export begins with entry ${seq}: verify a part of the record with --period`;
}

function dueSeq(walk: Walk): number | null {
  if (walk.head !== null) return walk.head.seq + 1;
  return walk.extent === "whole" ? 1 : null;
}

function factsOf(walk: Walk, input: Evidence): VerifyFacts {
  const removal = removalOf(walk);
  return {
    extent: input.extent,
    removed:
      removal === null || walk.start === null
        ? null
        : { upTo: walk.start.seq - 1, head: walk.start.prev, at: removal.at, entry: removal.seq },
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
