import { arnParts, functionInArn, nameInArn, roleInArn } from "../aws/arn.ts";
import type { ChangedObject } from "./change-event.ts";

type NotNamed = Extract<ChangedObject, { readonly kind: "not-named" }>;

/**
 * Whether a call on the object may be one on this ARN of a role, policy or function. A policy and a role may have the same name;
 * IAM compares the names of roles without regard to case.
 */
export function mayBeObject(arn: string, object: ChangedObject): boolean {
  if (object.kind === "not-named") return mayBeNotNamed(arn, object);
  if (object.kind === "policy") return arn === object.arn;
  if (object.kind === "role") return roleInArn(arn)?.name.toLowerCase() === object.name.toLowerCase();
  const ofFunction = functionInArn(arn);
  return ofFunction?.name === object.name && ofFunction.region === object.region;
}

function mayBeNotNamed(arn: string, { service, region, names }: NotNamed): boolean {
  const ofFunction = functionInArn(arn);
  const isOfService = service === "lambda" ? ofFunction?.region === region : arnParts(arn).service === "iam";
  return isOfService && isAmong(ofFunction?.name ?? nameInArn(arn), names);
}

/** @param names ARNs or names; if there are none, it is */
export function isAmong(name: string, names: NotNamed["names"]): boolean {
  const same = name.toLowerCase();
  return names.length === 0 || names.some((one) => searchName(one) === same);
}

/** The name in the ARN of a role, policy or function, or the name itself, without regard to case. */
export function searchName(text: string): string {
  return (functionInArn(text)?.name ?? nameInArn(text)).toLowerCase();
}

/** The search names that an object with `mayBeObject` has; null: it may have any. */
export function searchNamesOf(object: ChangedObject): readonly string[] | null {
  if (object.kind === "policy") return [searchName(object.arn)];
  if (object.kind !== "not-named") return [object.name.toLowerCase()];
  return object.names.length === 0 ? null : [...new Set(object.names.map(searchName))];
}
