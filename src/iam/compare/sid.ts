import { sha256Hex } from "../../model/values/digest.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { DocumentContext } from "../document.ts";
import { statementFingerprint } from "./equivalence.ts";

/**
 * `gk_<instance8>_<owner8>_`: what the Sid of every statement of one owner (`namespace/name`) begins with. A statement
 * in a function's policy is ours when its Sid does.
 */
export function callerSidPrefix(instance: string, owner: string): string {
  return callerSidPrefixes(instance)(owner);
}

/** The same for many owners of one instance, whose name is hashed once. */
export function callerSidPrefixes(instance: string): (owner: string) => string {
  const start = `gk_${sha256Hex(instance).slice(0, 8)}_`;
  return (owner) => `${start}${sha256Hex(owner).slice(0, 8)}_`;
}

/** The prefix and twelve digits of the statement's content: changed content has another Sid. */
export function callerSid(prefix: string, statement: Statement, context: DocumentContext): string {
  return prefix + statementFingerprint(statement, context).slice(0, 12);
}

/** True for a Sid of the same instance and another owner, whose manifest may remove the statement with any revision. */
export function isOtherOwnersSid(sid: string, prefix: string): boolean {
  const ofInstance = prefix.slice(0, prefix.indexOf("_", "gk_".length) + 1);
  return sid.startsWith(ofInstance) && !sid.startsWith(prefix) && SID.test(sid);
}

const SID = /^gk_[0-9a-f]{8}_[0-9a-f]{8}_[0-9a-f]{12}$/;

/** True for a Sid of this owner, with any content. */
export function isOurSid(sid: string, prefix: string): boolean {
  return sid.startsWith(prefix) && /^[0-9a-f]{12}$/.test(sid.slice(prefix.length));
}
