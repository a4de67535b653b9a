import { pathToFileURL } from "node:url";
import type { Diagnostic } from "vscode-languageserver";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { ReadFolder, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { SourceError } from "../../controller/ports/source.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { projectOf, type Project } from "../project/project.ts";
import { diagnosticsOfService, platformProblems } from "../project/service.ts";
import { allDiagnostics, judgedProject } from "../validate/validation.ts";
import type { Analysis } from "./analysis.ts";
import { correctionsIn } from "./answers/finding-fixes.ts";
import { failureProblem, limitProblem, placedProblems, type PlacedProblem } from "./answers/problems.ts";
import { type OpenDocument, withOpenDocuments } from "./open-documents.ts";
import type { ProjectFolder } from "./project-folder.ts";

/** What is known of a project with the present texts of its open documents. */
export type ProjectReading =
  | {
      readonly kind: "read";
      readonly analysis: Analysis;
      readonly problems: readonly PlacedProblem[];
      /** Why the problems may be incomplete. */
      readonly limits: readonly string[];
    }
  | { readonly kind: "failed"; readonly message: string };

/** The problems of one file, for an editor; the version only of an open document. */
export interface PublishedProblems {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: Diagnostic[];
}

interface ProjectPorts {
  readonly folder: ProjectFolder;
  readonly toolbox: Toolbox;
  readonly publish: (problems: PublishedProblems) => void;
  /** For an error that is a bug. */
  readonly report: (error: unknown) => void;
}

/** Without a change for this time, the problems are shown. */
const QUIET_MS = 200;

/**
 * One project while it is edited. A change makes it stale; a question, or a quiet moment, makes it read again. Nothing is
 * answered or shown of an older text: what has become stale during the reading is read once more. Files have the names that
 * the compiler uses.
 */
export class LiveProject {
  readonly #ports: ProjectPorts;
  readonly #open = new Map<string, OpenDocument>();
  readonly #published = new Map<string, string>();
  #disk: Awaited<ReturnType<ProjectFolder["read"]>> | null = null;
  #known: ReadonlyMap<string, ParsedFile> = new Map();
  /** Counts all changes, and those of the files alone. */
  #change = 0;
  #fileChange = 0;
  #latest: { readonly change: number; readonly reading: ProjectReading } | null = null;
  #running: Promise<void> | null = null;
  #quiet = new AbortController();
  #isShown = true;

  constructor(ports: ProjectPorts) {
    this.#ports = ports;
  }

  /** A document was opened, or has another text. */
  edited(document: OpenDocument): void {
    this.#isShown = true;
    this.#open.set(this.#ports.folder.nameOf(document.path), document);
    this.#changed();
  }

  closed(file: string): void {
    this.#open.delete(file);
    this.filesChanged();
  }

  /** Documents of folders that the editor has removed. */
  closeWhere(isRemoved: (uri: string) => boolean): void {
    for (const [file, { uri }] of this.#open) if (isRemoved(uri)) this.closed(file);
  }

  /** The editor has no folder of the project any more: nothing of it is shown until a document of it is edited again. */
  leave(): void {
    this.#isShown = false;
    for (const file of this.#published.keys()) this.#send(file, []);
    this.#published.clear();
    this.#open.clear();
    this.filesChanged();
  }

  filesChanged(): void {
    this.#disk = null;
    this.#fileChange += 1;
    this.#changed();
  }

  stop(): void {
    this.#quiet.abort();
  }

  versionOf(file: string): number | null {
    return this.#open.get(file)?.version ?? null;
  }

  uriOf(file: string): string {
    return this.#open.get(file)?.uri ?? pathToFileURL(this.#ports.folder.locate(file)).href;
  }

  /** Of the present texts. */
  async current(): Promise<ProjectReading> {
    for (;;) {
      if (this.#latest?.change === this.#change) return this.#latest.reading;
      this.#running ??= this.#read().finally(() => (this.#running = null));
      await this.#running;
    }
  }

  #changed(): void {
    this.#change += 1;
    this.#quiet.abort();
    if (!this.#isShown) return;
    this.#quiet = new AbortController();
    void this.#publishAfter(this.#quiet.signal);
  }

  async #publishAfter(quiet: AbortSignal): Promise<void> {
    const { toolbox, report } = this.#ports;
    try {
      await toolbox.clock.sleep(QUIET_MS, quiet);
      const reading = await this.current();
      // A later change publishes what it leads to.
      if (!quiet.aborted) this.#publish(reading);
    } catch (error) {
      if (!quiet.aborted) report(error);
    }
  }

  async #read(): Promise<void> {
    const change = this.#change;
    const reading = await this.#reading();
    this.#latest = { change, reading };
  }

  async #reading(): Promise<ProjectReading> {
    const { toolbox } = this.#ports;
    try {
      const { own, settings } = this.#disk ?? (await this.#readDisk());
      const read = withOpenDocuments(own, [...this.#open.values()]);
      const project = projectOf(read, { ...settings, knownFiles: this.#known }, toolbox);
      this.#known = project.parsed;
      const { compilation, paths, snapshot, service } = project;
      const judged = await judgedProject(project, toolbox);
      const analysis: Analysis = {
        files: filesIn(project),
        compilation,
        paths,
        service,
        diagnostics: diagnosticsOfService(allDiagnostics(judged), service),
        linesOf: linesIn(snapshot),
        correctedAt: correctionsIn(judged),
      };
      return {
        kind: "read",
        analysis,
        problems: placedProblems(analysis, (file) => this.uriOf(file)),
        limits: platformProblems(compilation.diagnostics, service, settings),
      };
    } catch (error) {
      if (!(error instanceof CliError || error instanceof SourceError)) throw error;
      const { message, fix } = error;
      return { kind: "failed", message: fix === null ? message : `${message}\nhint: ${fix}` };
    }
  }

  /** Kept only if no file has changed while they were read. */
  async #readDisk(): ReturnType<ProjectFolder["read"]> {
    const change = this.#fileChange;
    const disk = await this.#ports.folder.read();
    if (change === this.#fileChange) this.#disk = disk;
    return disk;
  }

  #publish(reading: ProjectReading): void {
    const ofDocument =
      reading.kind === "failed"
        ? [failureProblem(reading.message)]
        : reading.limits.map((text) => limitProblem(text, null));
    const byFile = new Map<string, Diagnostic[]>([...this.#open.keys()].map((file) => [file, ofDocument]));
    if (reading.kind === "read")
      for (const { file, shown } of reading.problems) byFile.set(file, [...(byFile.get(file) ?? []), shown]);
    const gone = [...this.#published.keys()].filter((file) => !byFile.has(file));
    for (const file of gone) this.#send(file, []);
    for (const [file, diagnostics] of byFile) this.#send(file, diagnostics);
    for (const file of gone) this.#published.delete(file);
  }

  #send(file: string, diagnostics: Diagnostic[]): void {
    const version = this.versionOf(file);
    const uri = this.uriOf(file);
    const problems = { uri, ...(version !== null && { version }), diagnostics };
    const text = JSON.stringify(problems);
    if (this.#published.get(file) === text) return;
    this.#published.set(file, text);
    this.#ports.publish(problems);
  }
}

function filesIn({ files, parsed, service }: Project): readonly ParsedFile[] {
  if (service === null) return files;
  return [...files, ...[...parsed.values()].filter(({ path }) => prefixOf(path) !== service.namespace)];
}

/** The lines are split when they are asked for, and once for each reading. */
function linesIn({ files }: ReadFolder["snapshot"]): Analysis["linesOf"] {
  const bytes = new Map(files.map((file) => [file.path, file.bytes]));
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const found = known.get(file);
    if (found !== undefined) return found;
    const text = bytes.get(file);
    if (text === undefined) return null;
    const lines = Buffer.from(text).toString("utf8").split(/\r?\n/);
    known.set(file, lines);
    return lines;
  };
}
