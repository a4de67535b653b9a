/** The facts that a walk over an export found. */
export interface VerifyFacts {
  readonly extent: "whole" | "period";
  /** The entries before the first one, if a signed entry records that retention removed them. */
  readonly removed: {
    readonly upTo: number;
    /** The hash of entry `upTo`. */
    readonly head: string;
    /** ISO 8601: when they were removed. */
    readonly at: string;
    /** The entry that records it. */
    readonly entry: number;
  } | null;
  /** The number of entries that fit, before the first that does not. */
  readonly entries: number;
  readonly first: number | null;
  readonly last: number | null;
  /** The first problem; `seq` is null if not even the first line of a period could be read. */
  readonly broken: {
    readonly seq: number | null;
    readonly line: number;
    readonly reason: string;
    /** What to try, if the reason has an ordinary explanation. */
    readonly hint: string | null;
  } | null;
  readonly checkpoints: {
    readonly count: number;
    /** False if no public key was given. */
    readonly checked: boolean;
    /** Sorted. */
    readonly keyIds: readonly string[];
    /** The last entry that a checkpoint covers. */
    readonly upTo: number | null;
  };
  readonly anchors: {
    /** External copies, each entry once. */
    readonly given: number;
    /** Checkpoints that equal their external copy. */
    readonly matched: number;
    /** The last entry that an external copy covers. */
    readonly upTo: number | null;
    readonly oldestAt: string | null;
  };
  /** Writes that began and have no outcome, in order. */
  readonly openIntents: readonly number[];
}

export interface Statements {
  readonly proves: readonly string[];
  readonly doesNotProve: readonly string[];
}

/** What the facts prove and what they do not prove, as sentences. */
export function statementsOf(facts: VerifyFacts): Statements {
  return { proves: proved(facts), doesNotProve: notProved(facts) };
}

/** The last entry that an external copy covers, and the last one that a checked signature covers; 0: none. */
function coverage({ checkpoints, anchors }: VerifyFacts): {
  readonly copied: number;
  readonly signed: number;
} {
  return { copied: anchors.upTo ?? 0, signed: checkpoints.checked ? (checkpoints.upTo ?? 0) : 0 };
}

/** The last entry that a checked signature or an external copy covers; 0: none. */
export function provedUpTo(facts: VerifyFacts): number {
  const { copied, signed } = coverage(facts);
  return Math.max(copied, signed);
}

function proved(facts: VerifyFacts): readonly string[] {
  const { first, last } = facts;
  if (last === null) return [];
  const { copied, signed } = coverage(facts);
  return [
    copied > 0 ? `no entry up to ${copied} was changed after its external copy was written` : null,
    signed > copied ? `no entry up to ${signed} was changed without the signing key` : null,
    `entries ${first} to ${last} form one chain without a gap`,
  ].filter((sentence) => sentence !== null);
}

function notProved(facts: VerifyFacts): readonly string[] {
  const { checkpoints, last, first } = facts;
  return [
    "who wrote a commit (the record has no signatures of commits)",
    "that the host was honest",
    checkpoints.checked ? null : "who signed the checkpoints (no public key given)",
    rewritten(facts),
    unsigned(facts),
    facts.removed === null
      ? null
      : `what the removed entries 1 to ${facts.removed.upTo} were (their archive proves it: its last hash is ${facts.removed.head})`,
    facts.extent === "period" && first !== null
      ? `what is before entry ${first} or after entry ${last} (this is a part of the record)`
      : null,
  ].filter((sentence) => sentence !== null);
}

/** A signature without an external copy does not exclude the owner of the key. */
function rewritten(facts: VerifyFacts): string | null {
  const { copied, signed } = coverage(facts);
  if (facts.anchors.matched === 0)
    return "that the owner of the signing key did not write the record again (no external copy covers it)";
  if (signed <= copied) return null;
  return `that the owner of the signing key did not write the entries after ${copied} again (no external copy covers them)`;
}

/** Entries that neither a copy nor a signature covers can be replaced by another chain. */
function unsigned(facts: VerifyFacts): string | null {
  const { extent, first, last } = facts;
  if (first === null || last === null) return "that no entry was removed";
  const covered = provedUpTo(facts);
  const missing = extent === "period" ? null : `that none after ${last} was removed`;
  if (last <= covered) return missing;
  const entries = covered < first ? "the entries" : `the entries after ${covered}`;
  const changed = `that ${entries} were not changed`;
  return missing === null ? changed : `${changed}, and ${missing}`;
}
