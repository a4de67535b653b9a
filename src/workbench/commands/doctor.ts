import { SourceError } from "../../controller/ports/source.ts";
import { AwsError, awsFailureText } from "../../model/aws/errors/aws-error.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { UNKNOWN_GROUP } from "../../model/rules/guardrail-profile.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { KeyFinding } from "../../model/verification.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { requireInstallation } from "../../cli/toolbox/installation.ts";
import { addLocalOptions, SCREEN_FORMATS } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { shownTenancy, tenancyText } from "../../cli/screen/tenancy.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { accountNamed } from "../project/account.ts";
import { settingsOf, projectOf, type Project } from "../project/project.ts";
import { backupCheck } from "../doctor/backup-check.ts";
import { accountSetSection } from "../doctor/account-sets.ts";
import { recordedDepartures } from "../doctor/departures.ts";
import { ownRoleChecks } from "../doctor/own-role-checks.ts";
import { referenceChecks } from "../doctor/reference-checks.ts";
import { revisionChecks } from "../doctor/revision-check.ts";
import { stateDirCheck } from "../doctor/state-dir-check.ts";
import { sourceAccountChecks } from "../doctor/source-account.ts";
import { doctorLines, type DoctorReport, type DoctorSection } from "../doctor/screen.ts";
import { showWorstCase, type WorstCaseOptions } from "../doctor/show-worst-case.ts";
import { sortedSet } from "../../text/order.ts";
import { counted } from "../../text/phrases.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { AwsReads, Installation, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { resultOf } from "../../model/values/result.ts";

export const doctor: CliCommand<WorstCaseOptions> = {
  name: "doctor",
  summary: "check configuration, Git, credentials and permissions",
  description: [
    "Checks the operator's file, the source and, with `state.database`, the database. It writes nothing, in AWS or elsewhere.",
    "For every account in the manifests (with --account, for one), it checks that each identity can be assumed. It compares the installed trust and policies with those that `bootstrap roles` prints, statement by statement and by meaning: missing statements, extra statements, and the statement that corrects each. A missing Deny, or a trust policy that allows no session tags, is a warning.",
    "It reads the values in AWS that manifests name: a denied read fails, and a value that AWS does not have is a warning.",
    "If the reader of an AccountSet can read the service control policies above the account, it evaluates the calls of each identity by them, and names the policy and statement that denies a call. It also checks whether the base role may assume the roles, by the service control policies above its own account and the resource control policies above theirs. If the answer depends on an unknown value such as a tag, it is a warning.",
    "Warnings do not change the exit code. With more than ten accounts, an account that passes all checks takes one line; `-o wide` shows each check.",
    "--worst-case shows what the holder of an identity's credentials could do at most, by the policies that the manifests of a checkout need, without AWS. With --account, it uses the policies that are installed there. `cannot` is certain; `can only` may be too pessimistic. Exit code 3 if an answer is unknown.",
  ].join("\n\n"),
  examples: [
    ["grantkeeper doctor", "check the installation of ./grantkeeper.yaml"],
    ["grantkeeper doctor --account prod", "with the roles of one account only"],
    ["grantkeeper doctor --worst-case", "the worst case of observer, writer and binder, offline"],
    ["grantkeeper doctor --worst-case --account prod", "by the policies in AWS"],
    ["grantkeeper doctor --config /etc/grantkeeper/grantkeeper.yaml -o json", "for programs"],
  ],
  define: (command) => {
    addLocalOptions(command, SCREEN_FORMATS)
      .option("--worst-case", "show what each identity could do at most, by its policies")
      .option("--account <name>", "this account only; with --worst-case: by its installed policies")
      .option("--dir <folder>", "with --worst-case: the checkout", ".");
  },
  run: async ({ options, toolbox }) => {
    if (options.worstCase === true) return showWorstCase(options, toolbox);
    const installation = await requireInstallation(options, toolbox);
    const { account = null } = options;
    const report = await withProgress("examining", toolbox, (showText) =>
      examine({ installation, account }, toolbox, showText),
    );
    const sections = [...report.own, ...report.accounts];
    await show(
      { value: { sections }, lines: (layout) => doctorLines(report, layout) },
      options.output,
      toolbox,
    );
    return sections.some(({ checks }) => checks.some(({ outcome }) => outcome === "failed")) ? 3 : 0;
  },
};

