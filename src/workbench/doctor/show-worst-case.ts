import type {
  AccountWorstCase,
  CapabilityVerdict,
  IdentityWorstCase,
  WorstCaseVerdict,
  VerdictStatement,
} from "../../model/answers/worst-case.ts";
import type { OwnSetup } from "../../model/aws/own-roles.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { ExitCode } from "../../cli/toolbox/cli-error.ts";
import { requireInstallation } from "../../cli/toolbox/installation.ts";
import type { LocalOptions } from "../../cli/toolbox/options.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { printNote, show } from "../../cli/screen/print.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { acceptedDesired } from "../project/accepted.ts";
import { accountNamed, withAccount } from "../project/account.ts";
import { counted } from "../../text/phrases.ts";
import { loadDirectory, noteOffline, projectSettings, type Project } from "../project/project.ts";
import { declaredWorstCase, installedWorstCase } from "./worst-case.ts";
import { conditionKeyName } from "../../iam/condition-key-names.ts";
import { continued, wrapped } from "../../text/layout/wrap.ts";

export interface WorstCaseOptions extends LocalOptions {
  readonly worstCase?: true;
  /** Its installed policies instead of the declared ones. */
  readonly account?: string;
  readonly dir: string;
}

/** @returns 3 if a verdict is unknown */
export async function showWorstCase(options: WorstCaseOptions, toolbox: Toolbox): Promise<ExitCode> {
  const settings = await projectSettings(options, toolbox);
  const project = await loadDirectory(options.dir, settings, toolbox);
  await noteErrors(project, toolbox);
  const instance = settings.instance ?? "offline";
  const setup = { instance, settings: settings.ownRoles, lookupEvents: settings.lookupEvents };
  const accounts =
    options.account === undefined
      ? await declared(project, setup, toolbox)
      : [await installed(accountNamed(project, options.account), { project, setup, options }, toolbox)];
  if (options.account === undefined) await noteOffline(settings, toolbox);
  await show(
    { value: { accounts }, lines: ({ width }) => worstCaseLines(accounts, width) },
    options.output,
    toolbox,
  );
  const capabilities = accounts.flatMap(({ identities }) => identities.flatMap((one) => one.capabilities));
  return capabilities.some(({ verdict }) => verdict === "unknown") ? 3 : 0;
}

async function declared(
  project: Project,
  setup: OwnSetup,
  toolbox: Toolbox,
): Promise<readonly AccountWorstCase[]> {
  const desired = await acceptedDesired(project, toolbox);
  const documents = await toolbox.ownDocuments(desired, setup);
  return [...desired.accounts.values()].map((account) =>
    declaredWorstCase(account, setup.instance, documents),
  );
}

interface InstalledRequest {
  readonly project: Project;
  readonly setup: OwnSetup;
  readonly options: WorstCaseOptions;
}

async function installed(
  account: DesiredAccount,
  { project, setup, options }: InstalledRequest,
  toolbox: Toolbox,
): Promise<AccountWorstCase> {
  const { instance } = setup;
  const desired = withAccount(project.compilation.desired, account);
  const documents = await toolbox.ownDocuments(desired, setup);
  const aws = await (await requireInstallation(options, toolbox)).aws();
  const { signal } = toolbox;
  try {
    return await withProgress("reading AWS", toolbox, () =>
      installedWorstCase(account, { live: aws.live, instance, documents, signal }),
    );
  } finally {
    aws.close();
  }
}

/** An invalid document is not in the declared policies. */
async function noteErrors({ compilation }: Project, toolbox: Toolbox): Promise<void> {
  const errors = compilation.diagnostics.filter(({ severity }) => severity === "error").length;
  if (errors > 0)
    await printNote(
      `${counted(errors, "error")} in the manifests: invalid documents are left out (grantkeeper validate)`,
      toolbox,
    );
}

const LABELS = {
  can: "can       ",
  limited: "can only  ",
  cannot: "cannot    ",
  unknown: "unknown   ",
} as const satisfies Record<WorstCaseVerdict, string>;

/** A list on the screen ends after this many; -o json has all. */
const MOST_SHOWN = 3;

