import { violation, violationsMessage } from "../bounds/check.ts";
import { bounded } from "../bounds/query.ts";
import { STS_BOUNDS } from "../bounds/models.ts";
import { type Call, type Input, type Operation, type Output, SimulatedError } from "../contract.ts";
import { optionalNumber, optionalText, requiredInput, iamValidationError } from "../iam/input.ts";
import type { Role } from "../iam/state.ts";
import { shownTrust } from "../iam/trust.ts";
import type { AccessKey } from "../world.ts";
import { checkSessionPolicy } from "../auth/session-policy.ts";
import { isTrustedBySimulator } from "./trust-evaluation.ts";

/** The state for STS: the keys of the world and the visible roles. */
export interface StsScope {
  readonly accessKeys: Record<string, AccessKey>;
  /** The key that signed this call. */
  readonly caller: AccessKey;
  readonly callerOrganizationId: string | undefined;
  roleByArn(arn: string): Role | undefined;
}

const MAX_CHAINED_SECONDS = 3_600;
const LONGEST_POLICY = 2_048;

function assumeRole(scope: StsScope, input: Input, call: Call): Output {
  const arn = requiredInput(input, "RoleArn");
  const sessionName = requiredInput(input, "RoleSessionName");
  const policy = optionalText(input, "Policy");
  checkPolicy(policy);
  const tags = requestedTags(input, scope.caller);
  const role = scope.roleByArn(arn);
  if (role === undefined || !mayAssume({ scope, role, tags: tags.all }, input, call))
    throw accessDenied(call, "sts:AssumeRole", arn);
  const PackedPolicySize = packedSize(policy, tags.all);
  const seconds = durationOf(scope, role, input);
  const key = sessionKey(role, { sessionName, policy, seconds, transitiveTags: tags.transitive }, call);
  dropExpired(scope.accessKeys, call.nowMs);
  scope.accessKeys[key.id] = key;
  return {
    Credentials: {
      AccessKeyId: key.id,
      SecretAccessKey: key.secret,
      SessionToken: key.session.token,
      Expiration: key.session.expiresAt,
    },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${sessionName}`, Arn: key.principalArn },
    ...(PackedPolicySize > 0 && { PackedPolicySize }),
  };
}

/** The model has no maximum, but the API reference has one. */
function checkPolicy(policy: string | undefined): void {
  if (policy === undefined) return;
  if (policy.length <= LONGEST_POLICY) return checkSessionPolicy(policy);
  const limit = `Member must have length less than or equal to ${LONGEST_POLICY}`;
  throw iamValidationError(violationsMessage([violation(policy, "policy", limit)]));
}

interface Assumption {
  readonly scope: StsScope;
  readonly role: Role;
  readonly tags: readonly SessionTag[];
}

function mayAssume({ scope, role, tags }: Assumption, input: Input, call: Call): boolean {
  const trust = shownTrust(role.trust, call);
  const principals = principalsOf(scope.caller);
  const shared = { ...callerContext(scope, call), ...tagContextOf(tags) };
  const context = { ...shared, ...assumeContext(input) };
  if (!isTrustedBySimulator(trust, { action: "sts:AssumeRole", principals, context })) return false;
  if (tags.length === 0) return true;
  if (isTrustedBySimulator(trust, { action: "sts:TagSession", principals, context: shared })) return true;
  throw accessDenied(call, "sts:TagSession", role.arn);
}

/** A session also counts as its role, and every principal counts as its account. */
function principalsOf({ principalArn, accountId, session }: AccessKey): ReadonlySet<string> {
  const partition = principalArn.split(":")[1] ?? "aws";
  const root = `arn:${partition}:iam::${accountId}:root`;
  return new Set([principalArn, root, accountId, ...(session === undefined ? [] : [session.roleArn])]);
}

type TagContext = Readonly<Record<string, readonly string[]>>;

function tagContextOf(tags: readonly SessionTag[]): TagContext {
  return {
    ...(tags.length > 0 && { "aws:tagkeys": tags.map(({ Key }) => Key) }),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:requesttag/${Key.toLowerCase()}`, [Value]])),
  };
}

function callerContext({ caller, callerOrganizationId }: StsScope, call: Call): TagContext {
  return {
    "aws:principalaccount": [caller.accountId],
    "aws:principalarn": [caller.session?.roleArn ?? call.principalArn],
    ...(callerOrganizationId !== undefined && { "aws:principalorgid": [callerOrganizationId] }),
  };
}

