import type { AccountId } from "../../../model/aws/ids.ts";
import type { ComparedChanges, PassMemory } from "../../../model/passes/pass-memory.ts";
import type { AccountRequests } from "../../../model/passes/request-limits.ts";
import type { Digest } from "../../../model/values/digest.ts";
import { EMPTY_ACCOUNT, type AccountMemory } from "../account-memory.ts";

interface AssignedMemory {
  readonly read: PassMemory | null;
  readonly memory: AccountMemory;
}

/** What changed from one read to the next. */
interface ReadChange {
  /** Another replica makes their passes now: what this process found of them is outdated. */
  readonly assigned: readonly AccountId[];
  /** This process makes their passes again, and knows nothing of them. */
  readonly returned: readonly AccountId[];
  /** A pass of them has ended. */
  readonly passed: readonly AccountId[];
  /** Whether any answer may be another one. */
  readonly hasChanged: boolean;
}

/** The accounts whose passes other replicas make, with what these passes found, as last read from the record. */
export class AssignedMemories {
  #accounts: ReadonlyMap<AccountId, AssignedMemory> = new Map();

  has(accountId: AccountId): boolean {
    return this.#accounts.has(accountId);
  }

  /** undefined: this process makes its passes. */
  of(accountId: AccountId): AccountMemory | undefined {
    return this.#accounts.get(accountId)?.memory;
  }

  /** Whether the last pass of the account was over this; undefined: not, or another process does not make its passes. */
  comparedOf(accountId: AccountId, digest: Digest): ComparedChanges | undefined {
    const compared = this.#accounts.get(accountId)?.read?.compared;
    return compared?.digest === digest ? compared : undefined;
  }

  /** How requests to it were limited at the end of the last pass; null: none has ended. undefined: this process makes its passes. */
  requestsOf(accountId: AccountId): AccountRequests | null | undefined {
    const known = this.#accounts.get(accountId);
    return known === undefined ? undefined : (known.read?.requests ?? null);
  }

  get all(): ReadonlyMap<AccountId, AccountMemory> {
    return new Map([...this.#accounts].map(([accountId, { memory }]) => [accountId, memory]));
  }

  /** @param found all assigned accounts; null: no pass of the assignment has ended, so that nothing is known */
  read(found: ReadonlyMap<AccountId, PassMemory | null>): ReadChange {
    const before = this.#accounts;
    this.#accounts = new Map(
      [...found].map(([accountId, read]) => {
        const known = before.get(accountId);
        return [accountId, known?.read === read ? known : { read, memory: memoryOf(read) }];
      }),
    );
    const assigned = [...found.keys()].filter((accountId) => !before.has(accountId));
    const returned = [...before.keys()].filter((accountId) => !found.has(accountId));
    const others = [...found].filter(([accountId, read]) => before.get(accountId)?.read !== read);
    const passed = others.flatMap(([accountId, read]) => (read === null ? [] : [accountId]));
    return { assigned, returned, passed, hasChanged: others.length > 0 || returned.length > 0 };
  }
}

function memoryOf(read: PassMemory | null): AccountMemory {
  if (read === null) return EMPTY_ACCOUNT;
  const { accountId: _, compared: _compared, requests: _requests, ...found } = read;
  return { ...EMPTY_ACCOUNT, ...found, firstPassEnded: true };
}
