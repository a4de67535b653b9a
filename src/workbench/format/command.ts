import { layoutOf } from "../../cli/screen/layout.ts";
import { printAside, show } from "../../cli/screen/print.ts";
import { CliError, type ExitCode } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addLocalOptions, type LocalOptions } from "../../cli/toolbox/options.ts";
import { standardInput } from "../../cli/toolbox/standard-input.ts";
import type { Toolbox, DirectoryRequest } from "../../cli/toolbox/toolbox.ts";
import { formatFile } from "../../manifest/format/format-file.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../manifest/parse/parsed.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { diagnosticLines } from "../project/diagnostics.ts";
import { projectSettings, type ProjectSettings, kindOf, requestFor } from "../project/project.ts";
import { formatReport, type FormattedFile } from "./format-report.ts";
import { readPlainFile, rewriteFile } from "./rewrite-file.ts";
import { basename, dirname, relative, resolve } from "node:path";
import { isManifestPath } from "../../manifest/parse/parse.ts";
import { refusedFile } from "../../manifest/parse/refused.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { byText } from "../../text/order.ts";
import { repositoryRoot } from "../project/repository-path.ts";

interface FormatOptions extends LocalOptions {
  readonly check?: true;
  readonly stdin?: true;
}

export const fmt: CliCommand<FormatOptions> = {
  name: "fmt",
  summary: "write manifests in one style",
  description:
    "Writes the manifests at PATH (files or folders, default: the current folder) in one style: indentation, quotes, the order of the known fields. Comments, lists and the choice between lines and braces stay, and so does the meaning. A file with YAML that cannot be read is left as it is, and its problems are shown.",
  examples: [
    ["grantkeeper fmt", "all manifests of this checkout"],
    ["grantkeeper fmt teams/orders/orders-api.yaml", "one file"],
    ["grantkeeper fmt --check", "in CI: exit code 2 if a file would change"],
    ["grantkeeper fmt --stdin < a.yaml", "for editors: prints the text"],
  ],
  define: (command) => {
    addLocalOptions(command.argument("[path...]", "files and folders (default: .)"))
      .option("--check", "write nothing; exit code 2 if a file would change")
      .option("--stdin", "format standard input, and print the result");
  },
  run: async ({ args, options, toolbox }) => {
    const { check = false, stdin = false, output } = options;
    if (stdin) {
      if (args.length > 0) throw new CliError("--stdin takes no PATH", "leave one of them out");
      return formatStandardInput(check, toolbox);
    }
    const settings = await projectSettings(options, toolbox);
    const found = await manifestFiles(args.length === 0 ? ["."] : args, settings, toolbox);
    const files: FormattedFile[] = [];
    const problems: Diagnostic[] = [...found.refused];
    for (const path of found.paths) {
      toolbox.signal.throwIfAborted();
      const { file, diagnostics } = await formatPath(path, check, settings);
      files.push(file);
      problems.push(...diagnostics);
    }
    return finish({ files, problems, check, output }, toolbox);
  },
};

async function finish(
  { output, ...formatted }: Parameters<typeof formatReport>[0] & Pick<FormatOptions, "output">,
  toolbox: Toolbox,
): Promise<ExitCode> {
  const { answer, code } = formatReport(formatted);
  await show(answer, output, toolbox);
  return code;
}

async function formatPath(
  path: string,
  check: boolean,
  { sizes }: ProjectSettings,
): Promise<{ readonly file: FormattedFile; readonly diagnostics: readonly Diagnostic[] }> {
  const file = await readPlainFile(path);
  const { fileBytes, documentsPerFile } = sizes;
  const formatted = formatFile(file, { ...DEFAULT_MANIFEST_LIMITS, fileBytes, documentsPerFile });
  if (formatted.kind === "err")
    return { file: { path, state: "invalid", line: null }, diagnostics: formatted.error };
  const line = firstDifference(file.bytes, formatted.value);
  if (line === null) return { file: { path, state: "unchanged", line }, diagnostics: [] };
  if (!check) await rewriteFile(file, formatted.value);
  return { file: { path, state: check ? "differs" : "formatted", line }, diagnostics: [] };
}

