import { dirname, relative, resolve } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Finding } from "../../model/finding.ts";
import type { Tenancy } from "../../model/rules/team.ts";
import { correctedFindings, fileNames } from "../corrections/corrected-findings.ts";
import type { JudgedProject } from "../corrections/trial.ts";
import type { CorrectedLine } from "../reports/corrected-line.ts";
import { findingDiagnostics, validationValue } from "../project/diagnostics.ts";
import { findingsOffline, offlineFacts } from "../project/findings.ts";
import { kindOf, loadDirectory, type Project, type ProjectSettings } from "../project/project.ts";
import { pathInRepository, repositoryRoot } from "../project/repository-path.ts";
import { ownDiagnostics } from "../project/service.ts";
import { emptyFileWarnings } from "../project/skipped.ts";

/** The manifests of a folder, or one file of it, with all problems. */
export interface Validation {
  readonly project: Project;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: Project["files"];
  readonly documents: number;
  /** From the root of the repository to the folder. */
  readonly root: string;
  readonly tenancy: Tenancy["kind"];
  /** Lines that end findings of rules, in files as diagnostics name them. They cost a further compilation. */
  readonly corrections: () => readonly CorrectedLine[];
}

export function validationAnswer(validation: Validation, corrections: readonly CorrectedLine[]) {
  return { ...validationValue(validation, validation.diagnostics), corrections };
}

/** @throws CliError */
export async function validationOf(
  place: CheckedPath,
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<Validation> {
  const project = await loadDirectory(place.root, settings, toolbox);
  if (place.file !== null && !project.files.some((file) => file.path === place.file)) {
    throw new CliError(
      `${place.path} is outside ${settings.platformPath}/ and ${settings.tenantPath}/`,
      "move it below one of them",
    );
  }
  const isShown = ({ origin }: Diagnostic): boolean => place.file === null || origin.file === place.file;
  const files = project.files.filter((file) => place.file === null || file.path === place.file);
  const root = project.service === null ? await pathInRepository(place.root) : "";
  const judged = await judgedProject(project, toolbox);
  const isWanted = ({ origin }: Finding): boolean => place.file === null || origin?.file === place.file;
  return {
    project,
    corrections: () => correctedFindings(judged, { fileOf: fileNames(project, ""), isWanted }),
    diagnostics: projectDiagnostics(judged).filter(isShown),
    files,
    documents: files.reduce((sum, file) => sum + file.documents.length, 0),
    root,
    tenancy: project.compilation.desired.tenancy.kind,
  };
}

export interface CheckedPath {
  /** As it was given. */
  readonly path: string;
  readonly root: string;
  /** The one file, relative to the root; null for all. */
  readonly file: string | null;
  /** The path from here to the root, which precedes the names of files. */
  readonly prefix: string;
}

/** @throws CliError */
export async function placeOfDiagnostic(path: string, settings: ProjectSettings): Promise<CheckedPath> {
  const kind = await kindOf(path);
  if (kind === "absent") throw new CliError(`${path} does not exist`, null);
  const { service } = settings;
  if (service !== undefined && kind === "file")
    throw new CliError("with --platform, PATH is a folder", "name the folder of the manifests");
  // The places are those of the repository, not of the folder.
  if (service !== undefined) return { path, root: path, file: null, prefix: "." };
  if (kind === "directory") return { path, root: path, file: null, prefix: path };
  const root = await rootAbove(path, settings);
  return {
    path,
    root,
    file: relative(root, resolve(path)).split("\\").join("/"),
    prefix: relative(".", root) || ".",
  };
}

async function rootAbove(path: string, settings: ProjectSettings): Promise<string> {
  const root = await repositoryRoot(dirname(path), settings);
  if (root !== null) return root;
  throw new CliError(
    `no folder above ${path} holds ${settings.platformPath}/ or ${settings.tenantPath}/`,
    "a manifest is checked in its repository",
  );
}

interface JudgedManifests extends JudgedProject {
  readonly project: Project;
}

export async function judgedProject(project: Project, toolbox: Toolbox): Promise<JudgedManifests> {
  const facts = await offlineFacts(project.compilation, toolbox);
  return { project, facts, findings: findingsOffline(project.compilation, facts) };
}

/** Every problem that can be known without AWS. */
function projectDiagnostics(judged: JudgedManifests): readonly Diagnostic[] {
  return ownDiagnostics(allDiagnostics(judged), judged.project.service);
}

/** In files as the compiler names them; of a service also those of the platform's part. */
export function allDiagnostics({ project, findings }: JudgedManifests): readonly Diagnostic[] {
  const { compilation, files } = project;
  return [
    ...compilation.diagnostics,
    ...emptyFileWarnings(files),
    ...findingDiagnostics([...findings.values()].flat(), compilation.desired.accounts),
  ];
}
