import type { Mistake } from "../../model/diagnostic.ts";
import { matchesPattern } from "../../iam/match/wildcard.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { PARTITIONS, partitionOfRegion } from "../../model/aws/partitions.ts";
import { shown } from "../fields/field.ts";

/** The account for which a spec is compiled, and the partitions of the others. */
export interface PartitionPlace {
  readonly account: string;
  readonly partition: string;
  /** By account id: the partition that its AwsAccount names. */
  readonly partitionOfAccount: ReadonlyMap<string, string>;
}

/**
 * An ARN, region or account of another partition: AWS would refuse it, or it would grant nothing, since no principal of
 * one partition reaches another. null for any other text.
 */
export function foreignName(text: string, field: string, place: PartitionPlace): Mistake | null {
  if (text.startsWith("arn:")) return foreignArn(text, place);
  if (field === "regions") return foreignRegion(text, place);
  // The id of a user pool begins with its region.
  if (field === "userPool") return foreignRegion(text.slice(0, text.indexOf("_")), place);
  return foreignAccount(text, place);
}

/** The problem of an ARN in an account of this partition; null if the account can use it. */
export function foreignArn(arn: string, place: PartitionPlace): Mistake | null {
  const { partition, region, accountId } = arnParts(arn);
  const isOwn = partition === place.partition || matchesPattern(partition, place.partition);
  if (!isOwn) {
    const isKnown = PARTITIONS.includes(partition) || /[*?$]/.test(partition);
    const what = isKnown ? `is in partition ${partition}` : `names an unknown partition "${partition}"`;
    const message = `${shown(arn)} ${what}; account ${place.account} is in ${place.partition}`;
    return { message, fix: `write arn:${place.partition}:…` };
  }
  return foreignRegion(region, place) ?? foreignAccount(accountId, place);
}

/** Skips patterns and variables; a global service has an empty region. */
function foreignRegion(region: string, place: PartitionPlace): Mistake | null {
  if (region === "" || /[*?$]/.test(region)) return null;
  const partition = partitionOfRegion(region);
  if (partition === place.partition) return null;
  const what = partition === undefined ? "no partition of AWS has it" : `it is in partition ${partition}`;
  return {
    message: `region ${shown(region)}: ${what}; account ${place.account} is in ${place.partition}`,
    fix: `name a region of partition ${place.partition}`,
  };
}

/** Nearly no text has it, so that nearly none is looked up. */
const ACCOUNT_ID_LENGTH = 12;

function foreignAccount(accountId: string, place: PartitionPlace): Mistake | null {
  if (accountId.length !== ACCOUNT_ID_LENGTH) return null;
  const partition = place.partitionOfAccount.get(accountId);
  if (partition === undefined || partition === place.partition) return null;
  return {
    message: `account ${accountId} is in partition ${partition}; account ${place.account} is in ${place.partition}`,
    fix: "name an account of the same partition",
  };
}
