import { documentText, quotaSize } from "../../../iam/read/print.ts";
import { RESOURCE_POLICY_SIZE, WARN_FROM } from "../../../iam/read/quotas.ts";
import { trustText } from "../../../iam/trust.ts";
import type { CompiledStatement, DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { DEFAULT_QUOTAS } from "../../../model/live.ts";
import type { Origin } from "../../../model/values/origin.ts";
import type { GuardContext } from "../../context/context.ts";
import type { Breach } from "../breach.ts";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const ROLE_NAME_LENGTH = 64;
const TAGS = 50;
const DOCUMENT_WITHOUT_STATEMENTS = documentText([]).length;

interface QuotaUse {
  readonly what: string;
  readonly unit: string;
  readonly used: number;
  readonly quota: number;
  /** Found only for what is too large. */
  readonly placeOf: () => Origin;
}

/** SIZ-001: an AWS quota is exceeded, so AWS would refuse the write; from 80 % a warning. */
export function roleTooLarge(binding: DesiredBinding, { live, roleChecks }: GuardContext): readonly Breach[] {
  const { role } = binding;
  const quotas = live?.quotas ?? DEFAULT_QUOTAS;
  const { origin, attachments } = role;
  const most = quotas.attachedPoliciesPerRole;
  return tooLarge([
    {
      what: "the inline policy",
      unit: "characters",
      ...textSize(roleChecks.texts.of(role.inline), quotas.rolePolicySize),
      placeOf: () => firstOf(writtenParts(role), origin),
    },
    {
      what: "the role",
      unit: "attached policies",
      used: attachments.length,
      quota: most,
      placeOf: () => firstOf(inTextOrder(attachments).slice(most), origin),
    },
    {
      what: "the trust policy",
      unit: "characters",
      ...textSize(trustText(role), quotas.assumeRolePolicySize),
      placeOf: () => origin,
    },
    { what: "the role", unit: "tags", used: role.tags.length, quota: TAGS, placeOf: () => firstTag(role) },
    ...resourcePolicies(binding),
  ]).concat(nameTooLong(binding));
}

export function policyTooLarge(policy: DesiredPolicy, { live, roleChecks }: GuardContext): readonly Breach[] {
  const { origin, document } = policy;
  const quota = (live?.quotas ?? DEFAULT_QUOTAS).policySize;
  const size = textSize(roleChecks.texts.of(document), quota);
  return tooLarge([{ what: "the policy", unit: "characters", ...size, placeOf: () => origin }]);
}

/** AWS counts at most every character, so nearly every text need not be counted. */
function textSize(text: string, quota: number): Pick<QuotaUse, "used" | "quota"> {
  return { used: isWorthAWarning(text.length, quota) ? quotaSize(text) : text.length, quota };
}

function isWorthAWarning(used: number, quota: number): boolean {
  return used >= quota * WARN_FROM;
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
function resourcePolicies({ callers, origin }: DesiredBinding): readonly QuotaUse[] {
  const most = callers.reduce((sum, { statement }) => sum + atMost(statement), DOCUMENT_WITHOUT_STATEMENTS);
  if (!isWorthAWarning(most, RESOURCE_POLICY_SIZE)) return [];
  return [...Map.groupBy(callers, ({ qualifier }) => qualifier)].map(([qualifier, members]) => ({
    what: qualifier === null ? "the function's policy" : `the policy of ${qualifier}`,
    unit: "characters",
    used: quotaSize(documentText(members.map(({ statement }) => statement))),
    quota: RESOURCE_POLICY_SIZE,
    placeOf: () => members[0]?.origin ?? origin,
  }));
}

/** JSON escapes a character with at most six, and adds quotes and a comma or colon to each text and a bracket pair to each list. */
function atMost(value: unknown): number {
  if (typeof value === "string") return 6 * value.length + 3;
  if (typeof value !== "object" || value === null) return 24;
  return Object.entries(value).reduce((sum, [name, member]) => sum + 6 * name.length + 3 + atMost(member), 3);
}

function tooLarge(measured: readonly QuotaUse[]): readonly Breach[] {
  return measured
    .filter(({ used, quota }) => isWorthAWarning(used, quota))
    .map(({ what, unit, used, quota, placeOf }) => ({
      rule: "SIZ-001",
      severity: used > quota ? "full" : "warn",
      origin: placeOf(),
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
