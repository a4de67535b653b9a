import { functionInArn, nameInArn } from "../aws/arn.ts";
import type { ChangedObject } from "./change-event.ts";

type NotNamed = Extract<ChangedObject, { readonly kind: "not-named" }>;

/**
 * Whether a call on the object may be one on this ARN of a role, policy or function. A policy and a role may have the same name;
 * IAM compares the names of roles without regard to case.
 */
export function mayBeObject(arn: string, object: ChangedObject): boolean {
  if (object.kind === "not-named") return mayBeNotNamed(arn, object);
  if (object.kind === "policy") return arn === object.arn;
  if (object.kind === "role")
    return ROLE_ARN.test(arn) && nameInArn(arn).toLowerCase() === object.name.toLowerCase();
  const ofFunction = functionInArn(arn);
  return ofFunction?.name === object.name && ofFunction.region === object.region;
}

const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\//;

function mayBeNotNamed(arn: string, { service, region, names }: NotNamed): boolean {
  const ofFunction = functionInArn(arn);
  const isOfService = service === "lambda" ? ofFunction?.region === region : arn.includes(":iam:");
  return isOfService && isAmong(ofFunction?.name ?? nameInArn(arn), names);
}

/** @param names ARNs or names; if there are none, it is */
export function isAmong(name: string, names: NotNamed["names"]): boolean {
  const same = name.toLowerCase();
  const nameOf = (text: string): string => functionInArn(text)?.name ?? nameInArn(text);
  return names.length === 0 || names.some((one) => nameOf(one).toLowerCase() === same);
}
