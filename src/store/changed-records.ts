import type { ChangedNames, RecordedObjectName } from "../controller/ports/store.ts";
import type { Key } from "../model/keys/key.ts";
import type { RecordChange } from "../model/records/record-change.ts";

interface ChangedKey {
  readonly version: number;
  /** Of the last commit that changed its status, or removed it; 0: none did. */
  readonly statusVersion: number;
}

interface ChangedRecord {
  readonly version: number;
  readonly name: RecordedObjectName;
}

/** An installation has fewer keys and objects; beyond, reads are complete. */
const KEPT = 100_000;

/**
 * The keys and objects that the commits of this process have changed, each with the version of its last commit. A reader
 * that has the record at one version needs only these for a later one. A commit that is rolled back stays in it: its rows
 * are read again and are the same.
 */
export class ChangedRecords {
  readonly #keys = new Map<Key, ChangedKey>();
  readonly #objects = new Map<string, ChangedRecord>();
  readonly #kept: number;
  /** Since this version all changes are known; null: there was no commit. */
  #knownSince: number | null = null;

  constructor(kept: number = KEPT) {
    this.#kept = kept;
  }

  /** @param hasNewStatus whether the commit changes the status of this key, one of its keys @param version of the commit */
  add(
    { keys = [], removedKeys = [], objects = [], removedObjects = [] }: RecordChange,
    hasNewStatus: (key: Key) => boolean,
    version: number,
  ): void {
    this.#knownSince ??= version - 1;
    for (const { key } of keys) {
      const statusVersion = hasNewStatus(key) ? version : (this.#keys.get(key)?.statusVersion ?? 0);
      this.#keys.set(key, { version, statusVersion });
    }
    for (const key of removedKeys) this.#keys.set(key, { version, statusVersion: version });
    for (const { kind, namespace, name } of [...objects, ...removedObjects])
      this.#objects.set(`${kind}/${namespace}/${name}`, { version, name: { kind, namespace, name } });
    if (this.#keys.size + this.#objects.size <= this.#kept) return;
    this.#keys.clear();
    this.#objects.clear();
    this.#knownSince = version;
  }

  /** null: not known. */
  since(version: number): ChangedNames | null {
    if (this.#knownSince === null || version < this.#knownSince) return null;
    const keys: Key[] = [];
    const statuses: Key[] = [];
    for (const [key, changed] of this.#keys) {
      if (changed.version > version) keys.push(key);
      if (changed.statusVersion > version) statuses.push(key);
    }
    const objects = [...this.#objects.values()].flatMap((one) => (one.version > version ? [one.name] : []));
    return { keys, statuses, objects };
  }
}
