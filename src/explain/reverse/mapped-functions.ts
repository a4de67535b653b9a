import { shownReadState } from "../../plan/render/shown-state.ts";
import type { PermissionState } from "../../model/answers/permission-state.ts";
import { accountIdOf, isBindingKey, targetText, type Key, type NamedKey } from "../../model/keys/key.ts";
import type { MappedFunction } from "../../model/answers/questions/mapped-function.ts";

/** The functions of a map, of the answers of the API: the command line and the page have the same map. */
export function mappedFunctions(
  states: readonly PermissionState[],
  {
    arns,
    accounts,
  }: {
    readonly arns: ReadonlyMap<Key, string>;
    /** The names of accounts by their id. */
    readonly accounts: ReadonlyMap<string, string>;
  },
): readonly (MappedFunction & NamedKey)[] {
  return states
    .filter(({ key }) => isBindingKey(key))
    .map((state) => {
      const { key } = state;
      const accountId = accountIdOf(key);
      const named: NamedKey = { key, account: accounts.get(accountId) ?? accountId };
      return {
        ...named,
        target: targetText(named),
        functionArn: arns.get(key) ?? null,
        state: shownReadState(state),
      };
    });
}
