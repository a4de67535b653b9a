import type { AccountId } from "../../model/aws/ids.ts";
import type { Desired, DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";

/** What a revision declares in each account, in the order of the revision. */
export class DeclaredByAccount {
  readonly #bindings: ReadonlyMap<AccountId, readonly DesiredBinding[]>;
  readonly #policies: ReadonlyMap<AccountId, readonly DesiredPolicy[]>;

  constructor({ bindings, policies }: Pick<Desired, "bindings" | "policies">) {
    this.#bindings = byAccount(bindings);
    this.#policies = byAccount(policies);
  }

  bindingsIn(accountId: AccountId): readonly DesiredBinding[] {
    return this.#bindings.get(accountId) ?? [];
  }

  policiesIn(accountId: AccountId): readonly DesiredPolicy[] {
    return this.#policies.get(accountId) ?? [];
  }
}

function byAccount<State extends { readonly key: Key }>(
  states: ReadonlyMap<Key, State>,
): ReadonlyMap<AccountId, readonly State[]> {
  return Map.groupBy(states.values(), ({ key }) => accountIdOf(key));
}
