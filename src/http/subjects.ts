import type { Key } from "../model/key.ts";
import type { ApprovalSubject } from "../model/verdict.ts";
import { seesKey } from "./access.ts";
import { ApiFailure } from "./failure.ts";
import { subjectName } from "./present/holds.ts";
import { visibleViews, type Reader } from "./reader.ts";

/** What an approval can be about, with the keys that it covers: of holds all of them, a plan's digest is its own key's. */
type Subjects = ReadonlyMap<ApprovalSubject, ReadonlySet<Key>>;

/**
 * The one subject that a token with namespaces means, in full: what other namespaces wait for is not there for it, and
 * what is held together with them is not its to approve.
 * @throws ApiFailure NotFound, Forbidden or Conflict
 */
export function ownSubject(reader: Reader, text: string): ApprovalSubject {
  const seen = [...subjectsOf(reader)].filter(
    ([subject, keys]) => isMeant(subject, text) && [...keys].some((key) => seesKey(reader.access, key)),
  );
  const [first, ...more] = seen;
  if (first === undefined)
    throw new ApiFailure("NotFound", "nothing that waits for approval has this subject");
  if (more.length > 0)
    throw new ApiFailure("Conflict", "more than one subject begins like this: give more digits");
  const [subject, keys] = first;
  if ([...keys].every((key) => seesKey(reader.access, key))) return subject;
  throw new ApiFailure(
    "Forbidden",
    "this is held together with keys of other namespaces: not this token's to approve",
  );
}

function subjectsOf(reader: Reader): Subjects {
  const subjects = new Map<ApprovalSubject, Set<Key>>();
  const add = (subject: ApprovalSubject, key: Key): void => {
    subjects.set(subject, (subjects.get(subject) ?? new Set()).add(key));
  };
  for (const hold of reader.world.holds) for (const key of hold.keys) add(hold.subject, key);
  for (const { key, plan } of visibleViews(reader)) {
    if (plan === null) continue;
    for (const { digest } of [plan, ...plan.approvable]) add(digest, key);
  }
  return subjects;
}

function isMeant(subject: ApprovalSubject, text: string): boolean {
  if (subject === text) return true;
  const digits = /^(?:sha256:)?([0-9a-f]{8,64})$/.exec(text)?.[1];
  return digits !== undefined && subjectName(subject).startsWith(digits);
}
