import { stat } from "node:fs/promises";
import { join } from "node:path";
import { compile, type Compilation, type CompileContext } from "../../manifest/compile/compile.ts";
import { parseFilesSteps } from "../../manifest/parse/parse-files.ts";
import { DEFAULT_MANIFEST_LIMITS, type ParsedFile } from "../../manifest/parse/parsed.ts";
import { refusedFile } from "../../manifest/parse/refused.ts";
import { parseInstanceName, type InstanceName } from "../../model/aws/ids.ts";
import type { Paths } from "../../manifest/folder-owner.ts";
import type { RevisionsInForce } from "../../model/records/key-revision.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { complete } from "../../model/values/steps.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { findInstallation } from "../../cli/toolbox/installation.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import type { ReferenceReadings } from "../../model/aws/reference.ts";
import { loadReferences, readingsFrom, type GivenReferences } from "./references.ts";
import { asSource, joinedSnapshots, withOtherTexts, withoutOthers, type ServiceFolder } from "./service.ts";
import { printNote } from "../../cli/screen/print.ts";
import { skippedProjectFiles } from "./skipped.ts";
import type {
  DirectoryRequest,
  FolderRequest,
  OperatorConfig,
  ReadFolder,
  Toolbox,
} from "../../cli/toolbox/toolbox.ts";

/** The manifests of a folder, compiled for an installation. */
export interface Project {
  readonly snapshot: Snapshot;
  readonly files: readonly ParsedFile[];
  /** Those of the snapshot by path and content: another revision has most of them too. */
  readonly parsed: ReadonlyMap<string, ParsedFile>;
  readonly compilation: Compilation;
  readonly paths: Paths;
  /** null: the manifests are the platform's. */
  readonly service: ServiceFolder | null;
  /** The revisions of the namespace sources, if any were read. */
  readonly namespaceRevisions?: RevisionsInForce["namespaceRevisions"];
  /** How many documents the files hold. */
  readonly documents: number;
  /** The same files, compiled with what was read of their references. */
  readonly withReadings: (readings: ReferenceReadings) => Project;
  /** The project with other texts of some of its files. */
  readonly withTexts: (texts: ReadonlyMap<string, string>) => Project;
}

/** What compiling needs in addition to the files; without an operator's file, its defaults. */
export interface ProjectSettings extends Paths {
  /** Of namespace sources, which are compiled together with the manifests; missing: none was read. */
  readonly others?: readonly Snapshot[];
  /** The folder has the manifests of this one namespace; missing: it is the platform's. */
  readonly service?: ServiceFolder;
  readonly sizes: DirectoryRequest["sizes"];
  /** The kind of source that the controller reads. */
  readonly rules: FolderRequest["rules"];
  /** null: there is no operator's file. */
  readonly instance: InstanceName | null;
  readonly simulator: OperatorConfig["aws"] | null;
  /** null: the operator's file declares nothing about Grantkeeper's own roles. */
  readonly ownRoles: OperatorConfig["bootstrap"];
  /** CloudTrail is asked who made a difference. */
  readonly lookupEvents: boolean;
  /** undefined: there is no operator's file. */
  readonly approverGroups?: CompileContext["approverGroups"];
  /** The profiles of the base that the manifests are compared with; undefined without a base. */
  readonly knownProfiles?: CompileContext["knownProfiles"];
  /** The same of ChangeWindows. */
  readonly knownWindows?: CompileContext["knownWindows"];
  /** Files of another revision that were parsed already, by path and content. */
  readonly knownFiles?: ReadonlyMap<string, ParsedFile>;
  /** Of another compilation of most of the same files. */
  readonly knownFunctions?: CompileContext["functions"];
  /** Of --references: the values of references; missing: they are not known. */
  readonly references?: GivenReferences;
}

