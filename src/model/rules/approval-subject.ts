import { parseRevision, shortRevision } from "../values/revision.ts";

/**
 * Whether a name identifies a pending approval: by its complete subject, by the first 8 or more hex digits of its digest
 * or hash, or by the short form of a revision. API, CLI and controller use the same rule.
 */
export function isNamedBy(subject: string, name: string): boolean {
  if (subject === name) return true;
  const revision = parseRevision(subject);
  if (revision !== undefined && shortRevision(revision) === name) return true;
  const digits = digitsOf(name);
  return digits !== null && subject.slice(subject.lastIndexOf(":") + 1).startsWith(digits);
}

/** The hex digits of a complete or shortened digest; null: the name is not a digest. */
export function digitsOf(name: string): string | null {
  return /^(?:sha256:)?([0-9a-f]{8,64})$/.exec(name)?.[1] ?? null;
}
