import { parseAccountId, type AccountId } from "../../src/model/aws/ids.ts";
import { parseKey, type Key } from "../../src/model/keys/key.ts";

/** @throws Error if it is none */
export function key(text: string): Key {
  const parsed = parseKey(text);
  if (parsed === undefined) throw new Error(`not a key: ${text}`);
  return parsed;
}

/** @throws Error if it is none */
export function account(text: string): AccountId {
  const parsed = parseAccountId(text);
  if (parsed === undefined) throw new Error(`not an account: ${text}`);
  return parsed;
}
