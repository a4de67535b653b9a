import { correctionOf, errorAt, type Diagnostic, type Mistake } from "../../../model/diagnostic.ts";
import type { ObjectName } from "../../../model/aws/ids.ts";
import { formatKey, keyParts, placeText, type Key } from "../../../model/keys/key.ts";
import { NONE } from "../../../model/values/lists.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { sortedSet } from "../../../text/order.ts";
import type { FunctionPermission, ManifestDocument } from "../../parse/parsed.ts";
import type { PlacedDocument } from "../placed.ts";
import type { AccountsByName } from "./targets.ts";

/** The bindings of other functions in the same account and region; sorted. */
export function dependenciesOf(key: Key, names: readonly string[]): readonly Key[] {
  return names.length === 0 ? NONE : [...new Set(names.map((name) => namesake(key, name)))].sort();
}

/** The binding of another function of the namespace in the same place. */
function namesake(key: Key, name: string): Key {
  // Its schema has checked it.
  return formatKey({ ...keyParts(key), name: name as ObjectName });
}

interface DependencyContext {
  readonly accounts: AccountsByName;
  readonly keys: ReadonlyMap<ManifestDocument, readonly Key[]>;
  /** By namespace, a file that can't be read completely: it may declare any function of it. */
  readonly unreadFiles: ReadonlyMap<string, string>;
}

type PlacedFunction = PlacedDocument<FunctionPermission>;
type Reason = readonly [Key, readonly Diagnostic[]];

/** Of each function that waits for one which will never be in sync, or for itself: why its manifest can't be used. */
export function dependencyProblems(
  functions: readonly PlacedFunction[],
  context: DependencyContext,
): readonly Reason[] {
  const waiting = functions.filter(({ document }) => document.spec.dependsOn !== undefined);
  if (waiting.length === 0) return NONE;
  const released = functions.filter(({ document }) => document.spec.mode === "release");
  const keysOf = ({ document }: PlacedFunction): readonly Key[] => context.keys.get(document) ?? [];
  const graph: Graph = {
    ...context,
    functions,
    declared: new Set([...context.keys.values()].flat()),
    released: new Set(released.flatMap(keysOf)),
    edges: new Map(
      waiting.flatMap((placed) =>
        keysOf(placed).map(
          (key) => [key, dependenciesOf(key, placed.document.spec.dependsOn ?? [])] as const,
        ),
      ),
    ),
  };
  return waiting.flatMap((placed) => keysOf(placed).flatMap((key) => reasonsOf(placed, key, graph)));
}

interface Graph extends DependencyContext {
  readonly functions: readonly PlacedFunction[];
  readonly declared: ReadonlySet<Key>;
  readonly released: ReadonlySet<Key>;
  /** From a binding to those that it waits for. */
  readonly edges: ReadonlyMap<Key, readonly Key[]>;
}

function reasonsOf(placed: PlacedFunction, key: Key, graph: Graph): readonly Reason[] {
  const { document } = placed;
  const found = (document.spec.dependsOn ?? []).flatMap((name, at) => {
    const mistake = mistakeOf({ placed, key, name }, graph);
    if (mistake === null) return [];
    return [errorAt(originOfValue(document, ["spec", "dependsOn", at]), "dependency", mistake)];
  });
  return found.length === 0 ? [] : [[key, found]];
}

interface DependencyEntry {
  readonly placed: PlacedFunction;
  readonly key: Key;
  readonly name: string;
}

function mistakeOf(entry: DependencyEntry, graph: Graph): Mistake | null {
  const { key, name, placed } = entry;
  const { declared, released, unreadFiles } = graph;
  const rest = restText(entry);
  if (name === placed.document.name) return { message: `${name} depends on itself`, fix: rest };
  const dependency = namesake(key, name);
  if (!declared.has(dependency)) return unreadFiles.has(placed.namespace) ? null : missing(entry, graph);
  if (released.has(dependency)) {
    const message = `${name} is released (mode: release): nothing of it is compared`;
    return { message, fix: rest };
  }
  const circle = circleThrough(key, dependency, graph.edges);
  if (circle === null) return null;
  return circleMistake(
    circle.map((one) => String(keyParts(one).name)),
    placed.namespace,
  );
}

/** @param names the first one at both ends */
function circleMistake(names: readonly string[], namespace: string): Mistake {
  const message = `functions that wait for each other: ${names.join(" → ")}`;
  const waits = names.slice(1).map((name, at) => `${name} from dependsOn of ${names[at] ?? ""}`);
  const fix = `keep the order that is meant, and remove one that is not: ${waits.join(", or ")}`;
  return { message, fix, shared: JSON.stringify([namespace, ...sortedSet(names)]) };
}

/** The corrected line: the field without this entry. */
function restText({ placed, name }: DependencyEntry): string {
  const others = (placed.document.spec.dependsOn ?? []).filter((one) => one !== name);
  return others.length === 0 ? "remove dependsOn" : `write dependsOn: [${others.join(", ")}]`;
}

function missing(entry: DependencyEntry, { declared, accounts, functions }: Graph): Mistake {
  const { key, name, placed } = entry;
  const { namespace } = placed;
  const names = sortedSet(
    [...declared]
      .map(keyParts)
      .flatMap((parts) => (parts.namespace === namespace ? [String(parts.name)] : [])),
  );
  if (names.includes(name)) {
    const parts = keyParts(key);
    const account = [...accounts.values()].find(({ id }) => id === parts.accountId)?.name ?? parts.accountId;
    const place = placeText({ key, account });
    const message = `${name} is not declared in ${place}, and this function is`;
    const fix = `add ${place} to the targets of ${name}, or split ${placed.document.name}: one manifest for ${place} without ${name} in dependsOn, and one for its other targets`;
    return { message, fix };
  }
  const message = `unknown function "${name}" in namespace ${namespace}`;
  const owner = functions.find((one) => one.namespace === namespace && one.document.spec.function === name)
    ?.document.name;
  const others = names.filter((one) => one !== placed.document.name);
  const meant = owner ?? nearestName(name, others);
  const fix =
    meant === undefined
      ? `write the metadata.name of a function of this namespace, or ${restText(entry)}`
      : `did you mean "${meant}"? Write the metadata.name of a function of this namespace`;
  return { message, fix, ...correctionOf(name, meant) };
}

/** The shortest way back, with the key at both ends; null: there is none. */
function circleThrough(
  key: Key,
  dependency: Key,
  edges: ReadonlyMap<Key, readonly Key[]>,
): readonly Key[] | null {
  const before = new Map<Key, Key>([[dependency, key]]);
  for (const at of before.keys())
    for (const next of edges.get(at) ?? []) {
      if (next === key) return [...wayTo(at, key, before), key];
      // The iteration goes on with what is added.
      if (!before.has(next)) before.set(next, at);
    }
  return null;
}

function wayTo(end: Key, start: Key, before: ReadonlyMap<Key, Key>): readonly Key[] {
  const way: Key[] = [];
  for (let at: Key | undefined = end; at !== undefined && at !== start; at = before.get(at)) way.unshift(at);
  return [start, ...way];
}