const DEFAULTS: ProjectSettings = {
  platformPath: "platform",
  tenantPath: "teams",
  sizes: {
    fileBytes: 1_048_576,
    files: 50_000,
    documentsPerFile: 1_000,
    snapshotBytes: 268_435_456,
    teamFiles: 10_000,
    teamBytes: 67_108_864,
  },
  rules: "git",
  instance: null,
  simulator: null,
  ownRoles: null,
  lookupEvents: false,
};

export async function projectSettings(
  options: ConfigOptions & { readonly references?: string },
  toolbox: Toolbox,
): Promise<ProjectSettings> {
  const installation = await findInstallation(options, toolbox);
  const settings = installation === null ? DEFAULTS : settingsOf(installation.config);
  if (options.references === undefined) return settings;
  return { ...settings, references: await loadReferences(options.references) };
}

export function settingsOf(config: OperatorConfig): ProjectSettings {
  const { source, namespaceSources, sizes, instance, aws, bootstrap: ownRoles } = config;
  const { platformPath, tenantPath } = source;
  const simulator = aws.simulator ? aws : null;
  const approverGroups = Object.keys(config.approvers).sort();
  return {
    platformPath,
    tenantPath,
    ...(namespaceSources.length > 0 && {
      namespaceSources: new Set(namespaceSources.map(({ namespace }) => namespace)),
    }),
    sizes,
    rules: source.kind,
    instance,
    simulator,
    ownRoles,
    lookupEvents: aws.lookupEvents,
    approverGroups,
  };
}

/**
 * The manifests of a folder by the rules of the source that the controller reads: of a working tree, what Git would
 * commit of it. @throws CliError where it has none of the declared paths
 */
