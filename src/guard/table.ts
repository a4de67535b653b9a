import type { CompiledStatement, DesiredBinding, DesiredPolicy, DesiredTarget } from "../model/desired.ts";
import { attachedStatements } from "./context/attached-statements.ts";
import type { GuardContext } from "./context/context.ts";
import { TEAM_RULES } from "./rules/teams/table.ts";
import { shortestUntil } from "./context/profile-scopes.ts";
import { notAttachable, boundaryMissing } from "./rules/roles/boundary.ts";
import { callerOutside } from "./rules/callers/caller-accounts.ts";
import { resourcesOutside } from "./rules/resources/resource-accounts.ts";
import { allowedButActions, entireServices, entireServicesAttached } from "./rules/statements/actions.ts";
import { madeByAssistant, annotationsMissing, tagsThatPermit } from "./rules/roles/ownership.ts";
import {
  notElements,
  eachCaller,
  moreThanInvoke,
  openToAnyone,
  serviceWithoutSource,
  sourceWithoutAccount,
  urlWithoutInvoke,
  widerThanQualifier,
} from "./rules/callers/callers.ts";
import { openCallerSource, sessionAsCaller } from "./rules/callers/caller-identities.ts";
import {
  checkedAuthored,
  demandedKeys,
  deniedAgain,
  exactActions,
  outsideBoundary,
  unknownActionsAndKeys,
} from "./rules/statements/checked.ts";
import { escalations } from "./rules/risks/escalation.ts";
import { listedRule } from "./rules/risks/listed.ts";
import { endsWrongly } from "./rules/statements/expiry.ts";
import { passesTooMuch } from "./rules/risks/pass-role.ts";
import { placeOf } from "./rules/resources/named-arn.ts";
import {
  allowedButResources,
  effectivelyOpenResources,
  openResources,
  type ResourceFacts,
} from "./rules/resources/open-resources.ts";
import type { Breach, Rule } from "./rules/breach.ts";
import { missingResources } from "./rules/resources/missing-resources.ts";
import { siblingLogGroups, siblingNames } from "./rules/resources/sibling-names.ts";
import { sharedWithFunctions, sharedWithInstances } from "./rules/roles/sharing.ts";
import { policyTooLarge, roleTooLarge } from "./rules/roles/sizes.ts";
import { trustsAnySource } from "./rules/roles/source-account.ts";
import { trustsAnyone, trustsMoreActions, trustsOthers } from "./rules/roles/trust.ts";
import { letsThrough } from "./rules/risks/wide-boundary.ts";

const BLOCK = {
  severity: "block",
  needsLive: false,
  readsProfiles: false,
  judgeBinding: null,
  judgePolicy: null,
  judgeRole: null,
} as const;

type JudgeStatements = (
  statements: readonly CompiledStatement[],
  context: GuardContext,
  subject: Pick<DesiredTarget, "key" | "namespace">,
) => readonly Breach[];

/** A boundary is a ceiling: its width is the decision of the platform team. */
function onAuthoredStatements(judge: JudgeStatements): Pick<Rule, "judgeBinding" | "judgePolicy"> {
  return {
    judgeBinding: (binding, context) => judge(binding.role.inline.statements, context, binding),
    judgePolicy: (policy, context) =>
      policy.use === "boundary" ? [] : judge(policy.document.statements, context, policy),
  };
}

type JudgeResources = (statements: readonly CompiledStatement[], facts: ResourceFacts) => readonly Breach[];

function resourceFacts(
  state: DesiredBinding | DesiredPolicy,
  { actionData, index }: GuardContext,
): ResourceFacts {
  return { data: actionData, place: placeOf(state), shared: index.shared };
}

/** The same with what a corrected ARN needs, and in attached policies that no manifest declares. */
function onResources(judge: JudgeResources): Pick<Rule, "judgeBinding" | "judgePolicy"> {
  return {
    judgeBinding: (binding, context) => {
      const facts = resourceFacts(binding, context);
      const attached = attachedStatements(binding, context).flatMap(({ arn, compiled }) =>
        judge([compiled], facts).map((breach) => ({ ...breach, why: `${breach.why} (in ${arn})` })),
      );
      return [...judge(binding.role.inline.statements, facts), ...attached];
    },
    judgePolicy: (policy, context) =>
      policy.use === "boundary" ? [] : judge(policy.document.statements, resourceFacts(policy, context)),
  };
}

const entireService = onAuthoredStatements(entireServices);

