import { arnParts } from "../../model/aws/arn.ts";
import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { Problem } from "../../cli/toolbox/cli-error.ts";
import { accountTemplate, baseTemplate } from "./cloudformation.ts";
import { bootstrapOf, type AccountRoles, type Bootstrap } from "./own-roles.ts";
import { accountStackSets, stackSetTemplate } from "./stack-sets.ts";
import { isHalfFull, templateLimit, templateSize, tooManyStackSets } from "./template-limits.ts";
import { terraformFile } from "./terraform.ts";

/** One file of an organization, below the folder that `--out` names. */
export interface BootstrapFile {
  readonly path: string;
  readonly value: unknown;
}

export interface FileSettings {
  readonly settings: OwnRoleSettings;
  /** Between how many stacks the stack sets of the accounts are divided. */
  readonly stacks: number;
}

/**
 * What `--organization` prints, as files that are deployed apart: no file grows over a limit of AWS with the number of
 * accounts, and a change of one account changes one file. That of the organization is deployed last: its service control policy
 * could stop what creates the roles.
 */
export function bootstrapFiles(
  bootstrap: Bootstrap,
  format: BootstrapFormat,
  files: FileSettings,
): readonly BootstrapFile[] {
  return [
    ...FILES[format](bootstrap, files),
    ...(format === "json" ? [] : elsewhere(bootstrap, format)),
    organizationFile(bootstrap, format, files),
  ];
}

/**
 * What belongs to the account of the process: the policy of its role, which the module of the organization has for Terraform, and
 * the queues of pushes, each a template of CloudFormation for its own account and region.
 */
function elsewhere(
  { base, instance, pushQueues }: Bootstrap,
  format: BootstrapFormat,
): readonly BootstrapFile[] {
  const queues = pushQueues.map(({ queueArn, template }) => {
    const { accountId, region, resource } = arnParts(queueArn);
    return { path: `push-queues/${accountId}-${region}-${resource}.json`, value: template };
  });
  if (base === null || format === "terraform") return queues;
  return [{ path: "base.json", value: baseTemplate(base, instance) }, ...queues];
}

const FILES = {
  cloudformation: ({ accounts, instance }) =>
    accounts.map((one) => ({ path: `accounts/${one.account}.json`, value: accountTemplate(one, instance) })),
  stackset: (bootstrap, { settings, stacks }) =>
    shares(bootstrap.accounts, stacks).map(({ at, accounts }) => ({
      path: shareFile(at, stacks),
      value: accountStackSets({ ...bootstrap, accounts }, settings),
    })),
  terraform: (bootstrap, { settings }) =>
    bootstrap.accounts.map((one) => ({
      path: `accounts/${one.account}/grantkeeper.tf.json`,
      value: terraformFile(bootstrapOf(bootstrap.instance, [one]), settings),
    })),
  json: (bootstrap) =>
    bootstrap.accounts.map((one) => ({
      path: `accounts/${one.account}.json`,
      value: bootstrapOf(bootstrap.instance, [one]),
    })),
} as const satisfies Record<
  BootstrapFormat,
  (bootstrap: Bootstrap, files: FileSettings) => readonly BootstrapFile[]
>;

function organizationFile(
  bootstrap: Bootstrap,
  format: BootstrapFormat,
  { settings }: FileSettings,
): BootstrapFile {
  const alone = { ...bootstrap, accounts: [] };
  if (format === "terraform")
    return { path: "organization/grantkeeper.tf.json", value: terraformFile(alone, settings) };
  return {
    path: "organization.json",
    value: format === "json" ? alone : stackSetTemplate(alone, settings),
  };
}

interface FileShare {
  /** From 1. */
  readonly at: number;
  readonly accounts: readonly AccountRoles[];
}

/** The account's id alone decides, so that another account never moves a stack set to another stack, which would delete it. */
function shares(accounts: readonly AccountRoles[], stacks: number): readonly FileShare[] {
  const byShare = Map.groupBy(accounts, ({ accountId }) => (Number(accountId) % stacks) + 1);
  return [...byShare].map(([at, of]) => ({ at, accounts: of })).sort((left, right) => left.at - right.at);
}

/** `accounts-03-of-20.json` */
function shareFile(at: number, stacks: number): string {
  return `accounts-${String(at).padStart(String(stacks).length, "0")}-of-${stacks}.json`;
}

/** One template for all accounts that CloudFormation would refuse for its size. */
export function stackProblems(bootstrap: Bootstrap, settings: OwnRoleSettings): readonly Problem[] {
  const limit = templateLimit(stackSetTemplate(bootstrap, settings));
  if (limit === null) return [];
  const what = `the template of ${bootstrap.accounts.length} accounts`;
  return [tooManyStackSets(what, limit, stacksFor(bootstrap, settings))];
}

/** The first of several templates that CloudFormation would refuse. */
export function shareProblems(bootstrap: Bootstrap, { settings, stacks }: FileSettings): readonly Problem[] {
  for (const { at, accounts } of shares(bootstrap.accounts, stacks)) {
    const limit = templateLimit(accountStackSets({ ...bootstrap, accounts }, settings));
    if (limit !== null)
      return [tooManyStackSets(shareFile(at, stacks), limit, stacksFor(bootstrap, settings))];
  }
  return [];
}

/** Counts that people remember, because changing it later moves stack sets to other stacks. */
const COUNTS = [2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** The first of these counts with which every template is at most half full, so that the number of accounts can double. */
function stacksFor(bootstrap: Bootstrap, settings: OwnRoleSettings): number {
  const sizes = new Map(
    bootstrap.accounts.map((account) => [
      account,
      templateSize(accountStackSets({ ...bootstrap, accounts: [account] }, settings)),
    ]),
  );
  const fits = (count: number): boolean =>
    shares(bootstrap.accounts, count).every(({ accounts }) =>
      isHalfFull(accounts.flatMap((account) => sizes.get(account) ?? [])),
    );
  return COUNTS.find(fits) ?? 1_000;
}

export const BOOTSTRAP_FORMATS = ["cloudformation", "stackset", "terraform", "json"] as const;
export type BootstrapFormat = (typeof BOOTSTRAP_FORMATS)[number];

/** The content of the file. A template of CloudFormation is for one account, stack sets are for an organization. */
export function rendered(bootstrap: Bootstrap, format: BootstrapFormat, settings: OwnRoleSettings): unknown {
  return RENDERERS[format](bootstrap, settings);
}

const RENDERERS = {
  cloudformation: ({ accounts, instance }) => {
    const [account] = accounts;
    if (account === undefined) throw new Error("a template of CloudFormation needs an account");
    return accountTemplate(account, instance);
  },
  stackset: stackSetTemplate,
  terraform: terraformFile,
  json: (bootstrap) => bootstrap,
} as const satisfies Record<BootstrapFormat, (bootstrap: Bootstrap, settings: OwnRoleSettings) => unknown>;
