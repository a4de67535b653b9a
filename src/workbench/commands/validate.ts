import { dirname, join, relative, resolve } from "node:path";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { findingsOffline, offlineFacts } from "../project/findings.ts";
import { addLocalOptions, type LocalOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { emptyFileWarnings } from "../project/skipped.ts";
import {
  projectSettings,
  kindOf,
  loadDirectory,
  type ProjectSettings,
  type Project,
} from "../project/project.ts";
import { diagnosticLines, findingDiagnostics, summaryLine, validationValue } from "../project/diagnostics.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";

export const validate: CliCommand<LocalOptions> = {
  name: "validate",
  summary: "check manifests: all problems, with file, line and column",
  description:
    "Checks the manifests of a folder, including the guard's rules that need no live state. PATH is a folder with platform/ and teams/ (default: the current folder), or one file in it: then only its problems are shown.",
  examples: [
    ["grantkeeper validate", "check this checkout"],
    ["grantkeeper validate manifests/teams/orders/orders-api.yaml", "check one file"],
    ["grantkeeper validate -o json", "for programs"],
  ],
  define: (command) => {
    addLocalOptions(command.argument("[path]", "a folder or a file", "."));
  },
  run: async ({ args: [path = "."], options, toolbox }) => {
    const settings = await projectSettings(options, toolbox);
    const place = await placeOf(path, settings);
    const project = await loadDirectory(place.root, settings, toolbox);
    if (place.file !== null && !project.files.some((file) => file.path === place.file)) {
      throw new CliError(
        `${path} is outside ${settings.platformPath}/ and ${settings.tenantPath}/`,
        "move it below one of them",
      );
    }
    const isShown = ({ origin }: Diagnostic): boolean => place.file === null || origin.file === place.file;
    const diagnostics = (await allDiagnostics(project, toolbox)).filter(isShown);
    const files = project.files.filter((file) => place.file === null || file.path === place.file);
    const documents = files.reduce((sum, file) => sum + file.documents.length, 0);
    const lines = (layout: Layout): readonly string[] => [
      ...diagnosticLines(diagnostics, place.prefix, layout),
      summaryLine(documents, diagnostics),
    ];
    await show({ value: validationValue(documents, diagnostics), lines }, options.output, toolbox);
    return diagnostics.some(({ severity }) => severity === "error") ? 3 : 0;
  },
};

interface Place {
  readonly root: string;
  /** The one file, relative to the root; null for all. */
  readonly file: string | null;
  /** The path from here to the root, which precedes the names of files. */
  readonly prefix: string;
}

async function placeOf(path: string, settings: ProjectSettings): Promise<Place> {
  const kind = await kindOf(path);
  if (kind === "absent") throw new CliError(`${path} does not exist`, null);
  if (kind === "directory") return { root: path, file: null, prefix: path };
  const root = await rootAbove(path, settings);
  return {
    root,
    file: relative(root, resolve(path)).split("\\").join("/"),
    prefix: relative(".", root) || ".",
  };
}

/** The nearest folder above the file that has one of the declared paths: a file alone has no namespace and no accounts. */
async function rootAbove(path: string, { platformPath, tenantPath }: ProjectSettings): Promise<string> {
  for (let at = dirname(resolve(path)); ; at = dirname(at)) {
    const kinds = await Promise.all([platformPath, tenantPath].map((folder) => kindOf(join(at, folder))));
    if (kinds.includes("directory")) return at;
    if (dirname(at) === at) {
      throw new CliError(
        `no folder above ${path} holds ${platformPath}/ or ${tenantPath}/`,
        "a manifest is checked in its repository",
      );
    }
  }
}

async function allDiagnostics(
  { compilation, files }: Project,
  toolbox: Toolbox,
): Promise<readonly Diagnostic[]> {
  const findings = findingsOffline(compilation, await offlineFacts(compilation, toolbox));
  return [
    ...compilation.diagnostics,
    ...emptyFileWarnings(files),
    ...findingDiagnostics([...findings.values()].flat(), compilation.desired.accounts),
  ];
}
