import { createPublicKey, type KeyObject } from "node:crypto";
import { canonicalText } from "../model/values/digest.ts";
import { verificationKey, type VerificationKey } from "./checkpoint.ts";
import { isSignatureOf, signatureOf } from "./signature.ts";
import type { VerifyReport } from "./verification/verify.ts";

/** What a backup of the record contains, before it is signed. */
export interface BackupContent {
  readonly format: "grantkeeper-backup/1";
  /** The program that wrote it. */
  readonly version: string;
  readonly instance: string;
  /** ISO 8601. */
  readonly at: string;
  /** The last entry of the record in it. */
  readonly lastEntry: number;
  /** By file name: SHA-256, hex. */
  readonly files: Readonly<Record<string, string>>;
}

/** `backup.json`. */
export interface BackupManifest extends BackupContent {
  /** The audit key that signed it, named as in a checkpoint. */
  readonly keyId: string;
  /** Ed25519 over RFC 8785 of the other members, base64. */
  readonly signature: string;
}

export function signBackup(content: BackupContent, privateKey: KeyObject): BackupManifest {
  const { keyId } = verificationKey(createPublicKey(privateKey));
  const { format, version, instance, at, lastEntry, files } = content;
  const claim = { format, version, instance, at, lastEntry, files, keyId };
  return { ...claim, signature: signatureOf(signedText(claim), privateKey) };
}

/** Why none of these keys signed exactly this content; null if one did. */
export function backupSignatureProblem(
  { signature, ...claim }: BackupManifest,
  keys: readonly VerificationKey[],
): string | null {
  const found = keys.find(({ keyId }) => keyId === claim.keyId);
  if (found === undefined) return `is signed by key ${claim.keyId}, which is not one of its public keys`;
  return isSignatureOf(signedText(claim), signature, found.key)
    ? null
    : `does not match its signature by key ${claim.keyId}: it was changed after the backup`;
}

/** The format prevents the use of the signature for other data. */
function signedText(claim: Omit<BackupManifest, "signature">): string {
  return canonicalText({ ...claim, files: { ...claim.files } });
}

/** Lines of a file that seem to be copies of checkpoints and can't be read: they prove nothing. */
export interface DamagedCopies {
  readonly file: string;
  readonly lines: readonly number[];
}

/** The record is not intact, so that it was not backed up, restored or moved. */
interface BrokenRecord {
  readonly kind: "broken";
  readonly report: VerifyReport;
}

export type BackupOutcome =
  | {
      readonly kind: "written";
      readonly manifest: BackupManifest;
      readonly report: VerifyReport;
      readonly damagedCopies: readonly DamagedCopies[];
      /** Why the state directory does not show this backup, so that `status` may call it overdue. Missing: it does. */
      readonly unrecorded?: string;
    }
  | BrokenRecord;

/** What became of a record that was to be moved to a database. */
export type MoveOutcome =
  | {
      readonly kind: "moved";
      /** The server and the name of the database. */
      readonly database: string;
      readonly report: VerifyReport;
    }
  | BrokenRecord;

/** What became of entries that a database has lost. */
export type LossOutcome =
  | { readonly kind: "complete"; readonly database: string }
  | {
      readonly kind: "lost";
      readonly database: string;
      /** The last entry of the record. */
      readonly last: number;
      /** The last entry that is known to have existed. */
      readonly lostUpTo: number;
      /** The file that proves it. */
      readonly file: string;
      /** The record states the loss already, by the command at another replica; the proofs of this one are still in use. */
      readonly isRecorded: boolean;
    }
  | {
      readonly kind: "accepted";
      readonly database: string;
      readonly last: number;
      readonly lostUpTo: number;
      /** The record stated it before, by the command at another replica. */
      readonly isRecorded: boolean;
      /** The files that prove the lost entries, with their new names. */
      readonly setAside: readonly string[];
    };

/** The backup does not contain everything that is known to have happened. */
interface BackupBehind {
  readonly kind: "behind";
  readonly report: VerifyReport;
  readonly lostUpTo: number;
  /** ISO 8601: the last copy of a checkpoint that it does not contain; null: only the replaced record shows it. */
  readonly seenAt: string | null;
}

/** Whether a backup may replace a record. */
export type BackupCheck =
  { readonly kind: "current"; readonly report: VerifyReport } | BackupBehind | BrokenRecord;

export type RestoreOutcome =
  | {
      readonly kind: "restored";
      readonly manifest: BackupManifest;
      readonly report: VerifyReport;
      /** The last lost entry; null: none is known to be lost. */
      readonly lostUpTo: number | null;
      /** The folder with the replaced files; null if there were none. */
      readonly before: string | null;
      /** Neither the backup nor the state directory had the private audit key: later entries are signed with a new one. */
      readonly hasNewKey: boolean;
      /** In the backup and in the state directory. */
      readonly damagedCopies: readonly DamagedCopies[];
    }
  | BackupBehind
  | BrokenRecord;
