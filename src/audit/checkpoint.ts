import { createHash, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { canonicalText } from "../model/digest.ts";
import { err, ok, type Result } from "../model/result.ts";
import type { ChainHead } from "./chain.ts";

/** What a checkpoint says, and what its copy outside carries. */
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

/** Signs that the chain up to `head` was this one at `at`. The same head, time and key give the same signature. */
export function signCheckpoint(privateKey: KeyObject, head: ChainHead, at: string): Checkpoint {
  const { keyId } = verificationKey(createPublicKey(privateKey));
  const claim = { upTo: head.seq, head: head.hash, at, keyId };
  return { ...claim, signature: sign(null, signedBytes(claim), privateKey).toString("base64") };
}

/** Why the signature does not hold under one of the keys, null when it does. */
export function signatureProblem(
  checkpoint: Checkpoint,
  keys: ReadonlyMap<string, VerificationKey>,
): string | null {
  const found = keys.get(checkpoint.keyId);
  if (found === undefined) return `signed by key ${checkpoint.keyId}, which is none of the given ones`;
  const signature = Buffer.from(checkpoint.signature, "base64");
  // Buffer reads base64 leniently: another spelling of the same bytes is a changed text all the same.
  const holds =
    signature.toString("base64") === checkpoint.signature &&
    verify(null, signedBytes(checkpoint), found.key, signature);
  return holds ? null : `its signature by key ${checkpoint.keyId} is wrong`;
}

/** The checkpoint in a checkpoint entry or a copy outside; undefined where its members are missing. */
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

/** Every public key of a PEM text: an installation that lost its key has more than one. */
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

/** The first member keeps the signature from being of use as one over anything else. */
function signedBytes(claim: Omit<Checkpoint, "signature">): Buffer {
  const { upTo, head, at, keyId } = claim;
  return Buffer.from(canonicalText({ type: "grantkeeper-checkpoint/1", upTo, head, at, keyId }));
}
