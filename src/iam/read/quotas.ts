import { DEFAULT_QUOTAS } from "../../model/live.ts";
import type { Dialect } from "../../model/aws/policy-document.ts";
import { quotaSize } from "./print.ts";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const RESOURCE_POLICY_SIZE = 20_480;
/** From this share of a quota on it is worth a warning. */
export const WARN_FROM = 0.8;

/** How much of a quota a document takes, as AWS counts: without white space between the tokens. */
export interface DocumentSize {
  /** What the document would be: `inline policy` … */
  readonly as: string;
  readonly used: number;
  readonly quota: number;
}

/**
 * The quotas that a document answers to, the largest first. A role's inline policies share theirs; the one of a trust
 * policy can be raised to 8,192.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function documentSizes(text: string, dialect: Dialect, isManaged: boolean): readonly DocumentSize[] {
  const used = quotaSize(text);
  const managed = { as: "managed policy", used, quota: DEFAULT_QUOTAS.policySize };
  const inline = { as: "inline policy", used, quota: DEFAULT_QUOTAS.rolePolicySize };
  const trust = { as: "trust policy", used, quota: DEFAULT_QUOTAS.assumeRolePolicySize };
  const resource = { as: "function's policy", used, quota: RESOURCE_POLICY_SIZE };
  const identity = isManaged ? [managed] : [inline, managed];
  return { identity, boundary: [managed], trust: [trust], resource: [resource] }[dialect];
}
