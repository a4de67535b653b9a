import type { Brand } from "../values/brand.ts";
import type { AccountId, Partition, Region } from "./ids.ts";

/** `arn:partition:service:region:account:resource`, six parts, the last may contain colons. */
export type Arn = Brand<string, "Arn">;

/** The parts of an ARN, or of a pattern of ARNs. */
export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

export function parseArn(text: string): Arn | undefined {
  return /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+$/.test(text) ? (text as Arn) : undefined;
}

/**
 * The parts of an ARN or a pattern of ARNs. For other texts, missing parts are empty. Cut at the colons instead of split
 * and joined: a quarter of the time, for what the rules do most.
 */
export function arnParts(arn: string): ArnParts {
  const partition = colonFrom(arn, 0) + 1;
  const service = colonFrom(arn, partition) + 1;
  const region = colonFrom(arn, service) + 1;
  const account = colonFrom(arn, region) + 1;
  const resource = colonFrom(arn, account) + 1;
  return {
    partition: arn.slice(partition, service - 1),
    service: arn.slice(service, region - 1),
    region: arn.slice(region, account - 1),
    accountId: arn.slice(account, resource - 1),
    resource: arn.slice(resource),
  };
}

/** The length of the text if there is none. */
function colonFrom(text: string, from: number): number {
  const at = text.indexOf(":", from);
  return at === -1 ? text.length : at;
}

/** True for a text with all parts of an ARN, including patterns and variables. */
export function hasArnParts(text: string): boolean {
  return text.startsWith("arn:") && arnParts(text).resource !== "";
}

/** Where an object is. */
export interface OwnPlace {
  readonly accountId: string;
  /** null: the object has no region. */
  readonly region: string | null;
}

/**
 * Equal for names that differ only in the account and the region that they are seen from, also where the name after the ARN's
 * account has them, as that of a bucket. Not an ARN: it is compared with both, and is itself. A brace of the name is doubled,
 * so that no name has a mark.
 */
export function arnAnywhere(text: string, { accountId, region }: OwnPlace): string {
  if (text === accountId) return OWN_ACCOUNT;
  if (text === region) return OWN_REGION;
  const escaped = text.replaceAll("{", "{{");
  if (!hasArnParts(escaped)) return escaped;
  const parts = arnParts(escaped);
  const named = parts.resource.replaceAll(accountId, OWN_ACCOUNT);
  const resource = region === null ? named : named.replaceAll(region, OWN_REGION);
  const place = [
    parts.region === region ? OWN_REGION : parts.region,
    parts.accountId === accountId ? OWN_ACCOUNT : parts.accountId,
  ];
  return ["arn", parts.partition, parts.service, ...place, resource].join(":");
}

const OWN_ACCOUNT = "{account}";
const OWN_REGION = "{region}";

/** A function in its ARN, with or without an alias or a version. */
export interface FunctionInArn extends Omit<ArnParts, "service" | "resource"> {
  readonly name: string;
  readonly qualifier: string | null;
}

/** null for the ARN of another resource. */
export function functionInArn(arn: string): FunctionInArn | null {
  const { service, resource, ...place } = arnParts(arn);
  const [, name, qualifier = null] = /^function:([^:]+)(?::([^:]+))?$/.exec(resource) ?? [];
  return service !== "lambda" || name === undefined ? null : { ...place, name, qualifier };
}

/** The ARN of a function without its qualifier; any other one as it is. */
export function unqualifiedArn(arn: string): string {
  const qualifier = functionInArn(arn)?.qualifier ?? null;
  return qualifier === null ? arn : arn.slice(0, -1 - qualifier.length);
}

/** A role in its ARN, or in a pattern of such ARNs. */
export interface RoleInArn extends Pick<ArnParts, "partition" | "accountId"> {
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly name: string;
}

/** null for the ARN of another object. */
export function roleInArn(arn: string): RoleInArn | null {
  const { service, resource, partition, accountId } = arnParts(arn);
  const [, path = "", name] = /^role(\/(?:.+\/)?)([^/]+)$/s.exec(resource) ?? [];
  return service !== "iam" || name === undefined ? null : { partition, accountId, path, name };
}

/** A session of a role in its ARN. */
export interface SessionInArn extends Pick<ArnParts, "partition" | "accountId"> {
  /** The name of the role; its path is not in the ARN. */
  readonly role: string;
  readonly session: string;
}

/** null for the ARN of another object. */
export function sessionInArn(arn: string): SessionInArn | null {
  const { service, resource, partition, accountId } = arnParts(arn);
  const [, role, session] = /^assumed-role\/([^/]+)\/(.+)$/s.exec(resource) ?? [];
  if (service !== "sts" || role === undefined || session === undefined) return null;
  return { partition, accountId, role, session };
}

/** Lambda adds the qualifier of the newest code to some answers. */
export function withoutLatest(arn: string): string {
  return functionInArn(arn)?.qualifier === "$LATEST" ? unqualifiedArn(arn) : arn;
}

export function isPolicyArn(arn: string): boolean {
  const { service, resource } = arnParts(arn);
  return service === "iam" && resource.startsWith("policy/");
}

/** The ARN of the bucket of an object, with a slash at its end; null for another ARN. */
export function bucketOfObject(arn: string): string | null {
  const { service, resource } = arnParts(arn);
  const end = resource.indexOf("/") + 1;
  return service !== "s3" || end === 0 ? null : arn.slice(0, arn.length - resource.length + end);
}

/** The name of a role or policy, without its path. */
export function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** `path` begins and ends with `/`. */
export function roleArn(at: { partition: Partition; accountId: AccountId }, path: string, name: string): Arn {
  return `arn:${at.partition}:iam::${at.accountId}:role${path}${name}` as Arn;
}

/** `path` begins and ends with `/`. */
export function policyArn(
  at: { partition: Partition; accountId: AccountId },
  path: string,
  name: string,
): Arn {
  return `arn:${at.partition}:iam::${at.accountId}:policy${path}${name}` as Arn;
}

export interface FunctionPlace {
  readonly partition: Partition;
  readonly accountId: AccountId;
  readonly region: Region;
}

/** The unqualified ARN, or the ARN with `:qualifier`. */
export function functionArn(at: FunctionPlace, name: string, qualifier: string | null): Arn {
  const unqualified = `arn:${at.partition}:lambda:${at.region}:${at.accountId}:function:${name}`;
  return (qualifier === null ? unqualified : `${unqualified}:${qualifier}`) as Arn;
}
