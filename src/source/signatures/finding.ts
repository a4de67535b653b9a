import type { SignatureProof } from "../../model/snapshot.ts";
import type { UnverifiedReason } from "../../model/verification.ts";
import type { KeyFiles } from "./key-files.ts";
import type { KeyOwner, Keyring } from "./keyring.ts";
import type { SignedObject } from "./signed-object.ts";

/** What one signature proves. `text` continues "commit 1a2b3c4d". */
export type SignatureFinding =
  | {
      readonly kind: "good";
      readonly signer: string;
      readonly proof: SignatureProof;
      /** When the certificate of the signer expires; null: it has none. */
      readonly untilMs: number | null;
    }
  | BadFinding;

export interface BadFinding {
  readonly kind: "bad";
  readonly reason: UnverifiedReason;
  readonly text: string;
  readonly fix: string;
}

/** What git found of a signature: the letter of `%G?`, and the fingerprints of `%GF` and `%GP`. */
export interface Grade {
  readonly letter: string;
  /** SSH: of the key. GPG: of the key or subkey that signed; empty if it is not in the keyring. */
  readonly fingerprint: string;
  /** GPG only. */
  readonly primary: string;
}

export function bad(reason: UnverifiedReason, text: string): BadFinding {
  return { kind: "bad", reason, text, fix: FIXES[reason] };
}

/** A problem that shows before any key is looked at; null: git must check the signature. */
export function findingWithoutKeys(object: SignedObject | string, files: KeyFiles): SignatureFinding | null {
  if (typeof object === "string") return bad("MalformedObject", `is malformed: ${object}`);
  switch (object.signature) {
    case "none":
      return bad("Unsigned", "is not signed");
    case "x509":
      return null;
    case "gpg":
      return files.keyrings.length > 0
        ? null
        : bad("UnknownSigner", "is signed with GPG, and no gpgKeyrings are configured");
    case "ssh":
      return files.allowedSigners !== null
        ? null
        : bad("UnknownSigner", "is signed with SSH, and no allowedSignersFile is configured");
  }
}

interface Graded {
  readonly object: SignedObject;
  readonly grade: Grade;
  readonly keyring: Pick<Keyring, "owners">;
  readonly committerMustMatch: boolean;
}

/** Only `G` counts, of a key that the operator listed. */
export function findingOf({ object, grade, keyring, committerMustMatch }: Graded): SignatureFinding {
  const isGpg = object.signature === "gpg";
  const fingerprint = isGpg ? grade.primary : grade.fingerprint;
  const owner = keyring.owners.get(fingerprint);
  const key = fingerprint === "" ? "" : ` (${fingerprint})`;
  if (grade.letter !== "G") return badGrade(isGpg ? "gpg" : "ssh", grade.letter, ownerText(owner, key));
  if (owner === undefined) return bad("UnknownSigner", `is signed with a key that is not listed${key}`);
  const proof = { method: isGpg ? "gpg" : "ssh", key: fingerprint, issuer: null } as const;
  if (owner.isForge) return { kind: "good", signer: `the forge (${owner.name})`, proof, untilMs: null };
  if (committerMustMatch && !owner.mails.includes(object.mail))
    return bad("OtherPerson", `is signed by ${owner.name}, but committed by another address`);
  return { kind: "good", signer: owner.name, proof, untilMs: null };
}

function ownerText(owner: KeyOwner | undefined, key: string): string {
  return owner === undefined ? key : ` of ${owner.name}`;
}

/** `U` means "unknown" for both: of SSH the signer, of GPG the validity of the key. */
function badGrade(format: "gpg" | "ssh", letter: string, key: string): SignatureFinding {
  switch (letter) {
    case "X":
      return bad("ExpiredKey", "has a signature that has expired");
    case "Y":
      return bad("ExpiredKey", `is signed with a key that has expired${key}`);
    case "R":
      return bad("RevokedKey", `is signed with a key that was revoked${key}`);
    case "B":
      return format === "ssh"
        ? bad("InvalidSignature", "has a signature that does not match its content, or a revoked key")
        : bad("InvalidSignature", "has a signature that does not match its content");
    case "U":
    case "E":
      return bad("UnknownSigner", `is signed with a key that is not listed${key}`);
    default:
      return bad("InvalidSignature", "has a signature that cannot be read");
  }
}

const OR_APPROVE = "or review the commits and approve the revision";
const SIGN_AGAIN = `sign them with a listed key and push again, ${OR_APPROVE}`;

/** What helps, unless a finding knows better. */
export const FIXES: Readonly<Record<UnverifiedReason, string>> = {
  Unsigned: SIGN_AGAIN,
  UnknownSigner: `add the key to the operator's key files if you know its owner, ${OR_APPROVE}`,
  InvalidSignature: SIGN_AGAIN,
  ExpiredKey: `replace the key file if the owner extended the key, ${OR_APPROVE}`,
  RevokedKey: SIGN_AGAIN,
  OtherPerson: `ask the signer whether the commit is theirs; ${SIGN_AGAIN}`,
  UnsupportedFormat: `sign with a kind of key that signatures lists, ${OR_APPROVE}`,
  MalformedObject: `find out who made it; ${SIGN_AGAIN}`,
  NotContained: "correct signatures.trustedCommit or the ref in the configuration",
  TooManyCommits: `name a newer signatures.trustedCommit that was reviewed, ${OR_APPROVE}`,
  NotFinished: "Grantkeeper continues at the next fetch",
};