/** Identities in the order of the account; for each capability the verdict, and below it the statements that decide. */
function worstCaseLines(accounts: readonly AccountWorstCase[], width: number): readonly string[] {
  const lines = accounts.flatMap((account) => [
    ...continued(`account ${account.account} (${account.accountId}), ${account.policies} policies`, width),
    ...account.identities.flatMap((identity) => identityLines(identity, width)),
    "",
  ]);
  return [...lines, ...continued(summary(accounts), width)];
}

function identityLines(
  { identity, roleArn, capabilities, session }: IdentityWorstCase,
  width: number,
): readonly string[] {
  return [
    ...continued(`  ${identity}  ${roleArn}`, width),
    ...capabilities.flatMap((capability) => capabilityLines(capability, width)),
    ...(session === null ? [] : sessionLines({ identity, session }, width)),
  ];
}

/** A long title continues in its own column. */
function verdictLines(verdict: WorstCaseVerdict, title: string, width: number): readonly string[] {
  const first = `    ${LABELS[verdict]}`;
  return wrapped(title, width, { first, next: " ".repeat(first.length) });
}

/** What a session can do, for the one object that it is opened for; the reasons are those of the role. */
function sessionLines(
  { identity, session }: { readonly identity: string; readonly session: readonly CapabilityVerdict[] },
  width: number,
): readonly string[] {
  const possible = session.filter(({ verdict }) => verdict !== "cannot");
  const rest = counted(session.length - possible.length, "capability", "capabilities");
  return [
    ...continued(`  one session of the ${identity}, whose session policy names one object`, width),
    ...possible.flatMap(({ verdict, title }) => verdictLines(verdict, title, width)),
    ...verdictLines("cannot", possible.length === 0 ? rest : `the other ${rest}`, width),
  ];
}

function capabilityLines(answer: CapabilityVerdict, width: number): readonly string[] {
  return [
    ...verdictLines(answer.verdict, answer.title, width),
    ...reasons(answer).flatMap((line) => continued(`        ${line}`, width)),
  ];
}

function reasons({ verdict, statements, byResourcePolicy, reason }: CapabilityVerdict): readonly string[] {
  if (reason !== null) return [reason];
  const found = statements.map((statement) => statementText(statement, verdict));
  if (verdict === "limited" && byResourcePolicy.length > 0)
    return [
      ...found,
      `if the policy of the resource allows it: no statement here allows or denies ${someOf(byResourcePolicy, " and ")}`,
    ];
  return found.length === 0 ? ["no statement allows it"] : found;
}

/** Of what prevents a capability, a Deny needs no details: it always applies. */
function statementText(statement: VerdictStatement, verdict: WorstCaseVerdict): string {
  const { effect, sid, from, actions, resources, conditions } = statement;
  const name = sid ?? `a statement without Sid in ${from}`;
  const head = `${name} ${effect === "Allow" ? "allows" : "denies"} ${someOf(actions, " and ")}`;
  if (verdict === "cannot" && effect === "Deny") return head;
  const tests = conditions.map(
    ({ operator, key, values }) => `${operator} ${conditionKeyName(key)} ${someOf(values, " or ")}`,
  );
  const only = verdict === "cannot" ? " only" : "";
  return `${head}${only} on ${resourceText(resources)}${tests.length === 0 ? "" : ` if ${tests.join(" and ")}`}`;
}

function resourceText(resources: VerdictStatement["resources"]): string {
  if (resources === null) return "*";
  return `${resources.negated ? "all except " : ""}${someOf(resources.values, " and ")}`;
}

function someOf(texts: readonly string[], last: string): string {
  const shown = texts.slice(0, MOST_SHOWN);
  const more = texts.length - shown.length;
  if (more > 0) return `${shown.join(", ")}${last}${more} more`;
  return [shown.slice(0, -1).join(", "), shown.at(-1) ?? ""].filter((part) => part !== "").join(last);
}

function summary(accounts: readonly AccountWorstCase[]): string {
  const verdicts = accounts.flatMap(({ identities }) =>
    identities.flatMap(({ capabilities }) => capabilities),
  );
  const count = (verdict: WorstCaseVerdict): number =>
    verdicts.filter((one) => one.verdict === verdict).length;
  return `${count("can")} without limits, ${count("limited")} with limits, ${count("cannot")} impossible, ${count("unknown")} unknown. Service control policies are not evaluated.`;
}
