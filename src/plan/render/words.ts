import { ANYONE, principalOf } from "../../model/aws/principal.ts";
import { ACTIONS_SID } from "../../model/rules/team.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { conditionKeyName } from "../../iam/condition-key-names.ts";
import { namesOf } from "../../iam/match/reach.ts";
import { namedByCondition } from "../../iam/match/named-by-condition.ts";
import { namesText, testsOf } from "../../iam/row-text.ts";
import { arnParts, hasArnParts, nameInArn } from "../../model/aws/arn.ts";
import {
  isOwnInline,
  type ContainingDocument,
  type DeltaRow,
  type NameSet,
  type PermissionRow,
  type RowCondition,
} from "../../model/delta.ts";
import type { LinePlace } from "../../model/answers/permission-line.ts";
import type { GrownPattern } from "../../model/plan.ts";
import { someOf } from "../../text/phrases.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { byText } from "../../text/order.ts";

/** Services whose ARNs hold a name without its type. */
const PLAIN_TYPES: Readonly<Record<string, string>> = { sqs: "queue", sns: "topic" };

/**
 * The part of an ARN by which people know a resource: `table/orders`, `role/grantkeeper/x`. Other text is returned
 * unchanged.
 */
export function shortArn(arn: string): string {
  // A pattern such as `arn:*` has no part that could replace the complete ARN.
  if (!hasArnParts(arn)) return arn;
  const { service, resource: path } = arnParts(arn);
  // A log group's own name is a path: /aws/lambda/x.
  const named = path.replace(/^log-group:(?=[/])/, "");
  const type = PLAIN_TYPES[service];
  if (type !== undefined) return `${type}/${named}`;
  const resource = named.replace(/^(function|log-group|stateMachine|secret):/, "$1/");
  return /[/]/.test(resource) || service === "s3" ? resource : `${service}/${resource}`;
}

/** The name of a policy: `AdministratorAccess`. */
export function policyName(arn: string): string {
  return nameInArn(arn);
}

/** The AWS object that contains a row. */
export function documentPlace(document: ContainingDocument): LinePlace {
  switch (document.kind) {
    case "trust":
      return document;
    case "boundary":
      return { kind: "boundary", name: "boundary" };
    case "managed":
      return { kind: "policy", name: policyName(document.arn), arn: document.arn };
    case "inline":
    case "other":
      return { kind: "policy", name: document.name, arn: null };
  }
}

/** `line 10`, `was line 21`, `policy "hotfix"`, `statement "nightly"`. */
export function placeWords(place: LinePlace): string {
  switch (place.kind) {
    case "line":
      return `line ${place.line}`;
    case "former-line":
      return `was line ${place.line}`;
    case "always":
    case "boundary":
      return place.kind;
    case "policy":
      return `policy "${place.name}"`;
    case "declared-statement":
      return "declared statement";
    case "statement":
      return place.sid === null ? "statement without Sid" : `statement "${place.sid}"`;
    case "trust":
      return "trust policy";
  }
}

/**
 * `dynamodb read` of a Sid that the catalogue made (`DynamodbRead1a2b3c4d`); null for every other, and for exact actions,
 * which have no verb to name them by.
 */
function grantOfSid(sid: string | null): string | null {
  const found = /^([A-Z][a-z0-9]*)([A-Z][A-Za-z]*)[0-9a-f]{8}\d*$/.exec(sid ?? "");
  if (found === null || found[1] === undefined || found[2] === undefined) return null;
  if (found[1] === "Statement" || found[1] === ACTIONS_SID) return null;
  return `${found[1].toLowerCase()} ${found[2].charAt(0).toLowerCase()}${found[2].slice(1)}`;
}

/**
 * The grant that a row belongs to, if all of its verb changes: only of a statement that Git declares with this content, which then has an origin. A
 * Sid alone proves nothing, since anyone who can write a policy can give a statement any Sid.
 */
export function grantOfRow({
  sid,
  from,
  origin,
  isPart,
}: Pick<DeltaRow, "sid" | "from" | "isPart"> & { readonly origin: object | null }): string | null {
  return isOwnInline(from) && origin !== null && isPart !== true ? grantOfSid(sid) : null;
}

/** The resources of a row, by the names that its condition gives them: `alias/orders` for every key that has this alias. */
export function namedResources({
  resource,
  condition,
}: Pick<PermissionRow, "resource" | "condition">): NameSet {
  if (resource.kind !== "one" && resource.kind !== "any") return resource;
  const [text = ""] = namesOf(resource);
  const [name = text, ...more] = namedByCondition(text, testsOf(condition));
  if (name === text) return resource;
  return more.length === 0 ? { kind: "one", name } : { kind: "any-of", names: [name, ...more] };
}

export function isAnyone(principal: NameSet): boolean {
  return principal.kind === "any" || (principal.kind === "one" && principal.name === ANYONE);
}

