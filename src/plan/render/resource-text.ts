import { keyParts, type Key } from "../../model/keys/key.ts";
import { namesOf } from "../../iam/match/reach.ts";
import { namesText } from "../../iam/row-text.ts";
import type { NameSet } from "../../model/delta.ts";
import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import { byText } from "../../text/order.ts";
import { shortArn } from "./words.ts";

/** The account and region that a line belongs to. The line names the account and region only of resources elsewhere. */
export interface Home {
  readonly accountId: string;
  /** null if the resource is not in one region. */
  readonly region: string | null;
}

export function homeOf(key: Key): Home {
  const parts = keyParts(key);
  return { accountId: parts.accountId, region: parts.kind === "function" ? parts.region : null };
}

const PLURALS: Readonly<Record<string, string>> = {
  "queue/*": "all queues",
  "topic/*": "all topics",
  "table/*": "all tables",
  "function/*": "all functions",
  "secret/*": "all secrets",
  "role/*": "all roles",
  "key/*": "all keys",
  "parameter/*": "all parameters",
  "stream/*": "all streams",
};

/**
 * `table/orders, indexes`, `all resources`, `queue/x in account 999999999999`. The widest come first, so that a long
 * list never hides one.
 */
export function resourcesText(resources: readonly NameSet[], home: Home): string {
  if (resources.some(({ kind }) => kind === "all-but"))
    return resources.map((resource) => exceptText(resource, home)).join(", ");
  const all = new Set(resources.flatMap(namesOf));
  const isOf = (arn: string, part: string): boolean => {
    const base = arn.slice(0, -part.length);
    return arn.endsWith(part) && hasArnParts(base) && all.has(base);
  };
  const isIndex = (arn: string): boolean => isOf(arn, "/index/*");
  const isPart = (arn: string): boolean => isOf(arn, ":*");
  const own = [...all].filter((arn) => !isIndex(arn) && !isPart(arn)).toSorted(widestFirst);
  const names = own.map((arn) => resourceText(arn, home));
  return [...new Set(names), ...([...all].some(isIndex) ? ["indexes"] : [])].join(", ");
}

export function distinctNames(sets: readonly NameSet[]): readonly NameSet[] {
  return [...new Map(sets.map((set) => [namesText(set), set])).values()];
}

export function widestFirst(a: string, b: string): number {
  const wildcards = (text: string): number => (text === "*" ? 0 : /[*?]/.test(text) ? 1 : 2);
  return wildcards(a) - wildcards(b) || byText(a, b);
}

function exceptText(resource: NameSet, home: Home): string {
  const names = namesOf(resource).map((arn) => resourceText(arn, home));
  return `${resource.kind === "all-but" ? "all resources but " : ""}${names.join(", ")}`;
}

export function resourceText(arn: string, home: Home): string {
  if (arn === "*") return "all resources";
  if (!hasArnParts(arn)) return arn;
  const { service, region, accountId } = arnParts(arn);
  const short = shortArn(arn);
  // A bucket may have the name of a type: `secret/*` are the objects of the bucket "secret".
  const plural = service === "s3" ? undefined : PLURALS[short];
  return `${plural ?? short}${elsewhere(region, accountId, home)}`;
}

/** An ARN of an AWS-managed policy has the account `aws`, and one of a bucket has none. */
function elsewhere(region: string, account: string, home: Home): string {
  if (region === "*" && account === "*") return "";
  const otherAccount = account === "" || account === "aws" || account === home.accountId ? null : account;
  const otherRegion = region === "" || home.region === null || region === home.region ? null : region;
  const places = [
    ...(otherRegion === null ? [] : [otherRegion === "*" ? "any region" : otherRegion]),
    ...(otherAccount === null ? [] : [otherAccount === "*" ? "any account" : `account ${otherAccount}`]),
  ];
  return places.length === 0 ? "" : ` in ${places.join(", ")}`;
}
