import { arnParts } from "../../model/aws/arn.ts";
import { OWN_IDENTITIES, type OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { Desired, DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { CliError, type Problem } from "../../cli/toolbox/cli-error.ts";
import { accountTemplate } from "./cloudformation.ts";
import { MANAGED_POLICY_LIMIT } from "./divided-policy.ts";
import { INLINE_TEMPLATE_BYTES } from "./template-limits.ts";
import type { OwnDocument, OwnManagedPolicy } from "./own-role.ts";
import type { Bootstrap } from "./own-roles.ts";

/** Characters of a trust policy and of a service control policy. */
const SIZES = { trust: 2_048, serviceControl: 5_120 };
/** Attached to one role, unless AWS has raised the quota. */
const MOST_POLICIES = 10;

/** @throws CliError with every problem; the first decides the message */
export function throwProblems(problems: readonly Problem[]): void {
  const [first, ...further] = problems;
  if (first === undefined) return;
  const { message, fix, place, code } = first;
  throw new CliError(message, fix, { code, further, ...(place !== null && { place }) });
}

/** What is missing or contradicts itself in these accounts and in the section `bootstrap` of the operator's file. */
export function accountProblems(
  accounts: readonly DesiredAccount[],
  settings: OwnRoleSettings,
  file: string,
): readonly Problem[] {
  const places = accounts.map(({ name, partition }) => ({ name: `account ${name}`, partition }));
  return [...partitionProblems(places, settings, file), ...accounts.flatMap(manifestProblems)];
}

/** The same for account sets that observe an organization. */
export function accountSetProblems(
  sets: readonly DesiredAccountSet[],
  settings: OwnRoleSettings,
  file: string,
): readonly Problem[] {
  const places = sets.map(({ name, template: { partition } }) => ({
    name: `account set ${name}`,
    partition,
  }));
  return [...partitionProblems(places, settings, file), ...sets.flatMap(readerProblems)];
}

function partitionProblems(
  places: readonly { readonly name: string; readonly partition: string }[],
  { baseRole }: OwnRoleSettings,
  file: string,
): readonly Problem[] {
  const { partition } = arnParts(baseRole);
  return places
    .filter((place) => place.partition !== partition)
    .map(({ name, partition: other }) => ({
      place: file,
      code: "Configuration",
      message: `bootstrap.baseRole is a role of partition ${partition}, and ${name} is in ${other}`,
      fix: `for ${name}, name an operator's file with the base role of partition ${other}: --config FILE`,
    }));
}

/** One role has one trust. */
function readerProblems(
  { name, reader, origin }: DesiredAccountSet,
  at: number,
  sets: readonly DesiredAccountSet[],
): readonly Problem[] {
  const other = sets
    .slice(0, at)
    .find((one) => one.reader.roleArn === reader.roleArn && one.reader.externalId !== reader.externalId);
  if (other === undefined) return [];
  return [
    {
      place: formatOrigin(origin),
      code: "Invalid",
      message: `account sets ${other.name} and ${name} name one reader with two external ids`,
      fix: "write the same external id in both",
    },
  ];
}

function manifestProblems(account: DesiredAccount): readonly Problem[] {
  const at = { place: formatOrigin(account.origin), code: "Invalid" };
  const noBoundary = {
    ...at,
    message: `account ${account.name} has a writer and no boundary: spec.boundary is missing`,
    fix: "write boundary: NAME of a ManagedPolicy with use: boundary, or leave out the writer",
  };
  const roles = OWN_IDENTITIES.flatMap((identity) => account[identity]?.roleArn ?? []);
  const twice = {
    ...at,
    message: `account ${account.name} names one role for two identities: spec.observer, writer and binder`,
    fix: "name a role of its own for each",
  };
  return [
    ...(account.writer !== null && account.boundaries.length === 0 ? [noBoundary] : []),
    ...(new Set(roles).size < roles.length ? [twice] : []),
  ];
}

/** A name in `functionKeys` or `formerRoles` of an account that no manifest declares. */
export function namedAccountProblems(
  { accounts }: Desired,
  { functionKeys, formerRoles }: OwnRoleSettings,
  file: string,
): readonly Problem[] {
  const names = [...accounts.values()].map(({ name }) => name);
  return Object.entries({ functionKeys, formerRoles }).flatMap(([field, byAccount]) =>
    Object.keys(byAccount)
      .filter((name) => !names.includes(name))
      .map((name) => ({
        place: file,
        code: "Configuration",
        message: `bootstrap.${field}.${name}: no manifest declares account "${name}"`,
        fix: names.length === 0 ? null : `valid values: ${names.join(", ")}`,
      })),
  );
}

/** What only an organization needs. @param hasUnits whether the printed files name organizational units */
export function organizationProblems(
  settings: OwnRoleSettings,
  { file, hasUnits }: { readonly file: string; readonly hasUnits: boolean },
): readonly Problem[] {
  const missing = (field: string, fix: string): Problem => ({
    place: file,
    code: "Configuration",
    message: `bootstrap.${field} is missing`,
    fix,
  });
  const { organization, deployers, organizationalUnits } = settings;
  const problems: Problem[] = [];
  if (organization === null)
    problems.push(
      missing("organization", "write the id of the base role's organization, such as o-a1b2c3d4e5"),
    );
  if (deployers.length === 0) problems.push(missing("deployers", DEPLOYERS));
  if (hasUnits && organizationalUnits.length === 0) problems.push(missing("organizationalUnits", UNITS));
  return problems;
}

const DEPLOYERS =
  "write the roles that may change Grantkeeper's roles and the boundaries, such as arn:aws:iam::*:role/stacksets-exec-*";
const UNITS = "write the organizational units of the accounts (ou-…), or the root (r-…)";

/** Documents over a quota of AWS, which refuses them. */
export function sizeProblems({ accounts, base, serviceControlPolicy }: Bootstrap): readonly Problem[] {
  const ofRoles = accounts.flatMap(({ account, roles }) =>
    roles.flatMap(({ identity, trust, managedPolicies }) => [
      ...tooMany(managedPolicies, `the policy of the ${identity} of account ${account}`),
      ...tooLarge(trust, SIZES.trust, `the trust of the ${identity} of account ${account}`),
    ]),
  );
  if (serviceControlPolicy === null) return ofRoles;
  return [
    ...ofRoles,
    ...tooMany(base?.managedPolicies ?? [], "the policy of the base role"),
    ...tooLarge(serviceControlPolicy, SIZES.serviceControl, "the service control policy"),
  ];
}

/** Too many parts, or a part that cannot be divided further. */
function tooMany(policies: readonly OwnManagedPolicy[], what: string): readonly Problem[] {
  const long = policies.flatMap(({ document }) =>
    tooLarge(document, MANAGED_POLICY_LIMIT, `statement ${document.Statement[0]?.Sid ?? ""} of ${what}`),
  );
  if (policies.length <= MOST_POLICIES) return long;
  return [
    ...long,
    invalid(
      `${what} needs ${policies.length} managed policies; AWS attaches ${MOST_POLICIES} to a role`,
      SHORTER,
    ),
  ];
}

const SHORTER =
  "shorten its longest list: give Teams one function prefix each, or name fewer regions, tag keys, policies or deployers";

function tooLarge(document: OwnDocument, limit: number, what: string): readonly Problem[] {
  const length = JSON.stringify(document).length;
  return length <= limit ? [] : [invalid(`${what} has ${length} characters; AWS allows ${limit}`, SHORTER)];
}

/** Of no place in a file. */
function invalid(message: string, fix: string): Problem {
  return { place: null, code: "Invalid", message, fix };
}

/** A StackSet in a template contains the template of its account. */
export function bootstrapTemplateProblems({ accounts, instance }: Bootstrap): readonly Problem[] {
  return accounts
    .map((account) => ({
      account,
      bytes: Buffer.byteLength(JSON.stringify(accountTemplate(account, instance))),
    }))
    .filter(({ bytes }) => bytes > INLINE_TEMPLATE_BYTES)
    .map(({ account: { account }, bytes }) =>
      invalid(
        `the template of account ${account} has ${bytes} bytes; a stack set allows ${INLINE_TEMPLATE_BYTES}`,
        `create its roles by --account ${account}, or with --format terraform`,
      ),
    );
}
