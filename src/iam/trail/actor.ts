import { nameInArn, roleInArn } from "../../model/aws/arn.ts";
import type { Actor } from "../../model/changes/change-event.ts";
import { fieldsOf } from "../fields.ts";
import { shortText, textOrNull, type TrailRecord } from "./trail-record.ts";

/**
 * The session of a role that made a call; null: the caller is none. Lambda names the session of a function after the
 * function; other names are those of services and people.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function sessionOf(
  identity: TrailRecord["identity"],
): { readonly roleArn: string; readonly name: string } | null {
  if (identity["type"] !== "AssumedRole") return null;
  const roleArn = shortText(fieldsOf(fieldsOf(identity["sessionContext"])["sessionIssuer"])["arn"]);
  const [, name = ""] = shortText(identity["principalId"]).split(":");
  return roleInArn(roleArn) === null ? null : { roleArn, name };
}

/** The caller of a recorded call. */
export function actorOf(record: TrailRecord): Actor {
  const { identity, accountId, sourceAddress } = record;
  const own = shortText(identity["accountId"]);
  return {
    ...callerOf(identity),
    service: serviceOf(record),
    accountId: own === "" || own === accountId ? null : own,
    sourceAddress: serviceName(sourceAddress) === null ? sourceAddress : null,
    accessKeyId: textOrNull(identity["accessKeyId"]),
    usedMfa: mfaOf(identity),
  };
}

type CallerOfRecord = Pick<Actor, "kind" | "name" | "role" | "roleArn" | "issuer">;

function callerOf(identity: TrailRecord["identity"]): CallerOfRecord {
  const none = { role: null, roleArn: null };
  const session = sessionOf(identity);
  if (session !== null) {
    const { roleArn, name } = session;
    const role = nameInArn(roleArn).replace(IDENTITY_CENTER_END, "$1");
    return { kind: "role-session", name: name === "" ? role : name, role, roleArn };
  }
  const arn = shortText(identity["arn"]);
  const user = shortText(identity["userName"]);
  const type = identity["type"];
  if (type === "Root") return { kind: "root", name: "root", ...none };
  if (type === "IAMUser") return { kind: "user", name: user === "" ? nameInArn(arn) : user, ...none };
  if (type === "FederatedUser")
    return { kind: "federated-user", name: nameInArn(arn), ...none, ...issuerOf(identity) };
  const service = serviceName(textOrNull(identity["invokedBy"]));
  if (type === "AWSService" && service !== null) return { kind: "service", name: service, ...none };
  // A session without its role, an identity of IAM Identity Center, a caller of another account, or a type of the future.
  const name = user === "" ? nameInArn(arn) : user;
  return { kind: "unknown", name: name === "" ? shortText(identity["principalId"]) : name, ...none };
}

/** The caller of GetFederationToken chooses the name of the federated user; AWS records who called. */
function issuerOf(identity: TrailRecord["identity"]): Pick<Actor, "issuer"> {
  const issuer = fieldsOf(fieldsOf(identity["sessionContext"])["sessionIssuer"]);
  const arn = shortText(issuer["arn"]);
  if (arn === "") return {};
  return { issuer: issuer["type"] === "Root" ? "root" : `user ${nameInArn(arn)}` };
}

/** `AWSReservedSSO_Admin_0123456789abcdef` */
const IDENTITY_CENTER_END = /^(AWSReservedSSO_.+)_[0-9a-f]{16}$/;

/** CloudFormation writes its name in place of the address, and calls with the session of the caller that changed the stack. */
function serviceOf({ identity, sourceAddress }: TrailRecord): string | null {
  if (identity["type"] === "AWSService") return null;
  return serviceName(textOrNull(identity["invokedBy"])) ?? serviceName(sourceAddress);
}

function serviceName(text: string | null): string | null {
  return text !== null && /^[a-z0-9.-]+\.amazonaws\.com$/.test(text) ? text : null;
}

function mfaOf(identity: TrailRecord["identity"]): boolean | null {
  const attributes = fieldsOf(fieldsOf(identity["sessionContext"])["attributes"]);
  const used = attributes["mfaAuthenticated"];
  if (used === "true" || used === true) return true;
  return used === "false" || used === false ? false : null;
}
