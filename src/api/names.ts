import { keyParts, type Key } from "../model/keys/key.ts";

/**
 * `metadata.name` of what is made from a key: `<name>.<accountId>.<region>` for a binding, `<name>.<accountId>` for a
 * ManagedPolicy in one account. A region is never twelve digits, so the two can't meet.
 */
export function bindingName(key: Key): string {
  const parts = keyParts(key);
  const place = parts.kind === "function" ? `${parts.accountId}.${parts.region}` : parts.accountId;
  return `${parts.name}.${place}`;
}
