import { parseRevision, revisionParts, shortRevision, type Revision } from "../values/revision.ts";

/**
 * Whether a name identifies a pending approval: by its complete subject, by the first 8 or more hex digits of its digest
 * or hash, or by the short form of a revision, with or without its ref. API, CLI and controller use the same rule.
 */
export function isNamedBy(subject: string, name: string): boolean {
  if (subject === name) return true;
  const revision = parseRevision(subject);
  if (revision !== undefined && shortFormsOf(revision).includes(name)) return true;
  const digits = digitsOf(name);
  return digits !== null && subjectDigits(subject).startsWith(digits);
}

/** As screens show it, `main@9c1d04e`, and its hash alone. */
function shortFormsOf(revision: Revision): readonly string[] {
  return [shortRevision(revision), revisionParts(revision).hash.slice(0, 7)];
}

/** How to name a pending approval, after a name that identifies none. */
export function approvalNameHint(name: string): string {
  return /^(?:sha256:)?[0-9a-f]{1,7}$/.test(name)
    ? "write 8 digits or more of the digest, as shown by: grantkeeper get approvals"
    : "list them with: grantkeeper get approvals";
}

/** The hex digits of a complete or shortened digest; null: the name is not a digest. */
export function digitsOf(name: string): string | null {
  return /^(?:sha256:)?([0-9a-f]{8,64})$/.exec(name)?.[1] ?? null;
}

/** The hex digits of the digest or of the revision that a pending approval is named by. */
export function subjectDigits(subject: string): string {
  return subject.slice(subject.lastIndexOf(":") + 1);
}

/** As many as commands print and take. */
const SHORT_DIGITS = 8;

export function shortDigits(subject: string): string {
  return subjectDigits(subject).slice(0, SHORT_DIGITS);
}
