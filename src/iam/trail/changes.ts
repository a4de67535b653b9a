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

type ChangeCall = Pick<TrailRecord, "accountId" | "service" | "operation" | "parameters" | "response"> & {
  readonly region: Region;
};

/**
 * What a recorded call changed. `foreign`: nothing that is compared; `malformed`: a parameter is missing that AWS requires
 * of the call. A newer form of a known call is still a change of its object.
 */
export function changeOf(record: ChangeCall): Change | "foreign" | "malformed" {
  const { service, operation, parameters } = record;
  const aspects = own(CHANGES, service);
  const read = aspects === undefined ? undefined : own(aspects, operation);
  // Code alone changes nothing that is compared; a version that is published with it has the role of the function.
  const isCodeAlone = operation === "UpdateFunctionCode" && parameters["publish"] !== true;
  if (read === undefined || isCodeAlone) return "foreign";
  const object = service === "lambda" ? functionOf(record) : iamObjectOf(record);
  if (object === "foreign") return "foreign";
  return object === null ? "malformed" : { object, aspect: read(parameters, record) ?? { kind: "other" } };
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
  CreatePolicyVersion: ({ policyDocument, setAsDefault }) => ({
    kind: "version-created",
    document: documentOf(policyDocument),
    isDefault: setAsDefault === true,
  }),
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
  UpdateFunctionConfiguration: ({ role }) => named(role, (roleArn) => ({ kind: "function-role", roleArn })),
  UpdateFunctionCode: OTHER,
  PublishVersion: OTHER,
  CreateAlias: OTHER,
  UpdateAlias: OTHER,
  DeleteAlias: OTHER,
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

function settings({ description, maxSessionDuration }: Fields): ChangedAspect {
  return {
    kind: "settings",
    description: typeof description === "string" && description.length <= 1_000 ? description : null,
    maxSessionSeconds: typeof maxSessionDuration === "number" ? maxSessionDuration : null,
  };
}

/** An object of IAM has no more tags. A forged list of thousands would fill the record. */
const MOST_TAGS = 50;

function tagsSet({ tags }: Fields): ChangedAspect | null {
  const list = Array.isArray(tags) ? tags.map(fieldsOf) : [];
  if (list.length > MOST_TAGS) return null;
  const pairs = list.map(({ key, value }) => [shortText(key), shortText(value)] as const);
  return { kind: "tags-set", tags: Object.fromEntries(pairs.filter(([key]) => key !== "")) };
}

function tagsDeleted({ tagKeys }: Fields): ChangedAspect | null {
  const keys = Array.isArray(tagKeys) ? tagKeys.map(shortText) : [];
  if (keys.length > MOST_TAGS) return null;
  return { kind: "tags-deleted", keys: keys.filter((key) => key !== "") };
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

/** Of the canonical JSON of a document: two documents with the same JSON have the same; null: it is no object of JSON. */
export function documentDigest(text: string): Digest | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? digestOf(parsed as Json) : null;
  } catch {
    // No JSON, or nested too deeply for a text of its own.
    return null;
  }
}