/** AWS lists these keys for AssumeRole, and not for TagSession. */
function assumeContext(input: Input): TagContext {
  const externalId = optionalText(input, "ExternalId");
  return {
    "sts:rolesessionname": [requiredInput(input, "RoleSessionName")],
    ...(externalId !== undefined && { "sts:externalid": [externalId] }),
  };
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
function durationOf({ caller }: StsScope, role: Role, input: Input): number {
  const seconds = optionalNumber(input, "DurationSeconds") ?? 3_600;
  if (caller.session !== undefined && seconds > MAX_CHAINED_SECONDS) {
    throw iamValidationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  }
  if (seconds <= role.maxSessionSeconds) return seconds;
  throw iamValidationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

interface NewSession {
  readonly sessionName: string;
  readonly seconds: number;
  readonly policy: string | undefined;
  readonly transitiveTags: readonly SessionTag[];
}

function sessionKey(
  role: Role,
  { sessionName, seconds, policy, transitiveTags }: NewSession,
  call: Call,
): AccessKey & Required<Pick<AccessKey, "session">> {
  const [, partition = "aws", , , accountId = ""] = role.arn.split(":");
  return {
    id: call.newId("ASIA"),
    secret: call.newSecret(),
    accountId,
    principalArn: `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/${sessionName}`,
    session: {
      token: call.newId("token-"),
      expiresAt: new Date(call.nowMs + seconds * 1_000).toISOString(),
      roleArn: role.arn,
      roleId: role.id,
      ...(policy !== undefined && { policy }),
      ...(transitiveTags.length > 0 && { transitiveTags }),
    },
  };
}

function dropExpired(keys: Record<string, AccessKey>, nowMs: number): void {
  const dayAgo = nowMs - 86_400_000;
  for (const { id, session } of Object.values(keys)) {
    if (session !== undefined && Date.parse(session.expiresAt) < dayAgo) delete keys[id];
  }
}

function accessDenied(call: Call, action: string, arn: string): SimulatedError {
  const message = `User: ${call.principalArn} is not authorized to perform: ${action} on resource: ${arn}`;
  return new SimulatedError("AccessDenied", message, 403);
}

function getCallerIdentity({ caller }: StsScope, _input: Input, call: Call): Output {
  const { principalArn, accountId, session } = caller;
  const ownId = principalArn.endsWith(":root") ? accountId : call.iam.principalId(principalArn);
  const sessionName = principalArn.slice(principalArn.lastIndexOf("/") + 1);
  const userId = session === undefined ? (ownId ?? principalArn) : `${session.roleId}:${sessionName}`;
  return { UserId: userId, Account: accountId, Arn: principalArn };
}

export const stsOperations: Readonly<Record<string, Operation<StsScope>>> = bounded(STS_BOUNDS, {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
});

interface SessionTag {
  readonly Key: string;
  readonly Value: string;
}

interface RequestedTags {
  /** Of the request, and inherited from the session of the caller. */
  readonly all: readonly SessionTag[];
  /** The next session inherits them. */
  readonly transitive: readonly SessionTag[];
}

/** @throws SimulatedError for keys that differ only in case, or that the calling session has already set for good */
function requestedTags(input: Input, { session }: AccessKey): RequestedTags {
  const own = (input["Tags"] ?? []) as readonly SessionTag[];
  const inherited = session?.transitiveTags ?? [];
  const keys = new Set(own.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < own.length)
    throw invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  if (inherited.some(({ Key }) => keys.has(Key.toLowerCase())))
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  const named = ((input["TransitiveTagKeys"] ?? []) as readonly string[]).map((key) => key.toLowerCase());
  if (named.some((key) => !keys.has(key)))
    throw invalid("The specified transitive tag key must be included in the requested tags.");
  const transitive = own.filter(({ Key }) => named.includes(Key.toLowerCase()));
  return { all: [...own, ...inherited], transitive: [...inherited, ...transitive] };
}

/**
 * Characters that fill the packed size. AWS does not publish how it packs. From public records: a policy of 104 characters
 * takes 6 %, nine tags with 2,268 characters take 498 %.
 */
const POLICY_CHARACTERS = 1_700;
const TAG_CHARACTERS = 455;

/** In percent. @throws SimulatedError above 100 % */
function packedSize(policy: string | undefined, tags: readonly SessionTag[]): number {
  const ofTags = tags.reduce((sum, { Key, Value }) => sum + Key.length + Value.length, 0);
  const share = (policy ?? "").length / POLICY_CHARACTERS + ofTags / TAG_CHARACTERS;
  const percent = Math.ceil(share * 100);
  if (percent <= 100) return percent;
  const what = tags.length > 0 ? "session tags" : "session policy";
  throw new SimulatedError(
    "PackedPolicyTooLarge",
    `Packed size of ${what} consumes ${percent}% of allotted space.`,
    400,
  );
}

function invalid(message: string): SimulatedError {
  return new SimulatedError("InvalidParameterValue", message, 400);
}
