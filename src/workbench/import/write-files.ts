import { link, lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ImportPlan, PlannedFile } from "../../adopt/manifests/plan-import.ts";
import type { EstateFunction } from "../../adopt/estate/estate.ts";
import type { NoDraft } from "../../adopt/manifests/draft.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";

interface NewFile {
  readonly path: string;
  readonly text: string;
}

export interface ImportFile {
  readonly path: string;
  /** `kept`: a file with other content exists, and stays as it is. */
  readonly state: "written" | "unchanged" | "kept";
}

/** A file with what the import is going to do with it. */
export interface PlacedFile extends ImportFile {
  readonly text: string;
}

export interface PlacedPlan {
  /** A function whose file, or a policy of it, is kept has no manifest of this import. */
  readonly plan: ImportPlan;
  /** In the order in which they are written. */
  readonly files: readonly PlacedFile[];
}

/**
 * Which of the planned files exist already; nothing is written. Policies first: what a function's file means depends on them,
 * so that it is left out if one of its policies is kept. @throws CliError
 */
export async function placePlan(folder: string, plan: ImportPlan): Promise<PlacedPlan> {
  const kept = new Map<EstateFunction, NoDraft>();
  const placed: PlacedFile[] = [];
  for (const { path, text, kind, functions } of plan.files.toSorted(policiesFirst)) {
    const keptPolicy = kind === "policy" ? undefined : functions.map((one) => kept.get(one)).find(isKnown);
    const state = keptPolicy === undefined ? await stateOf(folder, { path, text }) : null;
    if (state !== null) placed.push({ path, text, state });
    const reason = state === "kept" ? keptFile(path) : keptPolicy;
    if (reason !== undefined) for (const one of functions) kept.set(one, reason);
  }
  const functions = plan.functions.map((one) => {
    const outcome = kept.get(one.found);
    return outcome === undefined ? one : { ...one, outcome, roleSwitch: null };
  });
  return { plan: { ...plan, functions }, files: placed };
}

/** No file is ever overwritten: it may contain what people changed. @throws CliError */
export function placeFiles(folder: string, files: readonly NewFile[]): Promise<readonly PlacedFile[]> {
  return Promise.all(files.map(async (file) => ({ ...file, state: await stateOf(folder, file) })));
}

/** Policies are written before the functions that attach them. @throws CliError */
export async function writeFiles(folder: string, files: readonly PlacedFile[]): Promise<void> {
  for (const file of files) if (file.state === "written") await writeNew(folder, file);
}

function policiesFirst(a: PlannedFile, b: PlannedFile): number {
  return Number(a.kind === "function") - Number(b.kind === "function");
}

function isKnown(reason: NoDraft | undefined): reason is NoDraft {
  return reason !== undefined;
}

function keptFile(path: string): NoDraft {
  return {
    kind: "blocked",
    reason: `${path} exists with other content`,
    next: "compare it, then remove it and import again, or import into another folder with --out",
  };
}

async function stateOf(folder: string, { path, text }: NewFile): Promise<PlacedFile["state"]> {
  const file = join(folder, path);
  await checkFolders(folder, path);
  try {
    return (await textIn(file)) === text ? "unchanged" : "kept";
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return "written";
    throw new CliError(`cannot read ${file} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

async function writeNew(folder: string, { path, text }: NewFile): Promise<void> {
  const file = join(folder, path);
  try {
    await checkFolders(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await createFile(file, text);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    if (errorCode(cause) === "EEXIST")
      throw new CliError(`${file} was created by another program during the import`, "import again", {
        cause,
      });
    throw new CliError(`cannot write ${file} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

/**
 * All of the file or nothing: a part of a manifest may be a valid one with fewer permissions. A link, unlike a rename,
 * replaces no file. A draft that an interruption leaves behind is a dot file, which no command reads.
 */
async function createFile(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `.import-${process.pid}`);
  await rm(draft, { force: true });
  await writeFile(draft, text, { flag: "wx" });
  try {
    await link(draft, file);
  } catch (cause) {
    if (!WITHOUT_LINKS.has(errorCode(cause) ?? "")) throw cause;
    await writeFile(file, text, { flag: "wx" });
  } finally {
    await rm(draft, { force: true });
  }
}

/** What file systems without hard links answer. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** Null: no regular file, such as a link or a folder. */
async function textIn(file: string): Promise<string | null> {
  return (await lstat(file)).isFile() ? readFile(file, "utf8") : null;
}

/** A team may replace a folder of the repository by a link to a folder elsewhere. @throws CliError */
async function checkFolders(folder: string, path: string): Promise<void> {
  const names = dirname(path).split("/");
  for (const at of names.keys()) {
    const below = join(folder, ...names.slice(0, at + 1));
    const isLink = await lstat(below).then(
      (found) => found.isSymbolicLink(),
      () => false,
    );
    if (isLink)
      throw new CliError(
        `${below} is a symbolic link: nothing is written through it`,
        "replace it by a folder, or import into another one with --out FOLDER",
      );
  }
}
