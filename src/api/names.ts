import { keyParts, type Key } from "../model/keys/key.ts";

/**
 * `metadata.name` of the objects for a key: `<name>.<accountId>.<region>` for a binding, `<name>.<accountId>` for a
 * ManagedPolicy in one account. A region never has twelve digits, so the two cannot be equal.
 */
export function bindingName(key: Key): string {
  const parts = keyParts(key);
  const place = parts.kind === "function" ? `${parts.accountId}.${parts.region}` : parts.accountId;
  return `${parts.name}.${place}`;
}
