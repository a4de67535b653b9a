import { matchesPattern } from "../iam/wildcard.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { PARTITIONS, partitionOfRegion } from "../model/partitions.ts";
import { errorAt } from "./diagnostics.ts";
import { originOfValue, type ValuePath } from "./located.ts";
import type { Source } from "./permissions.ts";
import { shown } from "./schema/field.ts";

/** The account in which a spec is compiled, and what is known of the others. */
export interface PartitionPlace {
  readonly account: string;
  readonly partition: string;
  /** By account id: the partition that its AwsAccount names. */
  readonly partitionOfAccount: ReadonlyMap<string, string>;
}

interface Problem {
  readonly message: string;
  readonly mend: string;
}

/**
 * ARNs, regions and accounts of another partition, after substitution: AWS would refuse them, or grant nothing by them,
 * since no principal of one partition reaches another.
 */
export function foreignNames(
  parts: Readonly<Record<string, unknown>>,
  place: PartitionPlace,
  source: Source,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  // One path that grows and shrinks: every value of every binding is visited, and hardly any has a problem.
  const path: (string | number)[] = ["spec"];
  const report = (text: string): void => {
    const problem = problemOf(text, path, place);
    if (problem === null) return;
    const origin = originOfValue(source.located, source.file, path);
    diagnostics.push(errorAt(origin, "partition", problem.message, problem.mend));
  };
  const visit = (value: unknown, step: string | number): void => {
    path.push(step);
    if (typeof value === "string") report(value);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (value !== null && typeof value === "object") {
      const record = value as Readonly<Record<string, unknown>>;
      for (const name of Object.keys(record)) visit(record[name], name);
    }
    path.pop();
  };
  for (const name of Object.keys(parts)) visit(parts[name], name);
  return diagnostics;
}

function problemOf(text: string, path: ValuePath, place: PartitionPlace): Problem | null {
  if (text.startsWith("arn:")) return foreignArn(text, place);
  if (path.at(-2) === "regions") return foreignRegion(text, place);
  return foreignAccount(text, place);
}

/** What is wrong with an ARN in an account of this partition; null for one that its account can use. */
export function foreignArn(arn: string, place: PartitionPlace): Problem | null {
  const [, partition = "", , region = "", accountId = ""] = arn.split(":");
  const isOwn = matchesPattern(partition, place.partition);
  if (!isOwn) {
    const isKnown = PARTITIONS.includes(partition) || /[*?$]/.test(partition);
    const what = isKnown ? `is in partition ${partition}` : `names an unknown partition "${partition}"`;
    const message = `${shown(arn)} ${what}; account ${place.account} is in ${place.partition}`;
    return { message, mend: `write arn:${place.partition}:…` };
  }
  return foreignRegion(region, place) ?? foreignAccount(accountId, place);
}

/** Patterns and variables are no names; an empty region is that of a global service. */
function foreignRegion(region: string, place: PartitionPlace): Problem | null {
  if (region === "" || /[*?$]/.test(region)) return null;
  const partition = partitionOfRegion(region);
  if (partition === place.partition) return null;
  const what = partition === undefined ? "no partition of AWS has it" : `it is in partition ${partition}`;
  return {
    message: `region ${shown(region)}: ${what}; account ${place.account} is in ${place.partition}`,
    mend: `name a region of partition ${place.partition}`,
  };
}

function foreignAccount(accountId: string, place: PartitionPlace): Problem | null {
  const partition = place.partitionOfAccount.get(accountId);
  if (partition === undefined || partition === place.partition) return null;
  return {
    message: `account ${accountId} is in partition ${partition}; account ${place.account} is in ${place.partition}`,
    mend: "name an account of the same partition",
  };
}
