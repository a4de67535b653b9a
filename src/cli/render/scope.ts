import type { SuspensionObject } from "../../api/commands.ts";
import { keyParts } from "../../model/key.ts";
import { targetText } from "../target.ts";

/** The target of a suspension as `suspend` and `resume` take it, or `everything`. */
export function scopeText(
  { key, namespace, accountId }: SuspensionObject["spec"]["scope"],
  accounts: ReadonlyMap<string, string>,
): string {
  const accountName = (id: string): string => accounts.get(id) ?? id;
  if (key !== null) return targetText({ key, account: accountName(keyParts(key).accountId) });
  const team = namespace === null ? "" : `${namespace}/`;
  const account = accountId === null ? "" : `@${accountName(accountId)}`;
  return team === "" && account === "" ? "everything" : `${team}${account}`;
}