/** The first line that is written in another way; null if there is none. */
function firstDifference(bytes: Uint8Array, text: string): number | null {
  const before = Buffer.from(bytes).toString("utf8");
  if (before === text) return null;
  const lines = text.split("\n");
  const at = before.split("\n").findIndex((line, index) => line !== lines[index]);
  return at < 0 ? lines.length : at + 1;
}

async function formatStandardInput(check: boolean, toolbox: Toolbox): Promise<ExitCode> {
  const text = await standardInput(toolbox, "format a smaller file");
  const bytes = Buffer.from(text);
  const formatted = formatFile({ path: "standard input", bytes }, DEFAULT_MANIFEST_LIMITS);
  if (formatted.kind === "err") {
    await printAside(
      () => diagnosticLines(formatted.error, "", layoutOf(toolbox.terminal, "table")),
      toolbox,
    );
    return 3;
  }
  if (check) return formatted.value === text ? 0 : 2;
  await toolbox.terminal.out(formatted.value);
  return 0;
}

interface ManifestFiles {
  /** As people write them from here, sorted. */
  readonly paths: readonly string[];
  /** Files that a source does not read, such as symbolic links. */
  readonly refused: readonly Diagnostic[];
}

/**
 * The manifests at these paths, as a source reads them: links are not followed, ignored files and files outside of the
 * declared paths are left out. Without the declared paths around it, a folder is that of a service repository.
 * @throws CliError
 */
async function manifestFiles(
  given: readonly string[],
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<ManifestFiles> {
  const found: ManifestFiles[] = [];
  for (const path of given) found.push(await filesAt(path, settings, toolbox));
  const refused = new Map(
    found.flatMap((one) => one.refused.map((problem) => [problem.origin.file, problem])),
  );
  return {
    paths: [...new Set(found.flatMap(({ paths }) => paths))].sort(byText),
    refused: [...refused.values()],
  };
}

async function filesAt(path: string, settings: ProjectSettings, toolbox: Toolbox): Promise<ManifestFiles> {
  const kind = await kindOf(path);
  if (kind === "absent") throw new CliError(`${path} does not exist`, null);
  const folder = kind === "file" ? dirname(path) : path;
  const root = await repositoryRoot(folder, settings);
  const request = root === null ? inService(folder, settings) : requestFor(root, settings);
  const { snapshot } = await toolbox.readDirectory({ ...request, rules: settings.rules }, toolbox.signal);
  const found = filesWithin(snapshot, { path, request, isService: root === null });
  if (kind === "file" && found.paths.length === 0 && found.refused.length === 0)
    throw unread(path, root, settings);
  return found;
}

function inService(root: string, { sizes }: ProjectSettings): DirectoryRequest {
  return { root, platformPath: ".", tenantPath: null, sizes };
}

interface SearchedPath {
  readonly path: string;
  readonly request: DirectoryRequest;
  /** Other YAML may be there too. */
  readonly isService: boolean;
}

function filesWithin(
  { files, refused }: Snapshot,
  { path, request, isService }: SearchedPath,
): ManifestFiles {
  const shown = (file: string): string => relative(".", resolve(request.root, file)).split("\\").join("/");
  const wanted = shown(relative(resolve(request.root), resolve(path)) || ".");
  const isWithin = (file: string): boolean =>
    wanted === "" || file === wanted || file.startsWith(`${wanted}/`);
  const paths = files
    .filter(({ path: file, bytes }) => isManifestPath(file) && (!isService || isOurs(bytes)))
    .map(({ path: file }) => shown(file));
  const problems = refused.flatMap(
    (one) => refusedFile({ ...one, path: shown(one.path) }, false).diagnostics,
  );
  return { paths: paths.filter(isWithin), refused: problems.filter(({ origin }) => isWithin(origin.file)) };
}

function isOurs(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes("grantkeeper.dev/");
}

function unread(path: string, root: string | null, { platformPath, tenantPath }: ProjectSettings): CliError {
  if (!isManifestPath(basename(path)))
    return new CliError(`${path} is not a manifest`, "manifests end in .yaml or .yml");
  if (root === null)
    return new CliError(`${path} is not a manifest`, "write apiVersion: grantkeeper.dev/v1alpha1");
  return new CliError(
    `${path} is outside ${platformPath}/ and ${tenantPath}/, or ignored by Git`,
    "move it below one of them",
  );
}
