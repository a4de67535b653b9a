import { EXAMPLE_ID } from "../../model/aws/found-account.ts";
import { arnParts } from "../../model/aws/arn.ts";
import {
  OWN_IDENTITIES,
  type OwnDocuments,
  type OwnRoleSettings,
  type OwnSetup,
  type OwnIdentity,
} from "../../model/aws/own-roles.ts";
import type { Desired, DesiredAccount } from "../../model/desired.ts";
import { INSTANCE_TAG } from "../../model/aws/tag.ts";
import { sortedSet } from "../../text/order.ts";
import type { OwnFacts } from "./facts.ts";
import { functionPatterns } from "./function-patterns.ts";
import { baseStatements } from "./base.ts";
import { ownPolicy, ownTrust } from "./policies.ts";
import { sourceStatements } from "./source-access.ts";
import { serviceControlStatements } from "./service-control.ts";
import { sessionPolicy } from "../calls/session-policy.ts";
import { ownsAccount } from "../../iam/names/name-pattern.ts";
import type { ReferencePlace } from "../../model/aws/reference.ts";
import { patternText } from "../../model/rules/team.ts";

/**
 * The policies of Grantkeeper's own roles for these manifests. They follow from the platform's documents; of the teams'
 * manifests only the AWS services count that call a function and are not in the catalogue.
 */
export function ownDocuments(desired: Desired, setup: OwnSetup): OwnDocuments {
  const accounts = [...desired.accounts.values()];
  const facts = new Map<string, OwnFacts>(
    accounts.map((account) => [account.id, declaredFacts(desired, account, setup)]),
  );
  const factsOf = (accountId: string): OwnFacts => {
    const accountFacts = facts.get(accountId);
    if (accountFacts === undefined) throw new Error(`no manifest declares account ${accountId}`);
    return accountFacts;
  };
  const { baseRole, deployers, organization, sources } = setup.settings ?? NO_SETTINGS;
  const { partition } = arnParts(baseRole);
  const reached = accounts.filter((account) => account.partition === partition);
  return {
    policy: (accountId, identity) => ownPolicy(identity, factsOf(accountId)),
    trust: ({ externalId }) => ownTrust({ baseRole, organization }, externalId),
    accountSet: ({ template }) => {
      // Nothing can be declared in these accounts, so no manifest names anything there.
      const ownFacts = { ...declaredFacts(desired, template, setup), stacks: [], parameters: [] };
      return { reader: ownPolicy("reader", ownFacts), observer: ownPolicy("observer", ownFacts) };
    },
    sessions: (accountId, identity) => exampleSessions(accountNamed(accounts, accountId), identity),
    base: () => {
      const { readers, foundObservers } = setRoles(desired, partition);
      return baseStatements({
        roles: [...reached.flatMap(rolesOf), ...readers],
        foundObservers,
        organization,
        others: sourceStatements(sources, baseRole),
      });
    },
    serviceControl: () => {
      const { readers, foundObservers } = setRoles(desired, partition);
      return serviceControlStatements({
        partition,
        roles: [baseRole, ...reached.flatMap(rolesOf), ...readers, ...foundObservers],
        writers: reached.flatMap(({ writer }) => writer?.roleArn ?? []),
        deployers,
      });
    },
  };
}

function accountNamed(accounts: readonly DesiredAccount[], accountId: string): DesiredAccount {
  const declaredAccount = accounts.find(({ id }) => id === accountId);
  if (declaredAccount === undefined) throw new Error(`no manifest declares account ${accountId}`);
  return declaredAccount;
}

/**
 * The same for an AWS that is simulated: the base role is the simulator's.
 * @param setup missing: that of manifests that declare a function or a policy, whose tags contain the instance
 */
export function ownDeclaredPolicies(
  desired: Desired,
  baseRole: string,
  setup?: OwnSetup | null,
): Pick<OwnDocuments, "policy" | "base"> {
  const given = setup ?? { instance: instanceOf(desired), settings: null };
  return ownDocuments(desired, { ...given, settings: { ...(given.settings ?? NO_SETTINGS), baseRole } });
}

const NO_SETTINGS: OwnRoleSettings = {
  baseRole: "",
  organization: null,
  organizationalUnits: [],
  deployers: [],
  callAs: "SELF",
  functionKeys: {},
  formerRoles: {},
  sources: [],
};

function declaredFacts(desired: Desired, account: DesiredAccount, setup: OwnSetup): OwnFacts {
  const { id, name, partition, boundaries, tagKeys, protectedPolicies, fences } = account;
  const { baseRole, organization, functionKeys, formerRoles } = setup.settings ?? NO_SETTINGS;
  return {
    partition,
    accountId: id,
    instance: setup.instance,
    baseRole,
    organization,
    roles: rolesOf(account),
    boundaries,
    tagKeys,
    attachable: fences.attachablePolicies,
    adoptable: account.adoptableRoles ?? [],
    functions: functionPatterns(desired, account),
    functionKeys: functionKeys[name] ?? [],
    formerRoles: formerRoles[name] ?? [],
    callers: sortedSet([...CALLER_SERVICES, ...declaredServices(desired, account), ...namedCallers(account)]),
    lookupEvents: setup.lookupEvents === true,
    ...readableReferences(desired, account, setup.references ?? []),
    callerAccounts: sortedSet([id, ...fences.callerAccounts]),
    protectedPolicies: protectedPolicies.filter((pattern) => pattern.startsWith("arn:")),
  };
}

