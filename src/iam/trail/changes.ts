import { functionInArn, hasArnParts } from "../../model/aws/arn.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { ChangedAspect, ChangedObject } from "../../model/changes/change-event.ts";
import { digestOf, type Digest } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import { isObject } from "../../text/json-values.ts";
import { fieldsOf, type Fields } from "../fields.ts";
import { shortText, textOrNull, type TrailRecord } from "./trail-record.ts";

interface Change {
  readonly object: ChangedObject;
  readonly aspect: ChangedAspect;
}

type ChangeCall = Pick<
  TrailRecord,
  "accountId" | "service" | "operation" | "parameters" | "hasParameters" | "resources" | "response"
> & {
  readonly region: Region;
  /** The names by which a search found the record; empty: it was not searched. */
  readonly soughtNames: readonly string[];
};

const UNREAD: ChangedAspect = { kind: "unread" };

/**
 * What a recorded call changed; null: nothing that is compared. A newer form of a known call is still a change of its object,
 * and so is a call whose parameters the record does not have: what it changed is unread.
 */
export function recordedChange(record: ChangeCall): Change | null {
  const { service, operation, parameters, hasParameters } = record;
  const aspects = own(CHANGES, service);
  const read = aspects === undefined ? undefined : own(aspects, operation);
  // Code alone changes nothing that is compared; a version that is published with it has the role of the function.
  const isCodeAlone = operation === "UpdateFunctionCode" && hasParameters && parameters["publish"] !== true;
  if (read === undefined || isCodeAlone) return null;
  const object = service === "lambda" ? functionOf(record) : iamObjectOf(record);
  if (object === "foreign") return null;
  if (object === null) return { object: notNamed(record), aspect: UNREAD };
  return { object, aspect: (hasParameters ? read(parameters, record) : null) ?? UNREAD };
}

/** The call may have changed any object of the service, unless the search or the record names some. */
function notNamed({ service, region, resources, soughtNames }: ChangeCall): ChangedObject {
  const names = soughtNames.length > 0 ? soughtNames : (resources ?? []);
  return { kind: "not-named", service: service === "lambda" ? "lambda" : "iam", region, names };
}

/** null: a parameter is not as expected, so that only the object is known. */
type ReadAspect = (parameters: Fields, record: ChangeCall) => ChangedAspect | null;

const OTHER: ReadAspect = () => ({ kind: "other" });

const IAM: Readonly<Record<string, ReadAspect>> = {
  CreateRole: (_, { response }) => ({
    kind: "created",
    id: textOrNull(fieldsOf(response["role"])["roleId"]),
  }),
  DeleteRole: () => ({ kind: "deleted" }),
  UpdateRole: settings,
  UpdateRoleDescription: settings,
  UpdateAssumeRolePolicy: ({ policyDocument }) => ({ kind: "trust", document: documentOf(policyDocument) }),
  PutRolePolicy: ({ policyName, policyDocument }) =>
    named(policyName, (name) => ({
      kind: "inline-set",
      policyName: name,
      document: documentOf(policyDocument),
    })),
  DeleteRolePolicy: ({ policyName }) =>
    named(policyName, (name) => ({ kind: "inline-deleted", policyName: name })),
  AttachRolePolicy: ({ policyArn }) => named(policyArn, (arn) => ({ kind: "attached", arn })),
  DetachRolePolicy: ({ policyArn }) => named(policyArn, (arn) => ({ kind: "detached", arn })),
  PutRolePermissionsBoundary: ({ permissionsBoundary }) =>
    named(permissionsBoundary, (arn) => ({ kind: "boundary-set", arn })),
  DeleteRolePermissionsBoundary: () => ({ kind: "boundary-deleted" }),
  TagRole: tagsSet,
  UntagRole: tagsDeleted,
  AddRoleToInstanceProfile: OTHER,
  RemoveRoleFromInstanceProfile: OTHER,
  CreatePolicy: () => ({ kind: "created", id: null }),
  DeletePolicy: () => ({ kind: "deleted" }),
  CreatePolicyVersion: ({ policyDocument, setAsDefault = false }) =>
    typeof setAsDefault !== "boolean"
      ? null
      : { kind: "version-created", document: documentOf(policyDocument), isDefault: setAsDefault },
  DeletePolicyVersion: OTHER,
  SetDefaultPolicyVersion: ({ versionId }) =>
    named(versionId, (version) => ({ kind: "default-version", versionId: version })),
  TagPolicy: tagsSet,
  UntagPolicy: tagsDeleted,
};

