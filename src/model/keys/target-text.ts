import { keyParts, type Key } from "./key.ts";

/** An object with a key and the name of its account. */
export interface NamedKey {
  readonly key: Key;
  readonly account: string;
}

/** `orders/orders-api@prod/eu-west-1`, as commands take it; a ManagedPolicy has no region. */
export function targetText({ key, account }: NamedKey): string {
  return `${ownerText(key)}@${placeText({ key, account })}`;
}

/** `prod/eu-west-1`, for a policy `prod`. */
export function placeText({ key, account }: NamedKey): string {
  const parts = keyParts(key);
  return parts.kind === "function" ? `${account}/${parts.region}` : account;
}

/** `orders/orders-api`. */
export function ownerText(key: Key): string {
  const { namespace, name } = keyParts(key);
  return `${namespace}/${name}`;
}
