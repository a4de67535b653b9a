import { access, mkdir, mkdtemp } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ScreenLine } from "../../text/screen-line.ts";
import { counted } from "../../text/phrases.ts";
import type { ApiClient } from "../client/client.ts";
import { connect } from "../client/connect.ts";
import { printProblem, show } from "../screen/print.ts";
import { withProgress } from "../screen/progress.ts";
import { PatientReader } from "../site/patient-reader.ts";
import { ExportedFiles } from "../site/site-files.ts";
import { siteReport, type SiteReport } from "../site/site-report.ts";
import { writeSite, type SiteExport } from "../site/write-site.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { addControllerOptions, repeated, type ControllerOptions } from "../toolbox/options.ts";
import { timeArgument, timeOf, type TimeOption } from "../toolbox/period-options.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

interface SiteOptions extends ControllerOptions {
  readonly out: string;
  readonly namespace?: readonly string[];
  readonly since?: TimeOption;
}

export const exportSite: CliCommand<SiteOptions> = {
  name: "export site",
  summary: "export the web page as files, for an auditor",
  description:
    "Writes a folder that a browser opens from disk, without a controller, a network or a sign-in: functions with their permissions, callers, rules, waivers, approvals and the record, as of one moment. It has what the token may see, and the commands that verify it. Keep the printed digest where the files can't change it.",
  examples: [
    ["grantkeeper export site --out audit-2026", "everything that the token sees"],
    ["grantkeeper export site -n orders --out orders-audit", "one namespace alone"],
    ["grantkeeper export site --since 2026-09-01 --out q4", "with the entries of the record since then"],
  ],
  define: (command) => {
    addControllerOptions(command)
      .requiredOption("--out <folder>", "a new folder")
      .addOption(repeated("-n, --namespace <name>", "of this namespace only; may be repeated"))
      .option(
        "--since <time>",
        "entries of the record since this day or time, or since a duration ago",
        timeArgument,
      );
  },
  run: async ({ options, toolbox }) => {
    await requireAbsent(options.out);
    await requirePage(toolbox.sitePage);
    const { client, namespaces } = await clientOf(options, toolbox);
    const files = new ExportedFiles(await partialFolder(options.out));
    const sinceMs = timeOf(options.since, toolbox.clock.nowMs());
    try {
      const site = await withProgress("reading the record", toolbox, (report) =>
        writeSite({
          reader: new PatientReader(client, toolbox),
          files,
          page: toolbox.sitePage,
          namespaces,
          since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
          report,
        }),
      );
      await files.moveTo(options.out);
      await warn(site, toolbox);
      const report = siteReport(site, options.out, files.count);
      await show({ value: report, lines: () => reportLines(report) }, options.output, toolbox);
      return isBroken(site) ? 3 : 0;
    } finally {
      await files.remove();
    }
  },
};

async function clientOf(
  options: SiteOptions,
  toolbox: Toolbox,
): Promise<{ readonly client: ApiClient; readonly namespaces: readonly string[] | null }> {
  const client = await connect(options, toolbox);
  if (options.namespace === undefined) return { client, namespaces: await client.ownNamespaces() };
  const namespaces = [...new Set(options.namespace)].sort();
  return { client: client.limitedTo(namespaces), namespaces };
}

/** A checkout has the page only after a build. */
async function requirePage(folder: string): Promise<void> {
  try {
    await access(join(folder, "index.html"));
  } catch (cause) {
    throw new CliError(`the page is not built: ${folder} has no index.html`, "npm run build", { cause });
  }
}

/** Next to the export, so that it is complete when it has its name. */
async function partialFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  await mkdir(dirname(path), { recursive: true });
  return mkdtemp(`${path}.partial-`);
}

/** An existing export is never overwritten: it may be the last copy. */
async function requireAbsent(folder: string): Promise<void> {
  try {
    await access(folder);
  } catch {
    return;
  }
  throw new CliError(`${folder} exists`, "name a folder that does not exist yet");
}

const isBroken = ({ index: { evidence } }: SiteExport): boolean =>
  evidence.kind === "chain" && evidence.broken !== null;

async function warn({ index: { unity, evidence } }: SiteExport, toolbox: Toolbox): Promise<void> {
  if (unity.kind === "changed")
    await printProblem(
      {
        level: "warning",
        place: null,
        message: `the parts are not of one moment: ${unity.what.join(", ")} changed while they were read`,
        hint: "export again when no pass runs; every screen of this export states it",
      },
      toolbox,
    );
  if (evidence.kind === "chain" && evidence.broken !== null)
    await printProblem(
      {
        level: "error",
        place: null,
        message: `the record is broken: ${evidence.broken}`,
        hint: "grantkeeper audit verify shows what can still be proved",
      },
      toolbox,
    );
}

function reportLines(report: SiteReport): readonly ScreenLine[] {
  const { folder, functions, policies, entries, asOf, digest, namespaces } = report;
  const scope = namespaces === null ? "" : ` of ${namespaces.join(", ")}`;
  return [
    `${folder}: ${boundText(functions, policies)} and ${counted(entries, "entry", "entries")}${scope}, as of ${asOf}`,
    `open ${folder}/index.html in a browser`,
    `SHA-256 of ${folder}/SHA256SUMS, to keep elsewhere:`,
    digest,
  ];
}

/** In the words of `status`, which counts the two apart. */
function boundText(functions: number, policies: number): string {
  const ofFunctions = `${counted(functions, "binding")} of functions`;
  return policies === 0
    ? ofFunctions
    : `${ofFunctions}, ${counted(policies, "ManagedPolicy", "ManagedPolicies")}`;
}
