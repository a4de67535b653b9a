import type { MapNode } from "../../model/answers/questions/access-map.ts";
import { arnParts, hasArnParts, withoutLatest } from "../../model/aws/arn.ts";
import { mayName } from "./named-resources.ts";

type Nodes = readonly MapNode[];

/** The nodes whose use may run a function: functions, and what calls functions. Few of them are compared with each permission. */
export interface Runners {
  /** By service of their ARN; those of `*` are in a pattern for several services. */
  readonly byService: ReadonlyMap<string, Nodes>;
  /** The same without those whose ARN is no pattern, which are found in `exact`. */
  readonly patternsByService: ReadonlyMap<string, Nodes>;
  readonly exact: ReadonlyMap<string, Nodes>;
}

export function runnersAmong(nodes: readonly MapNode[]): Runners {
  const named = nodes.filter(({ arn }) => arn !== null);
  const patterns = named.filter(({ arn }) => isPattern(arn ?? ""));
  return {
    byService: Map.groupBy(named, ({ arn }) => serviceOf(arn ?? "")),
    patternsByService: Map.groupBy(patterns, ({ arn }) => serviceOf(arn ?? "")),
    exact: Map.groupBy(named, ({ arn }) => arn ?? ""),
  };
}

/** The runners that a permission on this node may concern, as `mayName` decides. */
export function runnersNamedBy(used: MapNode, runners: Runners): Nodes {
  const { arn } = used;
  if (arn === null) return [];
  return candidates(arn, runners).filter((node) => mayName(arn, node.arn));
}

function candidates(arn: string, { byService, patternsByService, exact }: Runners): Nodes {
  const service = serviceOf(arn);
  if (isPattern(arn) || service === "events" || service === SEVERAL) return ofService(byService, service);
  const names = [arn, withoutLatest(arn), ...foldersOf(arn)];
  return [
    ...new Set([...ofService(patternsByService, service), ...names.flatMap((name) => exact.get(name) ?? [])]),
  ];
}

const SEVERAL = "*";

function ofService(groups: ReadonlyMap<string, Nodes>, service: string): Nodes {
  if (service === SEVERAL) return [...groups.values()].flat();
  return [...(groups.get(service) ?? []), ...(groups.get(SEVERAL) ?? [])];
}

/** `*`: the ARN is a pattern for several services, as a wildcard in the partition may be: it matches colons too. */
function serviceOf(arn: string): string {
  if (!hasArnParts(arn)) return SEVERAL;
  const { partition, service } = arnParts(arn);
  return isPattern(partition) || isPattern(service) ? SEVERAL : service;
}

const isPattern = (text: string): boolean => /[*?]/.test(text);

/** The bucket of objects: each part of the ARN that ends before a `/`. */
function foldersOf(arn: string): readonly string[] {
  return [...arn.matchAll(/\//g)].map(({ index }) => arn.slice(0, index));
}
