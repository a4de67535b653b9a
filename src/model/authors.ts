import type { Key } from "./keys/key.ts";

/** A commit that names a known assistant as its author, as its committer or in its message. */
interface AssistantCommit {
  readonly assistant: string;
  /** The first digits of its hash. */
  readonly commit: string;
}

/** Who made a change, as its commits claim. Nothing of it is proved: a commit can name any author. */
export interface Authors {
  /** Mail addresses of the authors and co-authors in lower case, without those of assistants; sorted. */
  readonly people: readonly string[];
  /** Sorted by name, then by commit. */
  readonly assistants: readonly AssistantCommit[];
  /** Why the author of a part of the change is unknown; null: all are known. */
  readonly unknown: string | null;
  /** `people` lacks further people, because the list is cut or a commit has no address of them. */
  readonly isPartial?: true;
}

/** The authors of what differs between two revisions. */
export type ChangeAuthors =
  /** By path, of each file that differs. */
  | { readonly kind: "read"; readonly byFile: ReadonlyMap<string, Authors> }
  /**
   * Of no file; the reason completes "the author is unknown: ". `people` may have made it, as far as the commits are
   * known; missing: no commit is.
   */
  | { readonly kind: "unknown"; readonly reason: string; readonly people?: readonly string[] };

/** A place in `sets`, or the authors themselves. */
export type AuthorsRef = number | Authors;

/**
 * The authors of what was accepted and is not applied. Thousands of keys share a few sets of authors, and an account that
 * only observes never applies anything: so each different set is recorded once.
 */
export interface PendingAuthors {
  /** Of changes that may decide about every key; null: there are none. */
  readonly all: Authors | null;
  readonly byKey: Readonly<Record<Key, AuthorsRef>>;
  /** Of files whose documents are not all known, by path: what they declare once they can be read has these authors too. */
  readonly unread?: Readonly<Record<string, AuthorsRef>>;
  readonly sets?: readonly Authors[];
}

/** The authors of no commit. */
export const NO_CHANGE_AUTHORS: Authors = { people: [], assistants: [], unknown: null };

export const NO_PENDING_AUTHORS: PendingAuthors = { all: null, byKey: {} };

/** For records of 0.1, which have no authors. */
export const NOT_RECORDED: PendingAuthors = {
  all: unknownAuthors("an earlier version accepted the change"),
  byKey: {},
};

/** null: no change of the key is recorded. */
export function pendingAuthorsOf(pending: PendingAuthors, key: Key): Authors | null {
  const { all, byKey } = pending;
  const own = authorsNamed(byKey, key, pending);
  // Thousands of keys have no change of their own.
  return own === null || all === null ? (own ?? all) : joinedAuthors([all, own]);
}

/** The authors of a key or a file; null: none are recorded. */
export function authorsNamed(
  named: Readonly<Record<string, AuthorsRef>>,
  name: string,
  { sets = [] }: Pick<PendingAuthors, "sets">,
): Authors | null {
  const found = Object.hasOwn(named, name) ? named[name] : undefined;
  return (typeof found === "number" ? sets[found] : found) ?? null;
}

/** Of many keys together, for people. */
const MAX_PEOPLE = 200;
/** In the record. More names would only repeat what a few show. */
const MAX_RECORDED = 20;
const MAX_ASSISTANTS = 5;

export function unknownAuthors(reason: string, people: readonly string[] = []): Authors {
  return { people: [...new Set(people)].sort(), assistants: [], unknown: reason };
}

/** The authors of all files of a change together. */
export function authorsOfChange(change: ChangeAuthors): Authors {
  if (change.kind === "unknown") return unknownAuthors(change.reason, change.people);
  return allAuthors([...change.byFile.values()]);
}

/** Why `people` may lack an author; null: it has all of them. Completes "the authors are not all known: ". */
export function unlistedAuthors({ unknown, isPartial }: Authors): string | null {
  return unknown ?? (isPartial === true ? "not every author can be read from the commits" : null);
}

/** The authors as a pending approval shows them; without any, everyone with that permission may approve. */
export function namedAuthors(authors: Authors): {
  readonly authors?: readonly string[];
  readonly unlistedAuthors?: string;
} {
  const unlisted = unlistedAuthors(authors);
  return {
    ...(authors.people.length > 0 && { authors: authors.people }),
    ...(unlisted !== null && { unlistedAuthors: unlisted }),
  };
}

/**
 * For the record. Those who could approve the change, by the addresses in the operator's file, stay in a list that is
 * cut.
 */
export function recordedAuthors(authors: Authors, approvers: ReadonlySet<string>): Authors {
  const others = authors.people.filter((mail) => !approvers.has(mail));
  if (others.length <= MAX_RECORDED) return authors;
  const kept = new Set(others.slice(0, MAX_RECORDED));
  const people = authors.people.filter((mail) => approvers.has(mail) || kept.has(mail));
  return { ...authors, people, isPartial: true };
}

/** All authors together. A list that is too long is cut. */
export function joinedAuthors(parts: readonly Authors[]): Authors {
  const all = allAuthors(parts);
  if (all.people.length <= MAX_PEOPLE) return all;
  return { ...all, people: all.people.slice(0, MAX_PEOPLE), isPartial: true };
}

/** With all people, until `recordedAuthors` knows whom it must keep: an author would only have to name many others. */
export function allAuthors(parts: readonly Authors[]): Authors {
  const people = [...new Set(parts.flatMap((part) => part.people))].sort();
  const assistants = new Map(
    parts.flatMap((part) => part.assistants.map((one) => [`${one.assistant} ${one.commit}`, one] as const)),
  );
  const [reason = null] = parts.flatMap(({ unknown }) => unknown ?? []).sort();
  const isPartial = parts.some((part) => part.isPartial);
  return {
    people,
    assistants: [...assistants.keys()]
      .sort()
      .slice(0, MAX_ASSISTANTS)
      .flatMap((text) => assistants.get(text) ?? []),
    unknown: reason,
    ...(isPartial && { isPartial }),
  };
}

/**
 * Whether the change counts as made by an assistant: one is named, or an author is unknown. The stricter assumption is
 * made because an assistant would otherwise only have to hide.
 */
export function isAssistants({ assistants, unknown }: Authors): boolean {
  return assistants.length > 0 || unknown !== null;
}

/** `Claude in commit 1a2b3c4d`, or why the author is unknown. */
export function assistantText(authors: Authors): string {
  const reason = unnamedReason(authors);
  if (reason !== null) return `an unknown author (${reason})`;
  return authors.assistants.map(({ assistant, commit }) => `${assistant} in commit ${commit}`).join(", ");
}

/** Why `assistantText` names no assistant; null: it names some. */
export function unnamedReason({ assistants, unknown }: Authors): string | null {
  return assistants.length > 0 ? null : unknown;
}