function withoutTypes(principal: NameSet): NameSet {
  if (principal.kind === "one") return { ...principal, name: principalOf(principal.name).value };
  if (principal.kind !== "any-of" && principal.kind !== "all-but") return principal;
  return { ...principal, names: principal.names.map((name) => principalOf(name).value) };
}

export function principalText(principal: NameSet): string {
  if (isAnyone(principal)) return "anyone";
  return namesText(withoutTypes(principal));
}

/** `if aws:sourcevpc StringEquals vpc-123`: every test, with its exact values. */
export function conditionTexts(condition: RowCondition): readonly string[] {
  return testsOf(condition).map(testText);
}

/**
 * What limits the rows of a grant beyond its name and resource: leading keys, a prefix, an access point, a source. Not
 * what belongs to every grant of its kind: the service of a key, the function itself, the end that `until` shows, the
 * name that the resource shows, and that a key is present.
 */
export function grantLimits(rows: readonly Pick<PermissionRow, "condition">[]): readonly string[] {
  const limits = rows
    .flatMap(({ condition }) => testsOf(condition))
    .filter(({ operator, key }) => operator !== "Null" && !SHOWN_BY_GRANT.has(key));
  return [...new Set(limits.map(testText))];
}

const SHOWN_BY_GRANT: ReadonlySet<string> = new Set([
  "aws:currenttime",
  "cloudwatch:namespace",
  "kms:resourcealiases",
  "kms:viaservice",
  "lambda:sourcefunctionarn",
]);

export function testText({ operator, key, values }: ConditionTest): string {
  return `if ${conditionKeyName(key)} ${operator} ${values.join(" or ") || "(no value)"}`;
}

/** `"s3:Get*" also matches s3:GetThing, which AWS added after it was approved`: every action, for who approves it. */
export function grownText({ pattern, actions }: GrownPattern): string {
  return grownWords(pattern, actions.join(", "));
}

/** The same in one line, with three actions at most. */
export function shortGrownText({ pattern, actions }: GrownPattern): string {
  return grownWords(pattern, someOf(actions));
}

function grownWords(pattern: string, actions: string): string {
  return `"${pattern}" also matches ${actions}, which AWS added after it was approved`;
}

/** The function itself has no further name. */
export function onQualifier({ qualifier }: { readonly qualifier: string | null }): string {
  return qualifier === null ? "" : ` on ${qualifier}`;
}

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
  if (resources.some(({ kind }) => kind === "all-but")) return ownResourcesText(resources, home);
  const hasIndexes = resources.flatMap(namesOf).some(isPartIn(resources, "/index/*"));
  return [ownResourcesText(resources, home), ...(hasIndexes ? ["indexes"] : [])].join(", ");
}

/** The same without the indexes of tables: equal for the verbs of a grant, some of which have no indexes. */
export function ownResourcesText(resources: readonly NameSet[], home: Home): string {
  if (resources.some(({ kind }) => kind === "all-but"))
    return resources.map((resource) => exceptText(resource, home)).join(", ");
  const isIndex = isPartIn(resources, "/index/*");
  const isPart = isPartIn(resources, ":*");
  const all = new Set(resources.flatMap(namesOf));
  const own = [...all].filter((arn) => !isIndex(arn) && !isPart(arn)).toSorted(widestFirst);
  return [...new Set(own.map((arn) => resourceText(arn, home)))].join(", ");
}

/** Whether an ARN is such a part of another resource of the list. */
function isPartIn(resources: readonly NameSet[], part: string): (arn: string) => boolean {
  const all = new Set(resources.flatMap(namesOf));
  return (arn) => {
    const base = arn.slice(0, -part.length);
    return arn.endsWith(part) && hasArnParts(base) && all.has(base);
  };
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
  const { service } = arnParts(arn);
  const short = shortArn(arn);
  // A bucket may have the name of a type: `secret/*` are the objects of the bucket "secret".
  const plural = service === "s3" ? undefined : PLURALS[short];
  const places = placesElsewhere(arn, home);
  return `${plural ?? short}${places.length === 0 ? "" : ` in ${places.join(", ")}`}`;
}

/** The region and the account of an ARN, as far as they are not those of the home. */
export function placesElsewhere(arn: string, home: Home): readonly string[] {
  if (!hasArnParts(arn)) return [];
  const { region, accountId } = arnParts(arn);
  return elsewhere(region, accountId, home);
}

/** An ARN of an AWS-managed policy has the account `aws`, and one of a bucket has none. */
function elsewhere(region: string, account: string, home: Home): readonly string[] {
  if (region === "*" && account === "*") return [];
  const otherAccount = account === "" || account === "aws" || account === home.accountId ? null : account;
  const otherRegion = region === "" || home.region === null || region === home.region ? null : region;
  return [
    ...(otherRegion === null ? [] : [otherRegion === "*" ? "any region" : otherRegion]),
    ...(otherAccount === null ? [] : [otherAccount === "*" ? "any account" : `account ${otherAccount}`]),
  ];
}
