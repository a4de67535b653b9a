import type { Brand } from "../values/brand.ts";
import {
  parseAccountId,
  parseNamespace,
  parseObjectName,
  parseRegion,
  type AccountId,
  type Namespace,
  type ObjectName,
  type Region,
} from "../aws/ids.ts";

/**
 * The unit of applying, status, backoff and audit:
 * `function/<accountId>/<region>/<namespace>/<name>` (a binding) or
 * `policy/<accountId>/<namespace or platform>/<name>` (a ManagedPolicy in one account). Sorts as a string.
 */
export type Key = Brand<string, "Key">;

export type KeyParts =
  | {
      readonly kind: "function";
      readonly accountId: AccountId;
      readonly region: Region;
      readonly namespace: Namespace;
      readonly name: ObjectName;
    }
  | {
      readonly kind: "policy";
      readonly accountId: AccountId;
      /** A team's namespace, or `platform` (no team may have that name). */
      readonly namespace: Namespace;
      readonly name: ObjectName;
    };

export function formatKey(parts: KeyParts): Key {
  const { accountId, namespace, name } = parts;
  if (parts.kind === "policy") return `policy/${accountId}/${namespace}/${name}` as Key;
  return `function/${accountId}/${parts.region}/${namespace}/${name}` as Key;
}

export function parseKey(text: string): Key | undefined {
  const parts = splitKey(text);
  if (parts === undefined) return undefined;
  const { accountId, namespace, name } = parts;
  const isKey =
    parseAccountId(accountId) !== undefined &&
    parseNamespace(namespace) !== undefined &&
    parseObjectName(name) !== undefined &&
    (parts.kind === "policy" || parseRegion(parts.region) !== undefined);
  return isKey ? (text as Key) : undefined;
}

export function keyParts(key: Key): KeyParts {
  const parts = splitKey(key);
  if (parts === undefined) throw new Error(`not a key: "${key}"`);
  return parts;
}

/** Every pass, and every list, asks this of all keys of an installation. */
export function accountIdOf(key: Key): AccountId {
  const start = key.indexOf("/") + 1;
  return key.slice(start, key.indexOf("/", start)) as AccountId;
}

export function isBindingKey(key: Key): boolean {
  return keyParts(key).kind === "function";
}

/** By its slashes alone: each part of a `Key` was checked when it became one, and a list splits every key of an installation. */
function splitKey(text: string): KeyParts | undefined {
  const [kind, accountId, ...rest] = text.split("/");
  const isPolicy = kind === "policy" && rest.length === 2;
  if (!isPolicy && (kind !== "function" || rest.length !== 3)) return undefined;
  const parts = { kind, accountId, name: rest.at(-1), namespace: rest.at(-2) };
  return (isPolicy ? parts : { ...parts, region: rest[0] }) as KeyParts;
}

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

/** The address of a key, by the names of accounts; an account without a name has its id. */
export function addressOf(key: Key, accounts: ReadonlyMap<string, string>): NamedKey {
  const accountId = accountIdOf(key);
  return { key, account: accounts.get(accountId) ?? accountId };
}
