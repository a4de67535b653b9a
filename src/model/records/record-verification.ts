/** The state of the record by the last verification of all its entries, which the controller repeats. Times are ISO 8601. */
export type RecordVerification =
  /** No verification has ended since the start. */
  | { readonly kind: "not-verified" }
  /** The last verification could not read the record or its evidence. */
  | { readonly kind: "unknown"; readonly reason: string; readonly since: string }
  /** `at`: when the verification began: it proves nothing about later changes. `upTo`: the last entry; 0: there was none. */
  | { readonly kind: "intact"; readonly upTo: number; readonly at: string }
  | RecordBreak;

/** `unproved`: a key that is not known here signed a checkpoint; every entry before it is intact. */
export interface RecordBreak {
  readonly kind: "broken" | "unproved";
  /** The first entry that does not verify; null: not even the first line can be read. */
  readonly entry: number | null;
  /** The last entry that a checked signature or an external copy before the break covers; 0: none. Entries between it and `entry` may be changed too. */
  readonly provedUpTo: number;
  readonly reason: string;
  /** When it was found first since the start. */
  readonly since: string;
}

/** Why people should not rely on the record, in one phrase; null: nothing is known against it. */
export function verificationProblem(verification: RecordVerification): string | null {
  switch (verification.kind) {
    case "not-verified":
    case "intact":
      return null;
    case "unknown":
      return "it could not be verified";
    case "broken":
    case "unproved":
      return breakText(verification);
  }
}

export function breakText(found: RecordBreak): string {
  return found.kind === "broken" ? `broken at ${entryText(found)}` : `not proved from ${entryText(found)}`;
}

/** The first entry that may not be what was written; null: nothing is known against the record. */
export function unverifiedFrom(verification: RecordVerification): number | null {
  switch (verification.kind) {
    case "not-verified":
    case "intact":
      return null;
    case "unknown":
      return 1;
    case "broken":
    case "unproved":
      return verification.provedUpTo + 1;
  }
}

function entryText({ entry }: RecordBreak): string {
  return entry === null ? "its first line" : `entry ${entry}`;
}

/** @param from the first entry that may not be what was written; null: there is none */
export function isUnverifiedEntry(seq: number, from: number | null): boolean {
  return from !== null && seq >= from;
}
