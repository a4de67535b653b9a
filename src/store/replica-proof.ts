import type { KeyObject } from "node:crypto";
import type { VerificationKey } from "../audit/checkpoint.ts";
import { isSignatureOf, signatureOf } from "../audit/signature.ts";
import type { ReplicaQuestion } from "../controller/ports/assigned/account-holders.ts";
import { canonicalText } from "../model/values/digest.ts";

/** Shows that the question comes from a process with the audit key, which all replicas of an installation have. */
export function proofOf(question: ReplicaQuestion, key: KeyObject): string {
  return signatureOf(signedText(question), key);
}

/** Whether it proves exactly this question. */
export function isProofOf(
  question: ReplicaQuestion,
  proof: string,
  keys: readonly VerificationKey[],
): boolean {
  return keys.some(({ key }) => isSignatureOf(signedText(question), proof, key));
}

/** The first member prevents the use of the signature for other data. */
function signedText({ replica, accountId, untilMs }: ReplicaQuestion): string {
  return canonicalText({ type: "grantkeeper-replica-question/1", replica, accountId, untilMs });
}