function endsOf(
  state: DesiredBinding | DesiredPolicy,
  statements: readonly CompiledStatement[],
  context: GuardContext,
): readonly Breach[] {
  const ending = statements.filter(({ until }) => until !== null);
  if (ending.length === 0) return [];
  return endsWrongly(ending, { nowMs: context.nowMs, profile: shortestUntil(state, context) });
}

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  {
    ...BLOCK,
    ...entireService,
    id: "ACT-001",
    judgeBinding: (binding: DesiredBinding, context: GuardContext) => [
      ...entireServices(binding.role.inline.statements),
      ...entireServicesAttached(binding, context),
    ],
  },
  { ...BLOCK, ...checkedAuthored("ACT-002", exactActions), id: "ACT-002", severity: "warn" },
  {
    ...BLOCK,
    id: "ACT-003",
    judgeBinding: ({ role }, { actionData }) => unknownActionsAndKeys(role.inline.statements, actionData),
    judgePolicy: ({ document }: DesiredPolicy, { actionData }) =>
      unknownActionsAndKeys(document.statements, actionData),
  },
  { ...BLOCK, ...checkedAuthored("ACT-004"), id: "ACT-004", severity: "warn" },
  { ...BLOCK, ...onAuthoredStatements(allowedButActions), id: "ACT-005" },
  {
    ...BLOCK,
    id: "AI-001",
    severity: "warn",
    readsProfiles: true,
    judgeBinding: madeByAssistant,
    judgePolicy: madeByAssistant,
  },
  { ...BLOCK, id: "ATT-001", judgeBinding: notAttachable },
  { ...BLOCK, id: "BND-001", judgeBinding: boundaryMissing },
  { ...BLOCK, id: "BND-002", judgeBinding: outsideBoundary },
  { ...BLOCK, id: "BND-003", judgeBinding: eachCaller("BND-003", sessionAsCaller) },
  { ...BLOCK, id: "BND-004", severity: "warn", judgePolicy: letsThrough },
  { ...BLOCK, ...checkedAuthored("CON-001", demandedKeys), id: "CON-001" },
  { ...BLOCK, ...checkedAuthored("CON-002"), id: "CON-002" },
  { ...BLOCK, ...checkedAuthored("CON-003"), id: "CON-003" },
  { ...BLOCK, ...listedRule("CRED-001") },
  { ...BLOCK, id: "DEN-001", severity: "warn", judgeBinding: deniedAgain },
  { ...BLOCK, judgeRole: escalations, id: "ESC-*" },
  { ...BLOCK, ...listedRule("EXF-001") },
  { ...BLOCK, ...listedRule("EXP-001") },
  {
    ...BLOCK,
    id: "EXP-100",
    readsProfiles: true,
    judgeBinding: (binding, context) => endsOf(binding, binding.role.inline.statements, context),
    judgePolicy: (policy, context) =>
      policy.use === "boundary" ? [] : endsOf(policy, policy.document.statements, context),
  },
  { ...BLOCK, id: "INV-001", judgeBinding: eachCaller("INV-001", serviceWithoutSource) },
  { ...BLOCK, id: "INV-002", judgeBinding: eachCaller("INV-002", sourceWithoutAccount) },
  { ...BLOCK, id: "INV-003", judgeBinding: eachCaller("INV-003", openToAnyone) },
  { ...BLOCK, id: "INV-004", judgeBinding: eachCaller("INV-004", callerOutside) },
  { ...BLOCK, id: "INV-005", judgeBinding: eachCaller("INV-005", openCallerSource) },
  { ...BLOCK, id: "INV-006", judgeBinding: eachCaller("INV-006", urlWithoutInvoke) },
  { ...BLOCK, id: "INV-007", judgeBinding: eachCaller("INV-007", moreThanInvoke) },
  { ...BLOCK, id: "INV-008", judgeBinding: eachCaller("INV-008", widerThanQualifier) },
  { ...BLOCK, id: "INV-009", judgeBinding: eachCaller("INV-009", notElements) },
  {
    ...BLOCK,
    id: "OWN-001",
    readsProfiles: true,
    judgeBinding: annotationsMissing,
    judgePolicy: annotationsMissing,
  },
  { ...BLOCK, judgeRole: passesTooMuch, id: "PASS-001" },
  { ...BLOCK, ...onResources(openResources), id: "RES-001" },
  { ...BLOCK, ...onResources(effectivelyOpenResources), id: "RES-002" },
  { ...BLOCK, ...onAuthoredStatements(allowedButResources), id: "RES-003" },
  {
    ...BLOCK,
    ...onAuthoredStatements(siblingNames),
    id: "RES-004",
    severity: "warn",
    judgeBinding: (binding: DesiredBinding, context: GuardContext) => [
      ...siblingNames(binding.role.inline.statements, context, binding),
      ...siblingLogGroups(binding.role.inline.statements, { context, ...binding }),
    ],
  },
  { ...BLOCK, ...onAuthoredStatements(resourcesOutside), id: "RES-005" },
  { ...BLOCK, ...onAuthoredStatements(missingResources), id: "RES-006", severity: "warn", needsLive: true },
  { ...BLOCK, id: "SHR-001", needsLive: true, judgeBinding: sharedWithFunctions },
  { ...BLOCK, id: "SHR-002", needsLive: true, judgeBinding: sharedWithInstances },
  { ...BLOCK, id: "SIZ-001", judgeBinding: roleTooLarge, judgePolicy: policyTooLarge },
  { ...BLOCK, id: "TAG-001", judgeBinding: tagsThatPermit },
  ...TEAM_RULES,
  { ...BLOCK, ...listedRule("TMP-001") },
  { ...BLOCK, id: "TRU-001", judgeBinding: (binding, { trust }) => trustsOthers(binding, trust) },
  { ...BLOCK, id: "TRU-002", judgeBinding: (binding, { trust }) => trustsAnyone(binding, trust) },
  {
    ...BLOCK,
    id: "TRU-003",
    severity: "warn",
    judgeBinding: (binding, { trust }) => trustsMoreActions(binding, trust),
  },
  { ...BLOCK, id: "TRU-004", judgeBinding: trustsAnySource },
];