interface Examination {
  readonly installation: Installation;
  /** The only account to check; null: all. */
  readonly account: string | null;
}

async function examine(
  { installation, account: only }: Examination,
  toolbox: Toolbox,
  showText: (text: string) => void,
): Promise<DoctorReport> {
  const { config } = installation;
  const database = await installation.database();
  const checks = [
    check(["operator", config.file], "passed", `instance ${config.instance}, mode ${config.mode}`),
    await stateDirCheck(config.stateDir),
    backupCheck(await installation.backups(), database.length > 0),
    ...database,
    ...(await installation.network()),
    ...(await installation.secrets()),
    ...(await installation.queues(toolbox.signal)),
  ];
  const here: DoctorSection = { title: "configuration", checks };
  showText("fetching the sources");
  const others = await examineNamespaceSources(installation, toolbox);
  const source = await examineSource(installation, others.snapshots, toolbox);
  const sources = [source.section, ...others.sections];
  if (source.project === null) return { own: [here, ...sources], accounts: [] };
  const aws = await installation.aws();
  try {
    const declared = { project: source.project, installation, aws, only };
    return { own: [here, ...sources], accounts: await examineAccounts(declared, toolbox, showText) };
  } finally {
    aws.close();
  }
}

interface DeclaredAccounts {
  readonly project: Project;
  readonly installation: Pick<Installation, "config" | "audit">;
  readonly aws: AwsReads;
  /** The only account to check; null: all, and the account sets. */
  readonly only: string | null;
}

async function examineAccounts(
  { project, installation, aws, only }: DeclaredAccounts,
  toolbox: Toolbox,
  showText: (text: string) => void,
): Promise<readonly DoctorSection[]> {
  const { desired } = project.compilation;
  const accounts = only === null ? [...desired.accounts.values()] : [accountNamed(project, only)];
  const { config } = installation;
  const installed = { project, config, live: aws.live };
  const found: DoctorSection[] = [];
  if (desired.accountSets.length > 0) showText("reading service control policies");
  const baseRole = config.bootstrap?.baseRole ?? null;
  const control = await aws.serviceControl({ accounts, desired, baseRole }, toolbox.signal);
  for (const account of accounts) {
    showText(`examining ${account.name}`);
    const calls = await probes(aws.examine, account, toolbox);
    const lacksBase = calls.some(({ what, outcome }) => what === "credentials" && outcome === "failed");
    const name = `${account.name} (${account.id})`;
    found.push({
      title: `account ${name}`,
      account: name,
      checks: [
        ...calls,
        ...(lacksBase ? [NEEDS_BASE] : await ownRoleChecks(account, { ...installed, calls }, toolbox)),
        ...(lacksBase ? [] : await referenceChecks(account, { project, ...aws }, toolbox.signal)),
        ...(lacksBase ? [] : (control.get(account.id) ?? [])),
        ...(await sourceAccountChecks(account, project, toolbox)),
      ],
    });
  }
  const sets = only === null ? desired.accountSets : [];
  const departures = sets.length === 0 ? [] : await recordedDepartures(installation, toolbox.clock);
  const { organizations } = aws;
  for (const set of sets) {
    showText(`examining account set ${set.name}`);
    found.push(await accountSetSection(set, { ...installed, organizations, departures }, toolbox));
  }
  return found;
}

const NEEDS_BASE = check(["all", "its roles"], "not-checked", "needs the base credentials");

async function probes(
  run: (account: DesiredAccount, signal: AbortSignal) => Promise<readonly Probe[]>,
  account: DesiredAccount,
  { signal }: Toolbox,
): Promise<readonly Probe[]> {
  const found = await resultOf(run(account, signal), AwsError);
  if (found.kind === "ok") return found.value;
  return [check(["base", found.error.facts.call], "failed", awsFailureText(found.error))];
}

interface NamespaceSections {
  readonly sections: readonly DoctorSection[];
  /** Of the sources that could be read. */
  readonly snapshots: readonly Snapshot[];
}

