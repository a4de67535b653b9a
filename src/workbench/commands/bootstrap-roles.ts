import { Option } from "commander";
import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { Desired, DesiredAccountSet } from "../../model/desired.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { someOf } from "../../text/phrases.ts";
import { CliError, type Problem } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { requireInstallation } from "../../cli/toolbox/installation.ts";
import { addConfig, countArgument, type ConfigOptions } from "../../cli/toolbox/options.ts";
import type { OperatorConfig, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { printNote, structuredText } from "../../cli/screen/print.ts";
import { accountBootstrap, organizationBootstrap, type Bootstrap } from "../bootstrap/own-roles.ts";
import {
  accountProblems,
  accountSetProblems,
  namedAccountProblems,
  organizationProblems,
  sizeProblems,
  bootstrapTemplateProblems,
  throwProblems,
} from "../bootstrap/problems.ts";
import {
  bootstrapFiles,
  shareProblems,
  stackProblems,
  BOOTSTRAP_FORMATS,
  rendered,
  type BootstrapFormat,
} from "../bootstrap/files.ts";
import { writeBootstrapFiles } from "../bootstrap/write-files.ts";
import { STACK_SET_QUOTA } from "../bootstrap/template-limits.ts";
import { acceptedDesired, platformErrors } from "../project/accepted.ts";
import { accountNamed, withAccount } from "../project/account.ts";
import { loadDirectory, settingsOf, type Project } from "../project/project.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { sortedSet } from "../../text/order.ts";
import type { AccountSetRoles } from "../bootstrap/account-sets.ts";

interface BootstrapOptions extends ConfigOptions {
  readonly account?: string;
  readonly organization?: true;
  readonly format?: BootstrapFormat;
  readonly out?: string;
  readonly stacks?: number;
  readonly dir: string;
}

export const bootstrapRoles: CliCommand<BootstrapOptions> = {
  name: "bootstrap roles",
  summary: "print the roles that Grantkeeper needs in your accounts",
  description:
    "Prints Grantkeeper's own roles (the identities that the AwsAccount declares: observer, writer, binder), each with its trust and its policy, and the boundaries, as a template that your pipeline deploys. With --account and the id of an account that an AccountSet observes: its observer. The policies allow what these manifests need and nothing more: accounts, regions, boundaries, tag keys, fences and the function patterns of Teams decide; a team's manifest that no rule refuses adds at most an AWS service as a caller. With --organization: for all declared accounts, with the reader of each AccountSet, the observer for all accounts that it finds, the policy of the base role, and a service control policy that protects the roles. The base role and the organization are in the section `bootstrap` of the operator's file; external ids are those of the manifests, and nothing is generated. With --out, the same in files that are deployed apart, for an organization of any size: one for each account, one of the organization, and what belongs to the account of the process (the policy of the base role, the queues of pushes); for stack sets, the accounts divided between as many stacks as --stacks names. Calls no AWS; the same input prints the same bytes.",
  examples: [
    ["grantkeeper bootstrap roles --account prod > prod.json", "a template of CloudFormation"],
    ["grantkeeper bootstrap roles --account prod --format terraform > gk.tf.json", "Terraform"],
    ["grantkeeper bootstrap roles --organization > stack-sets.json", "stack sets and the reader"],
    ["grantkeeper bootstrap roles --organization --format json", "with the policy of the base role"],
    ["grantkeeper bootstrap roles --organization --out stacks --stacks 10", "300 accounts"],
    ["grantkeeper bootstrap roles --organization --format terraform --out accounts", "a module each"],
  ],
  define: (command) => {
    addConfig(command)
      .option("--account <name>", "of one account, by its name or id")
      .option("--organization", "of every AwsAccount and AccountSet")
      .addOption(
        new Option(
          "--format <format>",
          "what to print (default: cloudformation for an account, stackset for an organization)",
        ).choices([...BOOTSTRAP_FORMATS]),
      )
      .option("--out <folder>", "with --organization: write files below this folder")
      .addOption(
        new Option("--stacks <count>", "with --out, for stack sets: how many stacks create them").argParser(
          countArgument,
        ),
      )
      .option("--dir <folder>", "the checkout", ".");
  },
  run: async ({ options, toolbox }) => {
    const format = formatOf(options);
    const { config } = await requireInstallation(options, toolbox);
    const settings = requireSettings(config);
    const project = await loadDirectory(options.dir, settingsOf(config), toolbox);
    checkPlatform(project);
    const bootstrap = await bootstrapOf({ options, format, settings, config, project }, toolbox);
    const notes = notesOf(bootstrap, project.compilation.desired, { format, settings, options });
    const { out, stacks = 1 } = options;
    const files = { settings, stacks };
    const stackSetProblems = (): readonly Problem[] => [
      ...bootstrapTemplateProblems(bootstrap),
      ...(out === undefined ? stackProblems(bootstrap, settings) : shareProblems(bootstrap, files)),
    ];
    throwProblems([...sizeProblems(bootstrap), ...(format === "stackset" ? stackSetProblems() : [])]);
    for (const note of notes) await printNote(note, toolbox);
    if (out !== undefined) return writeBootstrapFiles(out, bootstrapFiles(bootstrap, format, files), toolbox);
    await toolbox.terminal.out(structuredText(rendered(bootstrap, format, settings), "json"));
    return 0;
  },
};

/** @throws CliError for options that do not belong together */
function formatOf({ account, organization, format, out, stacks }: BootstrapOptions): BootstrapFormat {
  if ((account === undefined) === (organization === undefined))
    throw new CliError(
      "bootstrap roles needs either --account or --organization",
      "name one account, or all",
    );
  if (organization === true && format === "cloudformation" && out === undefined)
    throw new CliError(
      "a template of CloudFormation creates the roles of one account",
      "name the account with --account, write one for each account with --out FOLDER, or use --format stackset",
    );
  if (organization !== true && out !== undefined)
    throw new CliError(
      "--out writes the files of an organization",
      "use --organization, or redirect the output",
    );
  if (stacks !== undefined && (out === undefined || (format ?? "stackset") !== "stackset"))
    throw new CliError(
      "--stacks divides the stack sets of an organization",
      "use it with --out, without --format",
    );
  if (account !== undefined && format === "stackset")
    throw new CliError(
      "stack sets are for an organization",
      "use --organization, or --format cloudformation for one account",
    );
  return format ?? (organization === true ? "stackset" : "cloudformation");
}

function requireSettings({ bootstrap, file }: OperatorConfig): OwnRoleSettings {
  if (bootstrap !== null) return bootstrap;
  throw new CliError(
    "bootstrap.baseRole is missing: the role of the process, which the other roles trust",
    "add to the file: bootstrap: {baseRole: arn:aws:iam::ACCOUNT:role/grantkeeper-base}",
    { place: file, code: "Configuration" },
  );
}

function checkPlatform(project: Project): void {
  throwProblems(
    platformErrors(project).map(({ origin, message, fix }) => ({
      place: formatOrigin(origin),
      code: "Invalid",
      message,
      fix: fix ?? "fix the document (grantkeeper validate)",
    })),
  );
}

interface BootstrapRequest {
  readonly options: BootstrapOptions;
  readonly format: BootstrapFormat;
  readonly settings: OwnRoleSettings;
  readonly config: OperatorConfig;
  readonly project: Project;
}

/** @throws CliError with all that is missing */
async function bootstrapOf(
  { options: { account }, format, settings, config, project }: BootstrapRequest,
  toolbox: Toolbox,
): Promise<Bootstrap> {
  const { desired, references } = project.compilation;
  const { instance, file } = config;
  const setup = { instance, settings, references, lookupEvents: config.aws.lookupEvents };
  const accepted = await acceptedDesired(project, toolbox);
  const keys = namedAccountProblems(desired, settings, file);
  if (account !== undefined) {
    const chosen = accountNamed(project, account);
    const documents = await toolbox.ownDocuments(withAccount(accepted, chosen), setup);
    const inputs = { desired, documents, instance, settings };
    const accounts = [chosen];
    throwProblems([...keys, ...accountProblems(accounts, settings, file)]);
    return accountBootstrap(accounts, inputs);
  }
  const accounts = [...desired.accounts.values()];
  const { accountSets } = desired;
  if (accounts.length + accountSets.length === 0)
    throw new CliError("no manifest declares an account", "name the checkout with --dir");
  throwProblems([
    ...organizationProblems(settings, {
      file,
      hasUnits: format === "stackset" || format === "cloudformation",
    }),
    ...keys,
    ...accountProblems(accounts, settings, file),
    ...accountSetProblems(accountSets, settings, file),
  ]);
  const documents = await toolbox.ownDocuments(accepted, setup);
  return organizationBootstrap({ desired, documents, instance, settings });
}

/** What a reader of the file does not see in it. */
function notesOf(
  { accounts, accountSets, base, pushQueues }: Bootstrap,
  desired: Desired,
  { format, settings, options: { out } }: Pick<BootstrapRequest, "format" | "settings" | "options">,
): readonly string[] {
  const isPrinted = out === undefined;
  const observed = [...desired.accounts.values()].filter(
    ({ mode, writer }) => mode === "observe" && writer !== null,
  );
  const names = accounts
    .map(({ account }) => account)
    .filter((account) => observed.some(({ name }) => name === account));
  return [
    ...(names.length === 0
      ? []
      : [`in observe: nothing uses the writer before mode: enforce: ${someOf(names)}`]),
    ...(settings.organization === null
      ? ["bootstrap.organization is not set: the trust does not require aws:PrincipalOrgID"]
      : []),
    ...(isPrinted && base !== null && format === "stackset"
      ? ["the policy of the base role is written with --out, and printed with --format json or terraform"]
      : []),
    ...(isPrinted && pushQueues.length > 0 && format !== "json"
      ? ["the templates of the queues of pushes are written with --out, and printed with --format json"]
      : []),
    ...(format === "stackset" && accounts.length > STACK_SET_QUOTA
      ? [
          `${accounts.length} stack sets: AWS allows ${STACK_SET_QUOTA} in one account and raises it on request; --format cloudformation needs none`,
        ]
      : []),
    ...(base === null ? [] : accountSetNotes(desired, accountSets, settings)),
    ...(format === "stackset" && !settings.deployers.some((pattern) => pattern.includes("stacksets-exec-"))
      ? [
          "bootstrap.deployers does not contain stacksets-exec-*: the service control policy stops later updates",
        ]
      : []),
  ];
}

/** Which accounts of an AccountSet get no observer from the stack set, and which get one that no set reads. */
function accountSetNotes(
  { accounts, accountSets }: Desired,
  { observers }: AccountSetRoles,
  { organizationalUnits }: OwnRoleSettings,
): readonly string[] {
  const isPart = !organizationalUnits.some((unit) => unit.startsWith("r-"));
  const everywhere = accountSets.filter(({ units }) => units === null).map(({ name }) => name);
  const tagged = accountSets.filter(({ tags }) => Object.keys(tags).length > 0).map(({ name }) => name);
  const reading = accountSets
    .filter(mayObserveItsReader)
    .map(({ reader }) => arnParts(reader.roleArn).accountId);
  const managed = sortedSet(reading).filter(
    (id) => ![...accounts.keys()].some((declared) => declared === id),
  );
  return [
    ...(isPart && everywhere.length > 0
      ? [
          `bootstrap.organizationalUnits is not the root: accounts outside of these units get no observer: ${everywhere.join(", ")}`,
        ]
      : []),
    ...(tagged.length > 0
      ? [`stack sets select no tags: every account of the units gets the observer: ${tagged.join(", ")}`]
      : []),
    ...(observers.length > 0 && managed.length > 0
      ? [
          `stack sets create nothing in the management account: if ${managed.join(", ")} is one, use --account for its observer, or write it in except`,
        ]
      : []),
  ];
}

/** A set of units observes the management account only if the root is among them. */
function mayObserveItsReader({ reader, units, except }: DesiredAccountSet): boolean {
  const { accountId } = arnParts(reader.roleArn);
  const hasRoot = units === null || units.some((unit) => unit.startsWith("r-"));
  return hasRoot && !except.some((id) => id === accountId);
}
