import { concernOf } from "../../audit/concerns.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import type { SuspensionScope } from "../../model/approval.ts";
import type { Key } from "../../model/keys/key.ts";
import { covers } from "../../model/keys/suspension-scope.ts";

/** Which files of the history have entries about a key. */
export interface KeyHistory {
  /** Newest first. */
  readonly files: readonly string[];
  /** Only the newest of them are listed: each older file may have entries about the key. */
  readonly isCut: boolean;
}

/** More names would make the files of functions large. */
const MOST_FILES = 200;

/** Finds the files with entries about a key. Entries are given newest first, and the names of their files sort in the same order. */
export class EntryFiles {
  readonly #ofKeys = new Map<Key, string[]>();
  /** By the text of the scope. */
  readonly #ofScopes = new Map<string, { readonly scope: SuspensionScope; readonly files: string[] }>();
  /** By the digest of a plan: the files with decisions of 0.1. Which keys it was held for is in older entries. */
  readonly #ofSubjects = new Map<string, string[]>();

  add(entry: AuditEntry, file: string): void {
    const concern = concernOf(entry);
    if (concern?.kind === "keys") for (const key of concern.keys) append(this.#ofKeys, key, file);
    if (concern?.kind === "subject") append(this.#ofSubjects, concern.subject, file);
    if (concern?.kind === "scopes") for (const scope of concern.scopes) this.#addScope(scope, file);
    if (entry.kind === "plan-held")
      for (const decided of this.#ofSubjects.get(entry.subject) ?? [])
        append(this.#ofKeys, entry.key, decided);
  }

  of(key: Key): KeyHistory {
    const ofScopes = [...this.#ofScopes.values()].filter(({ scope }) => covers(scope, key));
    const all = [...(this.#ofKeys.get(key) ?? []), ...ofScopes.flatMap(({ files }) => files)];
    const files = [...new Set(all)].sort();
    return { files: files.slice(0, MOST_FILES), isCut: files.length > MOST_FILES };
  }

  #addScope(scope: SuspensionScope, file: string): void {
    const name = JSON.stringify(scope);
    const known = this.#ofScopes.get(name) ?? { scope, files: [] };
    if (known.files.at(-1) !== file) known.files.push(file);
    this.#ofScopes.set(name, known);
  }
}

/** A file is added for entry after entry, so it is mostly the last one. */
function append<Name>(files: Map<Name, string[]>, name: Name, file: string): void {
  const known = files.get(name) ?? [];
  if (known.at(-1) !== file) known.push(file);
  files.set(name, known);
}
