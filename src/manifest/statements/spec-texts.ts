import type { ValuePath } from "../../text/located/value-path.ts";
import { errorAt, inAccount, type Diagnostic, type Mistake } from "../../model/diagnostic.ts";
import { originOfValue, type LocatedFile } from "../../text/located/located.ts";
import { deceptiveHint, hasInvisible } from "../../text/look-alikes.ts";
import { shown } from "../fields/field.ts";
import { matchesPattern } from "../../iam/match/wildcard.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { PARTITIONS, partitionOfRegion } from "../../model/aws/partitions.ts";

/**
 * Problems of the texts of a spec after substitution, in any field: names of another partition, and characters that are
 * not visible or that IAM refuses in a policy.
 */
export function textProblems(
  parts: Readonly<Record<string, unknown>>,
  place: PartitionPlace,
  source: LocatedFile,
): readonly Diagnostic[] {
  // Every value of every binding is looked at, and very few have a problem: only then are their paths of interest.
  return isOrdinary(parts, "", place) ? NONE : problemsBelow(parts, place, source);
}

const NONE: readonly Diagnostic[] = [];

/** No text in it has a problem, wherever it is. */
function isOrdinary(value: unknown, field: string, place: PartitionPlace): boolean {
  if (typeof value === "string") return isPlain(value) && foreignName(value, field, place) === null;
  if (value === null || typeof value !== "object") return true;
  if (Array.isArray(value)) {
    for (const member of value) if (!isOrdinary(member, field, place)) return false;
    return true;
  }
  // Plain data of the parser has no inherited names, and the loop creates no list of the names.
  const record = value as Readonly<Record<string, unknown>>;
  for (const name in record) if (!isOrdinary(record[name], name, place)) return false;
  return true;
}

function problemsBelow(
  parts: Readonly<Record<string, unknown>>,
  place: PartitionPlace,
  source: LocatedFile,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const path: (string | number)[] = ["spec"];
  const report = (code: string, problem: Mistake | null): void => {
    if (problem === null) return;
    const origin = originOfValue(source, path);
    diagnostics.push(errorAt(origin, code, problem));
  };
  const visit = (value: unknown, step: string | number): void => {
    path.push(step);
    if (typeof value === "string") {
      if (!isFreeText(path)) report("partition", foreignName(value, fieldOf(path), place));
      if (!isPlain(value))
        report("character", characterProblem(value, path) ?? outerBlankProblem(value, path));
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (value !== null && typeof value === "object") {
      for (const [name, member] of Object.entries(value)) visit(member, name);
    }
    path.pop();
  };
  for (const name of Object.keys(parts)) visit(parts[name], name);
  return diagnostics;
}

/** The name of the field, also for a member of its list. */
function fieldOf(path: ValuePath): string {
  return String(path.findLast((step) => typeof step === "string"));
}

const BLANK = 0x20;
const LAST_PRINTABLE = 0x7e;

/** Nearly every text: printable characters of ASCII, and no blank at the start or end. */
function isPlain(text: string): boolean {
  const last = text.length - 1;
  if (last < 0 || text.charCodeAt(0) === BLANK || text.charCodeAt(last) === BLANK) return false;
  for (let at = 0; at <= last; at += 1) {
    const code = text.charCodeAt(at);
    if (code < BLANK || code > LAST_PRINTABLE) return false;
  }
  return true;
}

/** A tag, or the reason of an entry. AWS does not look up anything by these texts. */
function isFreeText(path: ValuePath): boolean {
  return path[1] === "role" || isReason(path);
}

/** `spec.statements[0].reason`; deeper, inside a statement, the name has no meaning. */
function isReason(path: ValuePath): boolean {
  return path.length === 4 && path[3] === "reason";
}

/**
 * A value with a character that only looks like a blank matches nothing, so a Deny with such a value denies nothing.
 * IAM refuses a policy with characters past U+00FF; in an IAM statement, the check of its grammar reports that.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html PolicyDocument
 */
function characterProblem(text: string, path: ValuePath): Mistake | null {
  if (/^[\x20-\x7e]*$/.test(text) || isReason(path)) return null;
  const isPastLatin = /[^\x00-\xff]/.test(text);
  const isOfGrant = path[1] === "grants";
  const isOfStatement = path[1] === "statements" || path[1] === "document";
  if (isPastLatin && isOfStatement) return null;
  if (hasInvisible(text)) {
    const message = `${shown(text)} has a character that is not visible`;
    return { message, fix: deceptiveHint(text) ?? "remove it" };
  }
  if (!isPastLatin || !isOfGrant) return null;
  const message = `${shown(text)} has a character that IAM does not take in a policy`;
  return { message, fix: deceptiveHint(text) ?? "use characters up to U+00FF" };
}

/** AWS keeps and compares a blank at the start or end, so a Deny for "vpc-123 " denies nothing. */
function outerBlankProblem(text: string, path: ValuePath): Mistake | null {
  if (text === text.trim() || isFreeText(path)) return null;
  const side = text === text.trimEnd() ? "begins" : "ends";
  return {
    message: `${shown(text)} ${side} with a blank`,
    fix: "remove it; where a value really has one, write ? for it with StringLike or in an ARN",
  };
}

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
function foreignName(text: string, field: string, place: PartitionPlace): Mistake | null {
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
    const message = inAccount(
      place.account,
      (account) => `${shown(arn)} ${what}; ${account} is in ${place.partition}`,
    );
    return { ...message, fix: `write arn:${place.partition}:…` };
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
    ...inAccount(
      place.account,
      (account) => `region ${shown(region)}: ${what}; ${account} is in ${place.partition}`,
    ),
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
    ...inAccount(
      place.account,
      (account) => `account ${accountId} is in partition ${partition}; ${account} is in ${place.partition}`,
    ),
    fix: "name an account of the same partition",
  };
}
