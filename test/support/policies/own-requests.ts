import { accessRequest, type AccessRequest } from "../../../src/iam/evaluate/request.ts";
import { parseCaller } from "../../../src/iam/evaluate/caller.ts";
import type { CallRecord } from "../../../src/simulator/calls.ts";
import type { WorldState } from "../../../src/simulator/world.ts";

/** One permission that AWS looks at before it carries out a call of Grantkeeper. */
export interface OwnRequest {
  readonly accountId: string;
  readonly identity: string;
  readonly request: AccessRequest;
}

interface Facts {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

interface Tagged {
  readonly tags: Map<string, string>;
}

interface RoleState extends Tagged {
  readonly arn: string;
  /** ARN; "" for none. */
  boundary: string;
}

type Tags = readonly { readonly Key: string; readonly Value: string }[];

/**
 * What AWS asks of the caller at each call of Grantkeeper's identities, with the condition keys that the service has
 * then: the tags and boundaries of that moment are followed from the world at the start through every call that took
 * effect, people's too.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 */
export function ownRequests(start: WorldState, calls: readonly CallRecord[]): readonly OwnRequest[] {
  const state = new OwnedState(start);
  return calls.flatMap((call) => {
    const identity = identityOf(call.principalArn);
    const found = identity === null ? [] : state.factsOf(call).map((facts) => made(call, identity, facts));
    if (call.effective) state.follow(call);
    return found;
  });
}

function identityOf(principalArn: string): string | null {
  if (principalArn.endsWith(":role/grantkeeper-base")) return "base";
  return /:assumed-role\/(observer|writer|binder|reader)\//.exec(principalArn)?.[1] ?? null;
}

function made({ principalArn, accountId }: CallRecord, identity: string, facts: Facts): OwnRequest {
  const caller = parseCaller(principalArn);
  if (caller.kind === "err") throw new Error(`${principalArn} ${caller.error}`);
  return { accountId, identity, request: accessRequest({ caller: caller.value, ...facts }) };
}

class OwnedState {
  /** By account and name; by ARN. */
  readonly #roles = new Map<string, RoleState>();
  readonly #policies = new Map<string, Tagged>();
  /** The key of a function's environment, by the function's ARN. */
  readonly #keys: ReadonlyMap<string, string>;

  /** By its management account. */
  readonly #organizationOf: ReadonlyMap<string, string>;

  constructor(start: WorldState) {
    const organizations = Object.values(start.organizations ?? {});
    this.#organizationOf = new Map(organizations.map((each) => [each.managementAccountId, each.id]));
    this.#keys = functionKeys(start);
    for (const { id, iam } of Object.values(start.accounts)) {
      for (const { name, arn, tags, boundaryArn = "" } of Object.values(iam.roles))
        this.#roles.set(`${id} ${name}`, { arn, tags: tagMap(tags), boundary: boundaryArn });
      for (const { arn, tags } of Object.values(iam.policies))
        this.#policies.set(arn, { tags: tagMap(tags) });
    }
  }

