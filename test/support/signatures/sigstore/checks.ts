import { checkGitsign, type GitsignProof } from "../../../../src/source/gitsign/check-gitsign.ts";
import type { GitsignRefusal } from "../../../../src/source/gitsign/refusal.ts";
import { readTrustedRoot } from "../../../../src/source/gitsign/trusted-root.ts";
import type { Result } from "../../../../src/model/values/result.ts";
import { DANA } from "./gitsign.ts";

export const PAYLOAD = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nchange\n";

/** Verifies the signature over PAYLOAD with this trusted_root.json, for Dana. */
export function checkOf(
  der: Buffer,
  root: string,
  identities: readonly { readonly identity: string; readonly issuer: string }[] = [DANA],
): Result<GitsignProof, GitsignRefusal> {
  const read = readTrustedRoot(Buffer.from(root));
  if (read.kind === "err") throw new Error(read.error);
  return checkGitsign({ der, payload: Buffer.from(PAYLOAD), root: read.value, identities });
}

/** `verified`, or `REASON: text`. */
export function textOf(found: Result<GitsignProof, GitsignRefusal>): string {
  return found.kind === "ok" ? "verified" : `${found.error.reason}: ${found.error.text}`;
}
