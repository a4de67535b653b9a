import { type Checkpoint } from "../../../src/audit/checkpoint.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { verifyExport, type VerifyInput, type VerifyReport } from "../../../src/audit/verification/verify.ts";
import { intent, refusal } from "../../support/record/audit-facts.ts";
import { chainOf, CHAIN_KEY } from "../../support/record/chain.ts";

export const FACTS = [refusal(1), refusal(2), "sign", refusal(4), intent(), "sign", refusal(7)] as const;

export const CHAIN = chainOf(FACTS);

export function verify(change: Partial<VerifyInput> = {}): Promise<VerifyReport> {
  const { lines, anchors } = CHAIN;
  return verifyExport({ lines, anchors, publicKeys: [CHAIN_KEY], extent: "whole", ...change });
}

export function entry(seq: number): AuditEntry {
  const found = CHAIN.entries[seq - 1];
  if (found === undefined) throw new Error(`no entry ${seq}`);
  return found;
}

export function anchor(index: number): Checkpoint {
  const found = CHAIN.anchors[index];
  if (found === undefined) throw new Error(`no anchor ${index}`);
  return found;
}
