import { documentText, quotaSize } from "../../iam/read/print.ts";
import { RESOURCE_POLICY_SIZE, WARN_FROM } from "../../iam/read/quotas.ts";
import { TRUST_DOCUMENT } from "../../iam/trust.ts";
import type { CompiledStatement, DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { canonicalText } from "../../model/values/digest.ts";
import { DEFAULT_QUOTAS } from "../../model/live.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { GuardContext } from "../context.ts";
import type { Breach } from "./rule.ts";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const ROLE_NAME_LENGTH = 64;
const TAGS = 50;

interface Measured {
  readonly what: string;
  readonly unit: string;
  readonly used: number;
  readonly quota: number;
  readonly origin: Origin;
}

/** SIZ-001: an AWS quota is exceeded, so AWS would refuse the write; from 80 % a warning. */
export function roleTooLarge(binding: DesiredBinding, { live, roleChecks }: GuardContext): readonly Breach[] {
  const { role } = binding;
  const quotas = live?.quotas ?? DEFAULT_QUOTAS;
  const { origin } = role;
  const inline = quotaSize(roleChecks.texts.of(role.inline));
  return tooLarge([
    {
      what: "the inline policy",
      unit: "characters",
      used: inline,
      quota: quotas.rolePolicySize,
      origin: firstOf(writtenParts(role), origin),
    },
    {
      what: "the role",
      unit: "attached policies",
      used: role.attachments.length,
      quota: quotas.attachedPoliciesPerRole,
      origin: firstOf(inTextOrder(role.attachments).slice(quotas.attachedPoliciesPerRole), origin),
    },
    {
      what: "the trust policy",
      unit: "characters",
      used: quotaSize(TRUST_DOCUMENT),
      quota: quotas.assumeRolePolicySize,
      origin,
    },
    { what: "the role", unit: "tags", used: role.tags.length, quota: TAGS, origin: firstTag(role) },
    ...resourcePolicies(binding),
  ]).concat(nameTooLong(binding));
}

export function policyTooLarge(policy: DesiredPolicy, { live, roleChecks }: GuardContext): readonly Breach[] {
  const { origin, document } = policy;
  const quota = (live?.quotas ?? DEFAULT_QUOTAS).policySize;
  return tooLarge([
    {
      what: "the policy",
      unit: "characters",
      used: quotaSize(roleChecks.texts.of(document)),
      quota,
      origin,
    },
  ]);
}

/** Without the implicit permissions for logs. */
function writtenParts({ inline }: DesiredBinding["role"]): readonly CompiledStatement[] {
  return inline.statements.filter(({ source }) => source.kind !== "implicit");
}

/** The place of the first authored statement; `otherwise` if there is none. */
function firstOf(parts: readonly { readonly origin: Origin }[], otherwise: Origin): Origin {
  return inTextOrder(parts)[0]?.origin ?? otherwise;
}

function inTextOrder<Part extends { readonly origin: Origin }>(parts: readonly Part[]): readonly Part[] {
  return parts.toSorted(({ origin: a }, { origin: b }) => a.line - b.line || a.column - b.column);
}

function firstTag({ tagOrigins, origin }: DesiredBinding["role"]): Origin {
  return firstOf(
    Object.values(tagOrigins).map((each) => ({ origin: each })),
    origin,
  );
}

/** One policy for each qualifier. Undeclared statements are counted when a statement is added. */
function resourcePolicies({ callers, origin }: DesiredBinding): readonly Measured[] {
  return [...Map.groupBy(callers, ({ qualifier }) => qualifier)].map(([qualifier, members]) => ({
    what: qualifier === null ? "the function's policy" : `the policy of ${qualifier}`,
    unit: "characters",
    used: quotaSize(documentText(members.map(({ statement }) => statement))),
    quota: RESOURCE_POLICY_SIZE,
    origin: members[0]?.origin ?? origin,
  }));
}

function tooLarge(measured: readonly Measured[]): readonly Breach[] {
  return measured
    .filter(({ used, quota }) => used >= quota * WARN_FROM)
    .map(({ what, unit, used, quota, origin }) => ({
      rule: "SIZ-001",
      severity: used > quota ? "full" : "warn",
      origin,
      evidence: canonicalText({ what, unit, used, quota }),
      why: `${what} has ${used} ${unit} of ${quota}`,
      fix: "split the function, or move statements into a ManagedPolicy",
    }));
}

/** A name has no warning level: it fits or it does not. */
function nameTooLong({ role }: DesiredBinding): readonly Breach[] {
  const used = role.name.length;
  if (used <= ROLE_NAME_LENGTH) return [];
  return [
    {
      rule: "SIZ-001",
      severity: "full",
      origin: role.origin,
      evidence: canonicalText({ RoleName: role.name }),
      why: `the role's name has ${used} characters of ${ROLE_NAME_LENGTH}`,
      fix: "choose a shorter role.name",
    },
  ];
}