  factsOf(call: CallRecord): readonly Facts[] {
    const action = `${call.service}:${call.operation}`;
    if (action === "sts:AssumeRole") return ofSession(action, call);
    if (action === "iam:CreateRole") return withTagging(action, "iam:TagRole", roleArn(call), call);
    if (action === "iam:CreatePolicy") return withTagging(action, "iam:TagPolicy", policyArn(call), call);
    if ("RoleName" in call.input) return [this.#ofRole(action, call)];
    if ("PolicyArn" in call.input) return [this.#ofPolicy(action, call)];
    if ("Arn" in call.input) return [{ action, resource: given(call, "Arn") }];
    if ("FunctionName" in call.input) return ofFunction(action, call, this.#keys);
    if (call.service === "cloudformation") return [{ action, resource: stackArn(call) }];
    if (call.service === "ssm") return parameterArns(call).map((resource) => ({ action, resource }));
    if (call.service === "sqs") return [ofQueue(call)];
    if (call.service === "organizations") return [{ action, resource: this.#inOrganization(call) }];
    return [{ action, resource: "*" }];
  }

  /** The root, unit, account or policy that the call names. */
  #inOrganization(call: CallRecord): string {
    const keys = ["ParentId", "ChildId", "TargetId", "ResourceId", "PolicyId"];
    const id = keys.map((key) => given(call, key)).find((value) => value !== "");
    if (id === undefined) return "*";
    if (id.endsWith("FullAWSAccess")) return `arn:aws:organizations::aws:policy/${typeOf(id)}/${id}`;
    if (id.startsWith("p-")) return this.#organizationArn(call, `policy/ORGANIZATION/${typeOf(id)}/${id}`);
    const type = id.startsWith("r-") ? "root" : id.startsWith("ou-") ? "ou" : "account";
    return this.#organizationArn(call, `${type}/ORGANIZATION/${id}`);
  }

  #organizationArn({ accountId }: CallRecord, resource: string): string {
    const organization = this.#organizationOf.get(accountId) ?? "o-unknown";
    return `arn:aws:organizations::${accountId}:${resource.replace("ORGANIZATION", organization)}`;
  }

  #ofRole(action: string, call: CallRecord): Facts {
    const role = this.#role(call);
    const asked = call.operation === "PutRolePermissionsBoundary" ? given(call, "PermissionsBoundary") : "";
    const keys = {
      "iam:PermissionsBoundary": asked === "" ? (role?.boundary ?? "") : asked,
      "iam:PolicyARN": given(call, "PolicyArn"),
    };
    const context = { ...resourceTags(role), ...requestTags(call), ...present(keys) };
    return { action, resource: role?.arn ?? roleArn(call), context };
  }

  #ofPolicy(action: string, call: CallRecord): Facts {
    const resource = given(call, "PolicyArn");
    const context = { ...resourceTags(this.#policies.get(resource)), ...requestTags(call) };
    return { action, resource, context };
  }

  #role(call: CallRecord): RoleState | undefined {
    return this.#roles.get(roleKey(call));
  }

  /** What the call left behind of tags and boundaries. */
  follow(call: CallRecord): void {
    const { operation } = call;
    const role = this.#role(call);
    const boundary = given(call, "PermissionsBoundary");
    if (operation === "CreateRole")
      this.#roles.set(roleKey(call), { arn: roleArn(call), tags: tagsIn(call), boundary });
    if (operation === "CreatePolicy") this.#policies.set(policyArn(call), { tags: tagsIn(call) });
    if (operation === "DeleteRole") this.#roles.delete(roleKey(call));
    if (operation.endsWith("RolePermissionsBoundary") && role !== undefined) role.boundary = boundary;
    const tagged = role ?? this.#policies.get(given(call, "PolicyArn"));
    if (operation.startsWith("Tag")) for (const [key, value] of tagsIn(call)) tagged?.tags.set(key, value);
    if (operation.startsWith("Untag")) for (const key of keysIn(call)) tagged?.tags.delete(key);
  }
}

/** The id at its end is not in the call. */
function stackArn(call: CallRecord): string {
  return `arn:aws:cloudformation:${call.region}:${call.accountId}:stack/${given(call, "StackName")}/1`;
}

function parameterArns({ input, region, accountId }: CallRecord): readonly string[] {
  const names = Array.isArray(input["Names"]) ? input["Names"].map(String) : [];
  return names.map((name) => `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`);
}

/** "" where the call does not give it. */
function given({ input }: CallRecord, name: string): string {
  const value = input[name];
  return typeof value === "string" ? value : "";
}

function present(keys: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== ""));
}

function roleKey(call: CallRecord): string {
  return `${call.accountId} ${given(call, "RoleName")}`;
}

/** Of a role that is made, or of one that is not there. */
function roleArn(call: CallRecord): string {
  const path = given(call, "Path");
  return `arn:aws:iam::${call.accountId}:role${path === "" ? "/" : path}${given(call, "RoleName")}`;
}

function policyArn(call: CallRecord): string {
  return `arn:aws:iam::${call.accountId}:policy${given(call, "Path")}${given(call, "PolicyName")}`;
}

/** AWS lists the external id and the session name for AssumeRole alone. */
function ofSession(action: string, call: CallRecord): readonly Facts[] {
  const resource = given(call, "RoleArn");
  const tags = requestTags(call);
  const assume = { action, resource, context: { ...tags, ...sessionContext(call) } };
  if (Object.keys(tags).length === 0) return [assume];
  return [assume, { action: "sts:TagSession", resource, context: tags }];
}

function sessionContext(call: CallRecord): Readonly<Record<string, string>> {
  return present({
    "sts:ExternalId": given(call, "ExternalId"),
    "sts:RoleSessionName": given(call, "RoleSessionName"),
  });
}

/** A create call with tags needs the permission to tag, which AWS checks before the object has tags. */
function withTagging(action: string, tagging: string, resource: string, call: CallRecord): readonly Facts[] {
  const tags = requestTags(call);
  const boundary = present({ "iam:PermissionsBoundary": given(call, "PermissionsBoundary") });
  const create = { action, resource, context: { ...tags, ...boundary } };
  return Object.keys(tags).length === 0 ? [create] : [create, { action: tagging, resource, context: tags }];
}

function functionKeys({ accounts }: WorldState): ReadonlyMap<string, string> {
  const found = Object.values(accounts).flatMap(({ id, lambda }) =>
    Object.entries(lambda).flatMap(([region, { functions }]) =>
      Object.values(functions).map(({ name, versions }) => {
        const key = versions["$LATEST"]?.["KMSKeyArn"];
        return [
          `arn:aws:lambda:${region}:${id}:function:${name}`,
          typeof key === "string" ? key : "",
        ] as const;
      }),
    ),
  );
  return new Map(found);
}

/** A function that gets a role: Lambda passes it, and makes a grant for it on the function's key, as the caller. */
function typeOf(policyId: string): string {
  return /^p-(RCP|perimeter)/.test(policyId) ? "resource_control_policy" : "service_control_policy";
}

function ofFunction(action: string, call: CallRecord, keys: ReadonlyMap<string, string>): readonly Facts[] {
  const [name, qualifier, role] = ["FunctionName", "Qualifier", "Role"].map((each) => given(call, each));
  const bare = `arn:aws:lambda:${call.region}:${call.accountId}:function:${name}`;
  const resource = qualifier === "" ? bare : `${bare}:${qualifier}`;
  const context = present({
    "lambda:Principal": given(call, "Principal"),
    "lambda:FunctionUrlAuthType": given(call, "FunctionUrlAuthType"),
  });
  const facts = { action, resource, context };
  if (role === undefined || role === "") return [facts];
  const passed = { "iam:PassedToService": "lambda.amazonaws.com" };
  const pass = { action: "iam:PassRole", resource: role, context: passed };
  const key = keys.get(bare) ?? "";
  if (key === "") return [facts, pass];
  const viaLambda = { "kms:ViaService": `lambda.${call.region}.amazonaws.com` };
  const ofKey = ["kms:CreateGrant", "kms:Encrypt"].map((each) => ({
    action: each,
    resource: key,
    context: viaLambda,
  }));
  return [facts, pass, ...ofKey];
}

/** A batch needs the permission of the single call. */
function ofQueue(call: CallRecord): Facts {
  const [, account, name] = new URL(given(call, "QueueUrl")).pathname.split("/");
  const resource = `arn:aws:sqs:${call.region}:${account}:${name}`;
  return { action: `sqs:${call.operation.replace(/Batch$/, "")}`, resource };
}

function tagMap(tags: Tags): Map<string, string> {
  return new Map(tags.map(({ Key, Value }) => [Key, Value]));
}

function tagsIn({ input }: CallRecord): Map<string, string> {
  return tagMap((input["Tags"] ?? []) as Tags);
}

function keysIn({ input }: CallRecord): readonly string[] {
  return (input["TagKeys"] ?? []) as readonly string[];
}

function requestTags(call: CallRecord): Readonly<Record<string, string | readonly string[]>> {
  const tags = tagsIn(call);
  const keys = [...tags.keys(), ...keysIn(call)];
  if (keys.length === 0) return {};
  const values = [...tags].map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return { ...Object.fromEntries(values), "aws:TagKeys": keys };
}

function resourceTags(tagged: Tagged | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...(tagged?.tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  );
}
