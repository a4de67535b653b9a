import { parseRevision, shortRevision } from "./revision.ts";

/**
 * Whether a name means what is to be approved: by the whole subject, by the first 8 or more hex digits of its digest or
 * hash, or by the short form of a revision. API, CLI and controller name a pending approval alike.
 */
export function isNamedBy(subject: string, name: string): boolean {
  if (subject === name) return true;
  const revision = parseRevision(subject);
  if (revision !== undefined && shortRevision(revision) === name) return true;
  const digits = digitsOf(name);
  return digits !== null && subject.slice(subject.lastIndexOf(":") + 1).startsWith(digits);
}

/** The hex digits of a digest that is named as a whole or by its beginning; null: the name is no digest. */
export function digitsOf(name: string): string | null {
  return /^(?:sha256:)?([0-9a-f]{8,64})$/.exec(name)?.[1] ?? null;
}