const LAMBDA: Readonly<Record<string, ReadAspect>> = {
  AddPermission: ({ statementId }) => named(statementId, (sid) => ({ kind: "statement-added", sid })),
  RemovePermission: ({ statementId }) => named(statementId, (sid) => ({ kind: "statement-removed", sid })),
  PutResourcePolicy: OTHER,
  DeleteResourcePolicy: OTHER,
  CreateFunction: ({ role }) => named(role, (roleArn) => ({ kind: "function-role", roleArn })),
  DeleteFunction: () => ({ kind: "deleted" }),
  // A call without a role leaves it as it is.
  UpdateFunctionConfiguration: ({ role }) =>
    role === undefined ? { kind: "other" } : named(role, (roleArn) => ({ kind: "function-role", roleArn })),
  UpdateFunctionCode: OTHER,
  PublishVersion: OTHER,
  CreateAlias: OTHER,
  UpdateAlias: OTHER,
  DeleteAlias: ({ name }) => named(name, (alias) => ({ kind: "alias-deleted", alias })),
};

/** By service, then by call; every other call changes nothing that is compared. */
const CHANGES: Readonly<Record<string, Readonly<Record<string, ReadAspect>>>> = { iam: IAM, lambda: LAMBDA };

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function named(value: unknown, make: (name: string) => ChangedAspect): ChangedAspect | null {
  const name = shortText(value);
  return name === "" ? null : make(name);
}

function settings({ description, maxSessionDuration }: Fields): ChangedAspect | null {
  const isReadable =
    (description === undefined || (typeof description === "string" && description.length <= 1_000)) &&
    (maxSessionDuration === undefined || typeof maxSessionDuration === "number");
  if (!isReadable) return null;
  return {
    kind: "settings",
    description: description ?? null,
    maxSessionSeconds: maxSessionDuration ?? null,
  };
}

/** An object of IAM has no more tags. A forged list of thousands would fill the record. */
const MOST_TAGS = 50;

/** null: a tag cannot be read, so that the call may have set any. */
function tagsSet({ tags }: Fields): ChangedAspect | null {
  if (!Array.isArray(tags) || tags.length > MOST_TAGS) return null;
  const pairs = tags.map(fieldsOf).map(({ key, value }) => [shortText(key), value] as const);
  const readable = pairs.flatMap(([key, value]) =>
    key === "" || (value !== "" && shortText(value) === "") ? [] : [[key, shortText(value)] as const],
  );
  return readable.length < pairs.length ? null : { kind: "tags-set", tags: Object.fromEntries(readable) };
}

function tagsDeleted({ tagKeys }: Fields): ChangedAspect | null {
  if (!Array.isArray(tagKeys) || tagKeys.length > MOST_TAGS) return null;
  const keys = tagKeys.map(shortText);
  return keys.includes("") ? null : { kind: "tags-deleted", keys };
}

function iamObjectOf({ parameters, response }: ChangeCall): ChangedObject | null {
  const role = shortText(parameters["roleName"]);
  if (role !== "") return { kind: "role", name: role };
  const created = fieldsOf(response["policy"])["arn"];
  const arn = shortText(parameters["policyArn"] ?? created);
  return hasArnParts(arn) ? { kind: "policy", arn } : null;
}

/**
 * The call may name the function by its name or an ARN, whole or from the account on, each with or without a qualifier. The
 * account of the caller has a record of a call on a function of another account, too: that changed nothing here.
 */
function functionOf({ accountId, region, parameters }: ChangeCall): ChangedObject | "foreign" | null {
  const text = shortText(parameters["functionName"]);
  const inArn = functionInArn(text);
  const found = inArn ?? PARTIAL_ARN.exec(text)?.groups;
  const name = found?.name;
  if (found === undefined || name === undefined) return null;
  if ((found.accountId ?? accountId) !== accountId) return "foreign";
  if (inArn !== null && inArn.region !== region) return null;
  const qualifier = textOrNull(parameters["qualifier"]) ?? found.qualifier ?? null;
  return { kind: "function", region, name, qualifier };
}

const PARTIAL_ARN =
  /^(?:(?<accountId>\d{12}):)?(?:function:)?(?<name>[\w$-]{1,140})(?::(?<qualifier>[\w$-]{1,128}))?$/;

/** No policy of IAM is longer, spaces included. */
const MOST_OF_DOCUMENT = 131_072;

/** CloudTrail has documents as texts of JSON. */
function documentOf(value: unknown): Digest | null {
  return typeof value === "string" && value.length <= MOST_OF_DOCUMENT ? documentDigest(value) : null;
}

/** The digest of the canonical JSON of a document: two documents with the same JSON have the same; null: it is no object of JSON. */
export function documentDigest(text: string): Digest | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? digestOf(parsed as Json) : null;
  } catch {
    // No JSON, or nested too deeply for a text of its own.
    return null;
  }
}
