import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import type { SourceFile } from "../../model/snapshot.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { Steps } from "../../model/values/steps.ts";
import { isManifestPath, parseFileSteps } from "./parse.ts";
import type { ManifestLimits, ParsedFile } from "./parsed.ts";
import { homeFinder, type FolderOwner, type Paths } from "../folder-owner.ts";

/**
 * The limit of YAML parts (tokens of the YAML lexer) for all files together. A part takes up to 55 bytes of heap, and a
 * mebibyte of brackets has a million: bytes alone do not limit the memory of a push. Manifests have about 360,000 parts
 * per mebibyte. Each team has its own share, so that one team cannot use up the share of another.
 */
export const MAX_PARTS = { ofNamespace: 3_000_000, ofRevision: 12_000_000 } as const;

export interface ParsedFiles {
  /** By path and blob id, for the next revision: the parsed file does not depend on the other files. */
  readonly parsed: ReadonlyMap<string, ParsedFile>;
  /** Files beyond a limit of all files together: they hold every key last seen in them. */
  readonly over: readonly ParsedFile[];
}

export interface ParseContext {
  readonly limits: ManifestLimits;
  readonly paths: Paths;
  /** Files of earlier revisions. */
  readonly known: ReadonlyMap<string, ParsedFile>;
}

/** All files of a snapshot, in the order of their paths, with a pause after each document. */
export function* parseFilesSteps(
  files: readonly SourceFile[],
  { limits, paths, known }: ParseContext,
): Steps<ParsedFiles> {
  const parsed = new Map<string, ParsedFile>();
  const over: ParsedFile[] = [];
  const budget = new PartsBudget(paths);
  const finder = new KnownFiles(known);
  for (const file of files) {
    const owner = budget.ownerOf(file.path);
    if (budget.isSpent(owner) && isManifestPath(file.path)) {
      over.push(budget.refused(file.path, owner));
      continue;
    }
    const [id, before] = finder.entryOf(file);
    const found = before ?? (yield* parseFileSteps(file, limits));
    if (budget.take(found, owner)) parsed.set(id, found);
    else over.push(budget.refused(file.path, owner));
    yield;
  }
  return { parsed, over };
}

/**
 * Finds the files of the revision before. Both revisions have them in the order of their paths, and most files are the same:
 * then the next known file is the one, and its id is used again. To join and look up ten thousand ids takes longer than all
 * else that is done for an unchanged file.
 */
class KnownFiles {
  readonly #known: ParseContext["known"];
  readonly #entries: Iterator<readonly [string, ParsedFile]>;
  #next: readonly [string, ParsedFile] | undefined;

  constructor(known: ParseContext["known"]) {
    this.#known = known;
    this.#entries = known.entries();
    this.#advance();
  }

  /** Its id, and the file if it is known. */
  entryOf(file: SourceFile): readonly [string, ParsedFile | undefined] {
    while (this.#next !== undefined && this.#next[1].path < file.path) this.#advance();
    const next = this.#next;
    if (next !== undefined && isIdOf(next[0], file)) return next;
    const id = `${file.path}\0${file.oid}`;
    return [id, this.#known.get(id)];
  }

  #advance(): void {
    const { done, value } = this.#entries.next();
    this.#next = done === true ? undefined : value;
  }
}

/** Whether it is the path, a NUL and the blob id. */
function isIdOf(id: string, { path, oid }: SourceFile): boolean {
  return (
    id.length === path.length + 1 + oid.length &&
    id.charCodeAt(path.length) === 0 &&
    id.startsWith(path) &&
    id.endsWith(oid)
  );
}

/** The parts of one owner so far. */
interface OwnerParts {
  readonly name: string;
  parts: number;
}

/** Counts the parts of a revision, in the order of its files. */
class PartsBudget {
  readonly #paths: Paths;
  readonly #homeOf: (file: string) => FolderOwner;
  readonly #byOwner = new Map<string, OwnerParts>();
  /** The files of one folder, which has one owner, are consecutive. */
  #last: { readonly home: FolderOwner; readonly owner: OwnerParts } | undefined;
  #all = 0;

  constructor(paths: Paths) {
    this.#paths = paths;
    this.#homeOf = homeFinder(paths);
  }

  ownerOf(path: string): OwnerParts {
    const home = this.#homeOf(path);
    if (this.#last?.home !== home) {
      const name = this.#nameOf(home);
      this.#last = { home, owner: getOrAdd(this.#byOwner, name, () => ({ name, parts: 0 })) };
    }
    return this.#last.owner;
  }

  /** Once a file of an owner did not fit, no later one is read, so that the files that are read do not depend on sizes. */
  isSpent(owner: OwnerParts): boolean {
    return this.#all > MAX_PARTS.ofRevision || owner.parts > MAX_PARTS.ofNamespace;
  }

  /** @returns false if the file does not fit */
  take({ parts }: ParsedFile, owner: OwnerParts): boolean {
    owner.parts += parts;
    // A file that is refused because of its owner's limit uses no memory, and does not count for the others.
    if (owner.parts <= MAX_PARTS.ofNamespace) this.#all += parts;
    return !this.isSpent(owner);
  }

  refused(path: string, owner: OwnerParts): ParsedFile {
    return { path, readable: false, diagnostics: [this.#reason(path, owner)], documents: [], parts: 0 };
  }

  #reason(path: string, owner: OwnerParts): Diagnostic {
    const origin = { file: path, line: 1, column: 1, path: "" };
    const isOwn = owner.parts > MAX_PARTS.ofNamespace;
    const whose = isOwn ? owner.name : "the revision";
    const most = isOwn ? MAX_PARTS.ofNamespace : MAX_PARTS.ofRevision;
    const message = `${whose} has more than ${most} YAML parts up to this file, which is not read`;
    return errorAt(origin, "too-large", {
      message,
      fix: "write fewer or smaller documents in the files before this one",
    });
  }

  #nameOf(home: FolderOwner): string {
    if (home.kind === "platform") return this.#paths.platformPath;
    return home.namespace === null ? "what belongs to no team" : `namespace ${home.namespace}`;
  }
}
