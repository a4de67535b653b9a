import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { entryLine, plainFact } from "../../../src/audit/canonical.ts";
import { CHAIN_START, nextEntry, type ChainHead } from "../../../src/audit/chain.ts";
import { signCheckpoint, verificationKey, type Checkpoint } from "../../../src/audit/checkpoint.ts";
import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";

const { privateKey } = generateKeyPairSync("ed25519");

export const CHAIN_KEY = verificationKey(createPublicKey(privateKey));

export interface BuiltChain {
  readonly entries: readonly AuditEntry[];
  readonly lines: readonly string[];
  /** The copies outside of all its checkpoints. */
  readonly anchors: readonly Checkpoint[];
}

/** A chain of these facts, a second apart; `"sign"` stands for a checkpoint. */
export function chainOf(facts: readonly (AuditFact | "sign")[], key = privateKey): BuiltChain {
  const entries: AuditEntry[] = [];
  const anchors: Checkpoint[] = [];
  for (const fact of facts) {
    const head: ChainHead = entries.at(-1) ?? CHAIN_START;
    const at = new Date(Date.UTC(2026, 10, 25, 12, 0, head.seq)).toISOString();
    if (fact !== "sign") {
      entries.push(nextEntry(head, plainFact(fact), at));
      continue;
    }
    const checkpoint = signCheckpoint(key, head, at);
    anchors.push(checkpoint);
    entries.push(nextEntry(head, checkpointFact(checkpoint), at));
  }
  return { entries, lines: entries.map(entryLine), anchors };
}

/** The chain of a forger who changes one entry and hashes everything after it again. */
export function rehashed(entries: readonly AuditEntry[]): readonly string[] {
  const forged: AuditEntry[] = [];
  for (const { seq: _, prev: _prev, hash: _hash, at, ...fact } of entries) {
    forged.push(nextEntry(forged.at(-1) ?? CHAIN_START, fact, at));
  }
  return forged.map(entryLine);
}

/** The entry's members of a checkpoint; its time is the entry's own. */
export function checkpointFact({
  upTo,
  head,
  keyId,
  signature,
}: Checkpoint): Extract<AuditFact, { readonly kind: "checkpoint" }> {
  return { kind: "checkpoint", upTo, head, keyId, signature };
}