export async function loadDirectory(
  root: string,
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<Project> {
  await checkRoot(root, settings);
  const request = { ...requestFor(root, settings), rules: settings.rules };
  return projectOf(await toolbox.readDirectory(request, toolbox.signal), settings, toolbox);
}

export function requestFor(
  root: string,
  { platformPath, tenantPath, sizes, service }: ProjectSettings,
): DirectoryRequest {
  if (service === undefined) return { root, platformPath, tenantPath, sizes };
  const { teamFiles, teamBytes } = sizes;
  const limits = { ...sizes, files: teamFiles, snapshotBytes: teamBytes, isOneTeam: true } as const;
  return { root, platformPath: ".", tenantPath: null, sizes: limits };
}

/** @throws CliError */
export async function checkExists(root: string): Promise<void> {
  if ((await kindOf(root)) === "absent") throw new CliError(`${root} does not exist`, null);
}

/** @throws CliError: it has none of the declared paths */
export async function checkRoot(
  root: string,
  { platformPath, tenantPath, service }: ProjectSettings,
): Promise<void> {
  if (service !== undefined && (await kindOf(root)) === "directory") return;
  await checkExists(root);
  const kinds = await Promise.all([join(root, platformPath), join(root, tenantPath)].map(kindOf));
  if (kinds.includes("directory")) return;
  throw new CliError(
    `${root} has neither ${platformPath}/ nor ${tenantPath}/`,
    "name the folder that holds them with --dir FOLDER, or the operator's file with --config FILE if its source has other paths",
  );
}

export async function kindOf(path: string): Promise<"directory" | "file" | "absent"> {
  try {
    return (await stat(path)).isDirectory() ? "directory" : "file";
  } catch (cause) {
    const code = errorCode(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    throw new CliError(`cannot look at ${path} (${code ?? "unknown failure"})`, null, { cause });
  }
}

export function projectOf(
  read: ReadFolder,
  settings: ProjectSettings,
  toolbox: Pick<Toolbox, "clock">,
): Project {
  const { service, ...platformSettings } = settings;
  if (service === undefined) return compiled(read, settings, toolbox);
  const { snapshot, skipped } = asSource(read, service);
  const { snapshot: platform } = service.platform;
  const all = compiled({ snapshot: platform, skipped }, { ...platformSettings, others: [snapshot] }, toolbox);
  return ofService(all, service, snapshot);
}

function ofService(all: Project, service: ServiceFolder, snapshot: Snapshot): Project {
  const files = all.files.filter(({ path }) => prefixOf(path) === service.namespace);
  const compilation = withoutOthers(all.compilation, service);
  const withTexts: Project["withTexts"] = (texts) =>
    ofService(all.withTexts(texts), service, withOtherTexts(snapshot, texts));
  return { ...all, compilation, service, snapshot, files, documents: documentsIn(files), withTexts };
}

function compiled(
  { snapshot: own, skipped }: ReadFolder,
  settings: ProjectSettings,
  toolbox: Pick<Toolbox, "clock">,
): Project {
  const limits = {
    ...DEFAULT_MANIFEST_LIMITS,
    fileBytes: settings.sizes.fileBytes,
    documentsPerFile: settings.sizes.documentsPerFile,
  };
  const { others = [] } = settings;
  const snapshot = others.length === 0 ? own : joinedSnapshots(own, others);
  const known = settings.knownFiles ?? new Map<string, ParsedFile>();
  const parsing = parseFilesSteps(snapshot.files, { limits, paths: settings, known });
  const { parsed, over } = complete(parsing);
  const files = [
    ...parsed.values(),
    ...over,
    ...snapshot.refused.map((refused) => refusedFile(refused, false)),
    ...skippedProjectFiles(skipped, settings),
  ];
  const context = compileContext(snapshot, settings, toolbox);
  const project = {
    snapshot,
    files,
    parsed,
    paths: settings,
    service: null,
    documents: documentsIn(files),
    ...(others.length > 0 && {
      namespaceRevisions: new Map(others.map(({ source, revision }) => [source, revision])),
    }),
  };
  const withReadings = (readings: ReferenceReadings): Project => ({
    ...project,
    compilation: compile(files, { ...context, readings }),
    withReadings,
    withTexts: (texts) => withTexts(texts).withReadings(readings),
  });
  const compilation = compile(files, { ...context, functions: settings.knownFunctions });
  const withTexts: Project["withTexts"] = (texts) => {
    const known = { knownFiles: parsed, knownFunctions: compilation.functions };
    const changed = { snapshot: withOtherTexts(snapshot, texts), skipped };
    return compiled(changed, { ...settings, others: [], ...known }, toolbox);
  };
  const { references: given } = settings;
  return given === undefined || compilation.references.length === 0
    ? { ...project, compilation, withReadings, withTexts }
    : withReadings(readingsFrom(given, compilation));
}

function documentsIn(files: readonly ParsedFile[]): number {
  return files.reduce((sum, file) => sum + file.documents.length, 0);
}

export function compileContext(
  { revision }: Pick<Snapshot, "revision">,
  { instance, simulator, knownProfiles, knownWindows, approverGroups, ...paths }: ProjectSettings,
  { clock }: Pick<Toolbox, "clock">,
): CompileContext {
  return {
    ...pathsOf(paths),
    instance: instance ?? OFFLINE,
    revision,
    simulator,
    nowMs: clock.nowMs(),
    // Without the controller it is unknown which of two claims was first: both are reported.
    holders: new Map(),
    earlierTenancy: "unknown",
    knownProfiles,
    knownWindows,
    approverGroups,
  };
}

function pathsOf({ platformPath, tenantPath, namespaceSources }: Paths): Paths {
  return { platformPath, tenantPath, ...(namespaceSources && { namespaceSources }) };
}

/** The instance in tags and Sids if there is no operator's file. */
const OFFLINE = knownInstance("offline");

/** For a name in the source. @throws Error */
export function knownInstance(text: string): InstanceName {
  const name = parseInstanceName(text);
  if (name === undefined) throw new Error(`"${text}" is not an instance`);
  return name;
}

/** Without an operator's file, tags and Sids differ from those in AWS: the reader must know. */
export async function noteOffline({ instance }: ProjectSettings, toolbox: Toolbox): Promise<void> {
  if (instance !== null) return;
  await printNote(
    `without an operator's file, tags and Sids are those of an instance "${OFFLINE}" (--config)`,
    toolbox,
  );
}