async function examineNamespaceSources(
  installation: Installation,
  toolbox: Toolbox,
): Promise<NamespaceSections> {
  const sections: DoctorSection[] = [];
  const snapshots: Snapshot[] = [];
  for (const { namespace, source } of await installation.namespaceSources()) {
    const keys = await installation.signingKeys(namespace, toolbox.signal);
    const status = await forgeChecks(namespace, installation, toolbox);
    const read = await source.latest(toolbox.signal);
    if (read.kind === "ok") snapshots.push(read.value);
    // Their documents are compiled with those of the platform source, which shows the errors.
    const reads =
      read.kind === "err"
        ? [failedRead(read.error)]
        : await revisionChecks(
            {
              source: source.name,
              revision: read.value.revision,
              size: counted(read.value.files.length, "file"),
              needsSignatures: keys !== null,
            },
            installation,
          );
    sections.push({ title: `source ${source.name}`, checks: [...reads, ...keyChecks(keys), ...status] });
  }
  return { sections, snapshots };
}

function failedRead({ message, fix }: SourceError): Probe {
  return check(["git", "read"], "failed", `${message}; ${fix}`);
}

async function examineSource(
  installation: Installation,
  others: readonly Snapshot[],
  toolbox: Toolbox,
): Promise<{ readonly section: DoctorSection; readonly project: Project | null }> {
  const title = `source ${installation.config.source.name}`;
  const keys = await installation.signingKeys(null, toolbox.signal);
  const own = [...keyChecks(keys), ...(await forgeChecks(null, installation, toolbox))];
  // A URL that is refused is found when the source is opened.
  const source = await resultOf(installation.source(), SourceError);
  const latest = source.kind === "err" ? source : await source.value.latest(toolbox.signal);
  if (latest.kind === "err")
    return { section: { title, checks: [failedRead(latest.error), ...own] }, project: null };
  const snapshot = latest.value;
  const settings = { ...settingsOf(installation.config), others };
  const project = projectOf({ snapshot, skipped: [] }, settings, toolbox);
  const read = {
    source: snapshot.source,
    revision: snapshot.revision,
    size: counted(project.documents, "document"),
    needsSignatures: keys !== null,
  };
  const checks = [
    ...(await revisionChecks(read, installation)),
    ...own,
    compileCheck(project),
    tenancyCheck(project),
    ...groupChecks(project),
  ];
  return { section: { title, checks }, project };
}

function compileCheck({ compilation: { desired, diagnostics } }: Project): Probe {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined)
    return check(["git", "compile"], "passed", counted(desired.bindings.size, "binding"));
  const { origin, message, fix } = first;
  const count = counted(errors.length, "error");
  const text = `${count}, the first: ${origin.file}:${origin.line}: ${message}`;
  return check(["git", "compile"], "failed", fix === null ? text : `${text}; ${fix}`);
}

function keyChecks(findings: readonly KeyFinding[] | null): readonly Probe[] {
  return (findings ?? []).map(({ outcome, detail }) => check(["git", "signatures"], outcome, detail));
}

async function forgeChecks(
  namespace: Namespace | null,
  { commitStatus, pullRequestComments }: Pick<Installation, "commitStatus" | "pullRequestComments">,
  { signal }: Toolbox,
): Promise<readonly Probe[]> {
  const found = [
    ["commit status", await commitStatus(namespace, signal)],
    ["pull requests", await pullRequestComments(namespace, signal)],
  ] as const;
  return found.flatMap(([what, finding]) =>
    finding === null ? [] : [check(["git", what], finding.outcome, finding.detail)],
  );
}

/** Open tenancy is a choice of the platform team, and no mistake. */
function tenancyCheck({ compilation }: Project): Probe {
  const tenancy = shownTenancy(compilation.desired.tenancy);
  return check(["git", "tenancy"], tenancy.kind === "unknown" ? "failed" : "passed", tenancyText(tenancy));
}

/** Nothing to check where no profile names a group. */
function groupChecks({ compilation: { desired, diagnostics } }: Project): readonly Probe[] {
  const named = desired.profiles.flatMap(({ newAccessApproval }) => newAccessApproval?.group ?? []);
  const unknown = diagnostics.filter(({ code }) => code === UNKNOWN_GROUP);
  if (named.length + unknown.length === 0) return [];
  const what = ["git", "approvers"] as const;
  if (unknown.length === 0) return [check(what, "passed", `groups ${sortedSet(named).join(", ")}`)];
  return unknown.map(({ origin, message, fix }) =>
    check(what, "failed", `${formatOrigin(origin)}: ${message}; ${fix ?? ""}`),
  );
}

function check(
  [identity, what]: readonly [identity: string, what: string],
  outcome: Probe["outcome"],
  detail: string,
): Probe {
  return { identity, region: null, what, outcome, detail };
}
