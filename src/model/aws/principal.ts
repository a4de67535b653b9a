const TYPES = ["AWS", "Service", "Federated", "CanonicalUser"] as const;
export type PrincipalType = (typeof TYPES)[number];

/**
 * A principal of a policy as one name: its type, a blank and its value. Two principals are the same exactly if their names are.
 * Only this file composes and reads such names.
 */
export interface Principal {
  /** null: `"*"` without a type. */
  readonly type: PrincipalType | null;
  readonly value: string;
}

/** `AWS arn:…`, `Service lambda.amazonaws.com`. */
export function principalName(type: PrincipalType, value: string): string {
  return `${type} ${value}`;
}

export function principalOf(name: string): Principal {
  const type = TYPES.find((one) => name.startsWith(`${one} `));
  return type === undefined ? { type: null, value: name } : { type, value: name.slice(type.length + 1) };
}

/** Everyone in a resource policy; in a trust policy, those that sign with credentials of AWS. */
export const ANYONE = principalName("AWS", "*");
/** `"*"` in a trust policy, which means everyone of every type. */
export const ANY_TYPE = "*";
export const LAMBDA_SERVICE = principalName("Service", "lambda.amazonaws.com");

/** In any policy: everyone, or everyone with credentials of AWS. */
export function isEveryone(name: string): boolean {
  return name === ANYONE || name === ANY_TYPE;
}

export function isPrincipalType(type: string): type is PrincipalType {
  return TYPES.some((one) => one === type);
}

/** All principals of one account: its root as the principal. */
export function isAccountRoot(name: string): boolean {
  const { type, value } = principalOf(name);
  return type === "AWS" && value.startsWith("arn:") && value.endsWith(":root");
}