function rolesOf(account: DesiredAccount): readonly string[] {
  return OWN_IDENTITIES.flatMap((identity) => account[identity]?.roleArn ?? []);
}

/** The readers of account sets, and the observers in accounts whose ids are not known yet. */
function setRoles({ accountSets }: Desired, partition: string) {
  const reached = accountSets.filter(({ template }) => template.partition === partition);
  return {
    readers: sortedSet(reached.map(({ reader }) => reader.roleArn)),
    foundObservers: sortedSet(
      reached.map(({ template }) => template.observer.roleArn.replaceAll(EXAMPLE_ID, "*")),
    ),
  };
}

/** A caller of an organization has the principal `*`: AWS has no condition key for the organization itself. */
function namedCallers({ id, fences }: DesiredAccount): readonly string[] {
  return [id, ...fences.callerAccounts, ...(fences.organizations.length === 0 ? [] : ["*"])];
}

/** A caller that is written as a statement may name any service. */
function declaredServices({ bindings }: Desired, { id }: DesiredAccount): readonly string[] {
  const callers = [...bindings.values()].flatMap(({ accountId, callers: all }) =>
    accountId === id ? all : [],
  );
  const principals = callers.map(({ input }) => input.Principal);
  return principals.filter((principal) => /^[a-z0-9.-]+\.amazon(aws)?\.com(\.cn)?$/.test(principal));
}

/** The tags of declared objects contain it; it is empty if nothing is declared. */
function instanceOf({ bindings, policies }: Desired): string {
  const declared = [...[...bindings.values()].map(({ role }) => role), ...policies.values()];
  const tags = declared.flatMap((one) => one.tags);
  return tags.find((tag) => tag.key === INSTANCE_TAG)?.value ?? "";
}

/** The policies of the sessions that a pass opens, one for each kind of object, which is called NAME; the observer's have none. */
function exampleSessions(
  { id, partition, regions }: DesiredAccount,
  identity: OwnIdentity,
): readonly string[] {
  if (identity === "observer") return [];
  const [region = ""] = regions;
  const lambda = `arn:${partition}:lambda:${region}:${id}:function:NAME`;
  const role = `arn:${partition}:iam::${id}:role/grantkeeper/NAME`;
  const policy = `arn:${partition}:iam::${id}:policy/grantkeeper/NAME`;
  const objects =
    identity === "binder"
      ? [[lambda, role, `arn:${partition}:kms:${region}:*:key/*`]]
      : [[role], [policy], [lambda]];
  return objects.map(sessionPolicy);
}

/**
 * The AWS services that manifests name as callers. All of them are in the policy of every writer: a policy with only
 * the services of today's manifests would refuse the first function with another one, and stop AddPermission for the
 * complete account until the platform team has changed the role.
 */
export const CALLER_SERVICES = [
  "alexa-appkit.amazon.com",
  "alexa-connectedhome.amazon.com",
  "apigateway.amazonaws.com",
  "bedrock.amazonaws.com",
  "cloudfront.amazonaws.com",
  "codecommit.amazonaws.com",
  "cognito-idp.amazonaws.com",
  "config.amazonaws.com",
  "connect.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "events.amazonaws.com",
  "iot.amazonaws.com",
  "lambda.alarms.cloudwatch.amazonaws.com",
  "lexv2.amazonaws.com",
  "logs.amazonaws.com",
  "s3.amazonaws.com",
  "secretsmanager.amazonaws.com",
  "ses.amazonaws.com",
  "sns.amazonaws.com",
  "vpc-lattice.amazonaws.com",
] as const;

/**
 * What the observer of an account reads for manifests: all that a Team with that account may name. Without any Team, what
 * the manifests name.
 */
export function readableReferences(
  { teams, tenancy }: Pick<Desired, "teams" | "tenancy">,
  account: DesiredAccount,
  named: readonly ReferencePlace[],
): Pick<OwnFacts, "stacks" | "parameters"> {
  const ofTeams = [...teams.values()].flatMap((team) =>
    team.kind === "fence" && ownsAccount(team, account.name) ? team.references.map(patternText) : [],
  );
  const accountReferences = named.filter(({ accountId }) => accountId === account.id).map(({ text }) => text);
  const texts = tenancy.kind === "open" ? accountReferences : ofTeams;
  return {
    stacks: sortedSet(texts.flatMap((text) => stackPattern(text, account))),
    parameters: sortedSet(texts.flatMap((text) => parameterPattern(text, account))),
  };
}

/** A stack has no ARN without its id, and permissions of CloudFormation do not go into its outputs. */
function stackPattern(text: string, { partition, id }: DesiredAccount): readonly string[] {
  const stack = (name: string): string => `arn:${partition}:cloudformation:*:${id}:stack/${name}`;
  if (text === "*") return [stack("*")];
  if (!text.startsWith("stack.")) return [];
  return [stack(text.slice("stack.".length).replace(/\..*$/, "/*"))];
}

function parameterPattern(text: string, { partition, id }: DesiredAccount): readonly string[] {
  const parameter = (name: string): string => `arn:${partition}:ssm:*:${id}:parameter/${name}`;
  if (text === "*") return [parameter("*")];
  return text.startsWith("ssm.") ? [parameter(text.slice("ssm.".length).replace(/^\//, ""))] : [];
}
