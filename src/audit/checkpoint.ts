import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { canonicalText } from "../model/values/digest.ts";
import { err, ok, type Result } from "../model/values/result.ts";
import type { ChainHead } from "./chain.ts";
import { isSignatureOf, signatureOf } from "./signature.ts";

/** The content of a checkpoint and of its external copy. */
export interface Checkpoint {
  readonly upTo: number;
  /** The hash of entry `upTo`. */
  readonly head: string;
  /** ISO 8601, the `at` of the entry. */
  readonly at: string;
  readonly keyId: string;
  /** Ed25519, base64. */
  readonly signature: string;
}

export interface VerificationKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

/** Signs that `head` was the end of the chain at `at`. The same head, time and key give the same signature. */
export function signCheckpoint(privateKey: KeyObject, head: ChainHead, at: string): Checkpoint {
  const { keyId } = verificationKey(createPublicKey(privateKey));
  const claim = { upTo: head.seq, head: head.hash, at, keyId };
  return { ...claim, signature: signatureOf(signedText(claim), privateKey) };
}

/** Why the signature is not valid for any of the keys; null if it is. */
export function signatureProblem(
  checkpoint: Checkpoint,
  keys: ReadonlyMap<string, VerificationKey>,
): string | null {
  const found = keys.get(checkpoint.keyId);
  if (found === undefined) return `signed by key ${checkpoint.keyId}, which is not one of the given keys`;
  const holds = isSignatureOf(signedText(checkpoint), checkpoint.signature, found.key);
  return holds ? null : `its signature by key ${checkpoint.keyId} is wrong`;
}

/** The checkpoint in a checkpoint entry or an external copy; undefined if members are missing. */
export function parseCheckpoint(value: unknown): Checkpoint | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { upTo, head, at, keyId, signature } = value as Readonly<Record<string, unknown>>;
  if (typeof upTo !== "number" || typeof head !== "string" || typeof at !== "string") return undefined;
  if (typeof keyId !== "string" || typeof signature !== "string") return undefined;
  return { upTo, head, at, keyId, signature };
}

/** `keyId`: the first eight bytes of SHA-256 over the public key (SPKI, DER), such as `4d:1a:…`. */
export function verificationKey(key: KeyObject): VerificationKey {
  const bytes = createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
  const pairs = bytes.subarray(0, 8).toString("hex").match(/../g) ?? [];
  return { keyId: pairs.join(":"), key };
}

/** Every public key in a PEM text: an installation that lost its key has more than one. */
export function parsePublicKeys(pem: string): Result<readonly VerificationKey[], string> {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g);
  if (blocks === null) return err("there is no PEM block PUBLIC KEY");
  try {
    const keys = blocks.map((block) => createPublicKey(block));
    const strange = keys.find((key) => key.asymmetricKeyType !== "ed25519");
    return strange === undefined ? ok(keys.map(verificationKey)) : err("a key is not Ed25519");
  } catch {
    return err("a PEM block can't be read as a public key");
  }
}

/** The first member prevents the use of the signature for other data. */
function signedText(claim: Omit<Checkpoint, "signature">): string {
  const { upTo, head, at, keyId } = claim;
  return canonicalText({ type: "grantkeeper-checkpoint/1", upTo, head, at, keyId });
}
