import type { AccountId } from "../../../model/aws/ids.ts";
import type { Desired } from "../../../model/desired.ts";
import { formatKey, keyParts, type Key } from "../../../model/keys/key.ts";

/** The accounts that this manifest also declares its function or policy in, without that of the key. */
export function otherAccountsOf(
  key: Key,
  { accounts, bindings, policies }: Pick<Desired, "accounts" | "bindings" | "policies">,
): ReadonlySet<AccountId> {
  const own = keyParts(key);
  const others = [...accounts.values()].filter(({ id, regions }) => {
    if (id === own.accountId) return false;
    if (own.kind === "policy") return policies.has(formatKey({ ...own, accountId: id }));
    return regions.some((region) => bindings.has(formatKey({ ...own, accountId: id, region })));
  });
  return new Set(others.map(({ id }) => id));
}
