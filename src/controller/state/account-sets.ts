import type { FoundAccount } from "../../model/aws/found-account.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { DesiredAccountSet } from "../../model/desired.ts";
import type { Json } from "../../model/values/json.ts";
import type { AccountSetView } from "../ports/estate/account-set-view.ts";

/** What is known of the organization of one AccountSet. */
export interface SetMemory extends Omit<AccountSetView, "name" | "left"> {
  /** As it was last read for this set; null: not by this process, or for a set that has changed since. */
  readonly found: readonly FoundAccount[] | null;
}

interface SetEntry extends SetMemory {
  /** Which set was read: another one has other accounts. */
  readonly of: string;
  readonly dueMs: number;
}

const UNREAD: SetMemory = { found: null, readAtMs: null, failing: null };

/** The accounts of the organizations that the sets of the revision in force observe. */
export class AccountSetState {
  readonly #entries = new Map<string, SetEntry>();

  of(set: DesiredAccountSet): SetMemory {
    return this.#entryOf(set) ?? UNREAD;
  }

  isDue(set: DesiredAccountSet, nowMs: number): boolean {
    return (this.#entryOf(set)?.dueMs ?? 0) <= nowMs;
  }

  found(set: DesiredAccountSet, found: readonly FoundAccount[], { nowMs, dueMs }: SetTimes): void {
    this.#entries.set(set.name, { of: textOf(set), found, readAtMs: nowMs, failing: null, dueMs });
  }

  /** Accounts that were found before stay known. */
  failed(
    set: DesiredAccountSet,
    problem: { readonly reason: string; readonly fix: string | null },
    { nowMs, dueMs }: SetTimes,
  ): void {
    const before = this.of(set);
    const sinceMs = before.failing?.sinceMs ?? nowMs;
    this.#entries.set(set.name, { ...before, of: textOf(set), failing: { ...problem, sinceMs }, dueMs });
  }

  #entryOf(set: DesiredAccountSet): SetEntry | undefined {
    const entry = this.#entries.get(set.name);
    return entry?.of === textOf(set) ? entry : undefined;
  }
}

interface SetTimes {
  readonly nowMs: number;
  /** Of the next read. */
  readonly dueMs: number;
}

/** A set may move in its file without another meaning. */
function textOf(set: DesiredAccountSet): string {
  const template = { ...set.template, origin: null, modeOrigin: null };
  return canonicalText({ ...set, template, origin: null } as unknown as Json);
}
