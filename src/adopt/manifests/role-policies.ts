import type { Arn } from "../../model/aws/arn.ts";
import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import { DEFAULT_QUOTAS, type LiveAccount, type LivePolicy, type LiveRole } from "../../model/live.ts";
import { quotasOfRole, type Estate, type EstateIam } from "../estate/estate.ts";
import type { PolicyText } from "../recognize/role-statements.ts";

/** A customer-managed policy that a role attaches. */
export interface AttachedPolicyText extends PolicyText {
  readonly arn: Arn;
  readonly policyName: string;
}

export type RolePolicyTexts =
  | {
      readonly kind: "known";
      readonly inline: readonly PolicyText[];
      readonly customerManaged: readonly AttachedPolicyText[];
      readonly awsManaged: readonly Arn[];
    }
  | { readonly kind: "unknown"; readonly reason: string };

/** Every policy of the role with its text, or why one of them is not known. */
export function rolePolicies(role: LiveRole, iam: EstateIam): RolePolicyTexts {
  const customerManaged: AttachedPolicyText[] = [];
  const awsManaged: Arn[] = [];
  for (const arn of role.attachments) {
    const found = attachedText(arn, iam);
    if (found.kind === "unknown") return found;
    if (isOfAws(arn)) awsManaged.push(arn);
    else {
      const policyName = nameInArn(arn);
      customerManaged.push({ arn, policyName, name: `policy ${policyName}`, text: found.text });
    }
  }
  const inline = role.inline.map(({ name, text }) => ({ name: `inline policy ${name}`, text }));
  return { kind: "known", inline, customerManaged, awsManaged };
}

function isOfAws(arn: Arn): boolean {
  const { service, accountId } = arnParts(arn);
  return service === "iam" && accountId === "aws";
}

type TextReading =
  { readonly kind: "known"; readonly text: string } | { readonly kind: "unknown"; readonly reason: string };

function attachedText(arn: Arn, { policies, awsManaged }: EstateIam): TextReading {
  const found = isOfAws(arn) ? awsManaged.get(arn) : policies.get(arn);
  const read = found?.kind === "present" ? defaultText(found.value) : undefined;
  if (read !== undefined) return { kind: "known", text: read };
  const why = found?.kind === "unknown" ? `: ${found.reason}` : "";
  return { kind: "unknown", reason: `the document of ${arn} was not read${why}` };
}

function defaultText(policy: LivePolicy | { readonly text: string }): string | undefined {
  if ("text" in policy) return policy.text;
  return policy.versions.find(({ id }) => id === policy.defaultVersionId)?.text;
}

const NOTHING: EstateIam = { roles: new Map(), policies: new Map(), awsManaged: new Map() };

/** The estate as the comparison of roles reads it; more policies take the place of those with the same ARN. */
export function liveRoleOf(estate: Estate, more: LiveAccount["policies"] = new Map()): LiveAccount {
  const { roles, policies, awsManaged } = estate.iam.kind === "known" ? estate.iam.value : NOTHING;
  return {
    accountId: estate.account.id,
    observedAtMs: estate.observedAtMs,
    complete: estate.iam.kind === "known",
    roles,
    policies: new Map([...policies, ...more]),
    awsManaged,
    regions: new Map(),
    quotas: { ...DEFAULT_QUOTAS, ...quotasOfRole(estate) },
  };
}
