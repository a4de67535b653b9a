import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import {
  type RevisionStep,
  type Source,
  type SourceAnswer,
  SourceError,
} from "../controller/ports/source.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { Revision } from "../model/values/revision.ts";
import type { Verification } from "../model/verification.ts";
import type { RefusalReason, RefusedFile, Snapshot, SourceFile } from "../model/snapshot.ts";
import { type ListedFile, isAbsence, readListedFile, walk } from "./directory-walk.ts";
import {
  byPath,
  declaredPaths,
  type DeclaredPaths,
  isLfsPointer,
  type SourceLimits,
  type SourcePaths,
} from "./rules/entry-rules.ts";
import { errorCode } from "../model/values/error-code.ts";
import { folderRevision } from "./rules/folder-revision.ts";
import { type Share, withinBytes, withinFiles, withoutRefused } from "./rules/team-shares.ts";
import { watchPaths } from "./watch-paths.ts";
import { err, ok, resultOf } from "../model/values/result.ts";

export interface DirectorySourceOptions {
  readonly name: string;
  readonly root: string;
  /** Files outside these paths are not read. */
  readonly paths: SourcePaths;
  readonly limits: SourceLimits;
  /** `git`: refuses everything that Git would not commit as a file. For a working tree in which git itself cannot run. */
  readonly rules: "directory" | "git";
  /** Time without changes before `changed` is called. */
  readonly debounceMs: number;
  readonly telemetry: Telemetry;
}

const ATTEMPTS = 3;
const REMEMBERED = 4;

/**
 * A folder as a source, for local work. It has no history: each state follows the previous one, and `at` knows only the
 * last few states that this process has read.
 */
export class DirectorySource implements Source {
  readonly name: string;
  readonly #options: DirectorySourceOptions;
  readonly #paths: DeclaredPaths;
  #recent: readonly Snapshot[] = [];

  /** @throws SourceError `refused-path`: the configuration is wrong */
  constructor(options: DirectorySourceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#paths = declaredPaths(options.name, options.paths);
  }

  latest(signal: AbortSignal): SourceAnswer<Snapshot> {
    return resultOf(this.#latest(signal), SourceError);
  }

  async #latest(signal: AbortSignal): Promise<Snapshot> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const snapshot = await this.#readOnce(signal);
      if (snapshot !== undefined) return this.#remember(snapshot);
    }
    throw new SourceError({
      source: this.name,
      code: "changing",
      message: `${this.#options.root} changed during each of ${ATTEMPTS} readings`,
      fix: "stop the program that writes there; the folder is read again at the next interval",
    });
  }

  async at(revision: Revision, signal: AbortSignal): SourceAnswer<Snapshot> {
    const known = this.#recent.find((snapshot) => snapshot.revision === revision);
    if (known !== undefined) return ok(known);
    const now = await this.latest(signal);
    if (now.kind === "err" || now.value.revision === revision) return now;
    const problem = {
      source: this.name,
      code: "not-found",
      message: `${this.#options.root} no longer has the content of ${revision}`,
      fix: "accept its current content, or use git: a folder has no history",
    };
    return err(new SourceError(problem));
  }

  async compare(from: Revision | null, to: Revision): SourceAnswer<RevisionStep> {
    const authors = { kind: "unknown", reason: "the source is a folder, which has no commits" } as const;
    const relation = from === null ? "first" : from === to ? "same" : "forward";
    return ok({ relation, commits: [], authors });
  }

  /** A folder has no commits. */
  async verify(): SourceAnswer<Verification> {
    return ok({ kind: "not-required" });
  }

  watch(changed: () => void): Promise<() => Promise<void>> {
    const { root, debounceMs, telemetry } = this.#options;
    const failed = (error: unknown): void =>
      telemetry.warn("watch failed", { source: this.name, error: String(error) });
    return watchPaths({ paths: [root], debounceMs, failed }, changed);
  }

  /** Undefined if something changed during the read: then the files read never existed together. */
  async #readOnce(signal: AbortSignal): Promise<Snapshot | undefined> {
    const before = await this.#walk(signal);
    if (before === undefined) return undefined;
    const shares = this.#withinLimits(before);
    const files: SourceFile[] = [];
    const refused: RefusedFile[] = shares.flatMap((share) => share.refused);
    for (const found of shares.flatMap((share) => share.files).sort(byPath)) {
      const bytes = await this.#readFile(found, signal);
      if (bytes === undefined) return undefined;
      const content = this.#content(bytes);
      if (typeof content === "string") refused.push({ path: found.path, reason: content });
      else files.push({ path: found.path, oid: sha256(content), bytes: content });
    }
    const after = await this.#walk(signal);
    if (after === undefined || fingerprint(after) !== fingerprint(before)) return undefined;
    const sorted = refused.sort(byPath);
    return {
      source: this.name,
      revision: folderRevision(files, sorted),
      files,
      refused: sorted,
      uncommitted: true,
    };
  }

  /** If a file is too large, only that file is refused, and its bytes do not count. */
  #withinLimits(found: readonly Share<ListedFile>[]): readonly Share<ListedFile>[] {
    const { limits } = this.#options;
    const sized = found.map((share) =>
      withoutRefused(share, ({ size }) => (size > limits.fileBytes ? "too-large" : undefined)),
    );
    return withinBytes(withinFiles(sized, this.name, limits), this.name, limits);
  }

  #content(bytes: Uint8Array | "unreadable"): Uint8Array | RefusalReason {
    if (bytes === "unreadable") return bytes;
    return isLfsPointer(bytes) ? "lfs-pointer" : bytes;
  }

  /** Undefined if a folder disappeared during the walk. */
  async #walk(signal: AbortSignal): Promise<readonly Share<ListedFile>[] | undefined> {
    signal.throwIfAborted();
    const { root, limits, rules } = this.#options;
    try {
      return await walk(root, { paths: this.#paths, limits, rules });
    } catch (cause) {
      if (isAbsence(cause) && existsSync(root)) return undefined;
      throw this.#unreadable(root, cause);
    }
  }

  async #readFile(found: ListedFile, signal: AbortSignal): Promise<Uint8Array | "unreadable" | undefined> {
    signal.throwIfAborted();
    try {
      return await readListedFile(found);
    } catch (cause) {
      throw this.#unreadable(found.location, cause);
    }
  }

  #unreadable(path: string, cause: unknown): SourceError {
    const code = isAbsence(cause) ? "not-found" : "unreadable";
    const why = errorCode(cause) ?? String(cause);
    const message = `cannot read ${path}: ${why}`;
    const fix = "check that the folder exists and that this process may read it";
    return new SourceError({ source: this.name, code, message, fix }, cause);
  }

  #remember(snapshot: Snapshot): Snapshot {
    const others = this.#recent.filter(({ revision }) => revision !== snapshot.revision);
    this.#recent = [snapshot, ...others].slice(0, REMEMBERED);
    return snapshot;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function fingerprint(found: readonly Share<ListedFile>[]): string {
  return JSON.stringify(found);
}
