import { type ChainHead } from "../chain.ts";
import type { Checkpoint, VerificationKey } from "../checkpoint.ts";
import type { VerifyFacts } from "./proof.ts";
import type { ChainStart, Removal } from "./removal-proof.ts";

/** The inputs of a verification, in addition to the record. */
export interface Evidence {
  /** Empty: signatures are not checked. */
  readonly publicKeys: readonly VerificationKey[];
  /** The external copies, in any order. */
  readonly anchors: readonly Checkpoint[];
  /**
   * `whole`: begins with entry 1, or after the entries that a signed entry removed, and must reach every external copy;
   * `period`: a part without gaps.
   */
  readonly extent: "whole" | "period";
}

/** The state of the walk. Changed in place, since an export may have millions of lines. */
export interface Walk {
  readonly keys: ReadonlyMap<string, VerificationKey>;
  readonly anchors: ReadonlyMap<number, readonly Checkpoint[]>;
  /** The same, each `upTo` once and in order, with the place of the next one. */
  readonly copies: readonly Checkpoint[];
  nextCopy: number;
  readonly extent: Evidence["extent"];
  /** null before the first line. */
  head: ChainHead | null;
  start: ChainStart | null;
  /** Whether the first entry is a checkpoint, as a removal of earlier entries leaves it. */
  startsSigned: boolean;
  readonly removals: Removal[];
  first: number | null;
  line: number;
  entries: number;
  checkpoints: number;
  signedUpTo: number | null;
  anchored: number;
  anchoredUpTo: number | null;
  oldestAnchorAt: string | null;
  broken: VerifyFacts["broken"];
  /** Whether the first problem is a checkpoint of a key that was not given. */
  otherKey: boolean;
  /** Whether the first problem is an entry before the start. */
  isUnordered: boolean;
  readonly keyIds: Set<string>;
  readonly openIntents: Set<number>;
}

export function beginWalk(input: Evidence): Walk {
  const anchors = Map.groupBy(input.anchors, (anchor) => anchor.upTo);
  return {
    keys: new Map(input.publicKeys.map((key) => [key.keyId, key])),
    anchors,
    copies: [...anchors.values()].flatMap((same) => same.slice(0, 1)).sort((a, b) => a.upTo - b.upTo),
    nextCopy: 0,
    extent: input.extent,
    head: null,
    start: null,
    startsSigned: false,
    removals: [],
    first: null,
    line: 0,
    entries: 0,
    checkpoints: 0,
    signedUpTo: null,
    anchored: 0,
    anchoredUpTo: null,
    oldestAnchorAt: null,
    broken: null,
    otherKey: false,
    isUnordered: false,
    keyIds: new Set(),
    openIntents: new Set(),
  };
}

export function addEntries(walk: Walk, first: number, { seq, hash }: ChainHead): void {
  const entries = seq - first + 1;
  walk.head = { seq, hash };
  walk.first ??= first;
  walk.entries += entries;
  walk.line += entries;
}

/** The first external copy in this range of `upTo`. Ranges come in order, so that earlier copies are passed. */
export function firstCopy(
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
