import type { SuspensionObject } from "../../api/commands.ts";
import { keyParts } from "../../model/key.ts";

/** What a suspension covers, in the words in which it is written. */
export function scopeText(
  scope: SuspensionObject["spec"]["scope"],
  accounts: ReadonlyMap<string, string>,
): string {
  const account = (id: string): string => accounts.get(id) ?? id;
  if (scope.key !== null) {
    const parts = keyParts(scope.key);
    return `${parts.namespace}/${parts.name}@${account(parts.accountId)}`;
  }
  const namespace = scope.namespace === null ? "" : `${scope.namespace}/*`;
  const at = scope.accountId === null ? "" : `@${account(scope.accountId)}`;
  return namespace === "" && at === "" ? "everything" : `${namespace}${at}`;
}
