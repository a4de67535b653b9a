import type { PassContext, Subject } from "../../../judge/subject.ts";
import type { AwsError } from "../../../model/aws/errors/aws-error.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { LiveAccount } from "../../../model/live.ts";
import type { Result } from "../../../model/values/result.ts";
import { readKeys, type Reads } from "./observe.ts";

/** A key that will be written. */
export interface KeyToRead {
  readonly subject: Subject;
  /** Further policies that are read with it. */
  readonly policyArns: readonly string[];
}

type FreshReading = Promise<Result<LiveAccount, AwsError>>;

/**
 * So many keys are read together: one listing then serves all of their policies. At the default budgets they are written
 * within seconds, so that the reading is not old at the write.
 */
const READ_TOGETHER = 8;
/** An older reading of a group is of no use to any of its keys. */
const KEPT_GROUPS = 3;

/**
 * Reads keys again before their writes, in the order of the writes. While some are written, the next ones are read: reads
 * have a budget of their own, so that no write waits for them.
 */
export class ReadsAhead {
  readonly #pass: PassContext;
  readonly #reads: Reads;
  readonly #groups: readonly (readonly KeyToRead[])[];
  readonly #groupOf: ReadonlyMap<Key, number>;
  readonly #reading = new Map<number, FreshReading>();

  /** @param keys in the order in which they are written */
  constructor(pass: PassContext, keys: readonly KeyToRead[], reads: Reads) {
    this.#pass = pass;
    this.#reads = reads;
    this.#groups = Array.from({ length: Math.ceil(keys.length / READ_TOGETHER) }, (_, at) =>
      keys.slice(at * READ_TOGETHER, (at + 1) * READ_TOGETHER),
    );
    this.#groupOf = new Map(keys.map(({ subject }, at) => [subject.key, Math.floor(at / READ_TOGETHER)]));
  }

  /** The objects of this key, and of others, as they were read a short time ago. */
  of(key: Key): FreshReading {
    const reading = this.#read(this.#groupOf.get(key) ?? 0);
    this.begin(key);
    return reading;
  }

  /** Begins to read the keys that are written after this one. */
  begin(key: Key): void {
    const next = (this.#groupOf.get(key) ?? 0) + 1;
    this.#reading.delete(next - KEPT_GROUPS);
    if (next < this.#groups.length) void this.#read(next);
  }

  #read(at: number): FreshReading {
    const known = this.#reading.get(at);
    if (known !== undefined) return known;
    const group = this.#groups[at] ?? [];
    const policyArns = group.flatMap((one) => one.policyArns);
    const subjects = group.map(({ subject }) => subject);
    const reading = readKeys(this.#pass, subjects, { ...this.#reads, policyArns });
    // A key that needs the reading awaits it and gets the error; maybe no key of the group is written any more.
    reading.catch(() => undefined);
    this.#reading.set(at, reading);
    return reading;
  }
}
