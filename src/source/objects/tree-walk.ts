import { SourceError } from "../../controller/ports/source.ts";
import {
  type DeclaredPaths,
  isBelow,
  isDeclared,
  isSafePath,
  type SourceLimits,
} from "../rules/entry-rules.ts";
import { type ListedBlob, refusalOf } from "./listing.ts";
import type { ObjectId } from "../git/refs.ts";
import type { ObjectDatabase } from "./object-database.ts";
import { type ObjectSize, type ObjectsRequest, readObjects, readSizes, requestedValue } from "./objects.ts";
import { countFiles, type Share, ShareBuilder, teamFolderOf, withinFiles } from "../rules/team-shares.ts";
import { FOLDER_MODE, readTree, type ReadTree, type TreeFormat } from "./tree-object.ts";

export interface ContentRequest {
  readonly commit: ObjectId;
  /** The tree that the declared paths are relative to: its id, or `COMMIT^{tree}`. */
  readonly top: string;
  readonly paths: DeclaredPaths;
  readonly limits: SourceLimits;
}

type Sizes = ReadonlyMap<string, ObjectSize>;

/** A tree object that was read before. */
interface KnownTree {
  readonly size: ObjectSize;
  readonly tree: ReadTree;
}

/** By object id: the same id means the same tree. */
export type KnownTrees = ReadonlyMap<string, KnownTree>;

interface Folder {
  readonly path: string;
  readonly oid: string;
  readonly share: ShareBuilder<ListedBlob>;
}

/** Teams that are listed at the same time. In addition to the total, at most the shares of these teams are in memory. */
const TEAMS_AT_A_TIME = 16;
/** The limit of the tree objects in memory at the same time; a single larger tree is allowed. */
const TREE_BYTES_AT_A_TIME = 8_388_608;
/** In addition to two for each file. A tree object with more entries exceeds every limit. */
const FOLDERS_IN_ONE_TREE = 1_000;

/**
 * Reads tree objects level by level, only below the declared paths, and stops for a team that exceeds its share: a
 * dozen objects can name ten billion paths, and git itself would list them all. No tree is unpacked before its size is
 * known.
 */
export class TreeWalk {
  readonly #objects: ObjectDatabase;
  readonly #request: ContentRequest;
  readonly #format: TreeFormat;
  readonly #teams: Folder[] = [];
  readonly #known: KnownTrees;
  readonly #kept = new Map<string, KnownTree>();
  #keptEntries = 0;

  /** @param known trees of an earlier walk, which are not read again: the result is the same without them */
  constructor(objects: ObjectDatabase, request: ContentRequest, known: KnownTrees = new Map()) {
    this.#objects = objects;
    this.#request = request;
    this.#known = known;
    const hashBytes = request.commit.algorithm === "sha256" ? 32 : 20;
    this.#format = { hashBytes, maxEntries: request.limits.files * 2 + FOLDERS_IN_ONE_TREE };
  }

  /** For the next walk: trees of this one, with as many entries as there may be files. */
  get trees(): KnownTrees {
    return this.#kept;
  }

  /** @throws SourceError `corrupt` if a folder above the declared paths is malformed: then their content is not known */
  async shares(): Promise<readonly Share<ListedBlob>[]> {
    const { top, limits } = this.#request;
    const { source } = this.#objects;
    const common = new ShareBuilder<ListedBlob>(null, limits);
    await this.#walk([{ path: "", oid: top, share: common }]);
    const teams = this.#teams;
    let shares = [common.share()];
    let files = filesIn(shares);
    for (let start = 0; start < teams.length; start += TEAMS_AT_A_TIME) {
      const some = teams.slice(start, start + TEAMS_AT_A_TIME);
      await this.#walk(some);
      const read = some.map(({ share }) => share.share());
      shares.push(...read);
      files += filesIn(read);
      if (files <= limits.files) continue;
      shares = [...withinFiles(shares, source, limits)];
      files = filesIn(shares);
    }
    return withinFiles(shares, source, limits);
  }

  async #walk(folders: readonly Folder[]): Promise<void> {
    let level = folders;
    while (level.length > 0) {
      const next: Folder[] = [];
      const objects = byObject(level);
      const sizes = await this.#sizes(objects);
      for (const names of inPieces(sizes)) {
        const read = await this.#read(names, sizes);
        for (const name of names) {
          const tree = this.#known.get(name)?.tree ?? readTree(requestedValue(read, name), this.#format);
          this.#keep(name, { size: requestedValue(sizes, name), tree });
          for (const folder of objects.get(name) ?? []) this.#expand(folder, tree, next);
        }
      }
      level = next.filter(({ share }) => !share.isOver);
    }
  }

  /**
   * The sizes of the folders that are still wanted. Each object counts once for a share, because it is in memory once.
   */
  async #sizes(objects: ReadonlyMap<string, readonly Folder[]>): Promise<Sizes> {
    const unknown = this.#objectsRequest(this.#unknown([...objects.keys()]));
    const read = await readSizes(this.#objects, unknown);
    const sizes = new Map<string, ObjectSize>();
    for (const [name, folders] of objects) {
      const found = this.#known.get(name)?.size ?? requestedValue(read, name);
      const { type, size } = found;
      sizes.set(name, found);
      for (const share of new Set(folders.map((folder) => folder.share))) share.addTreeBytes(size);
      if (type !== "tree")
        for (const { path, share } of folders) this.#refuseFolder(path, share, `it is a ${type}`);
      if (type !== "tree" || folders.every(({ share }) => share.isOver)) sizes.delete(name);
    }
    return sizes;
  }

  #read(names: readonly string[], sizes: Sizes): Promise<ReadonlyMap<string, Uint8Array>> {
    return readObjects(this.#objects, { ...this.#objectsRequest(this.#unknown(names)), sizes });
  }

  #unknown(names: readonly string[]): readonly string[] {
    return names.filter((name) => !this.#known.has(name));
  }

  /** The name `COMMIT^{tree}` is asked for once. A tree that is malformed or too large is read again, so that it is reported again. */
  #keep(name: string, known: KnownTree): void {
    if (known.tree.kind !== "entries" || name !== known.size.oid) return;
    this.#keptEntries += known.tree.entries.length;
    if (this.#keptEntries <= this.#request.limits.files) this.#kept.set(name, known);
  }

  #objectsRequest(names: readonly string[]): ObjectsRequest {
    return { names, where: this.#request.commit.hash };
  }

  #expand({ path, share }: Folder, tree: ReadTree, next: Folder[]): void {
    if (tree.kind === "malformed") return this.#refuseFolder(path, share, tree.fault);
    if (tree.kind === "too-many") return share.exceed();
    for (const entry of tree.entries) {
      if (share.isOver) return;
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (share.folder !== null || isDeclared(below, this.#request.paths))
        this.#add({ path: below, oid: entry.oid, share }, entry.mode, next);
    }
  }

  #add(entry: Folder, mode: string, next: Folder[]): void {
    const { path, oid, share } = entry;
    const reason = mode === FOLDER_MODE && isSafePath(path) ? undefined : refusalOf({ mode, path });
    if (reason !== undefined) return share.refuse(path, reason);
    if (mode !== FOLDER_MODE) return share.addFile({ path, oid });
    const isTeam = share.folder === null && teamFolderOf(`${path}/`, this.#request.paths) === path;
    if (isTeam) this.#teams.push({ path, oid, share: new ShareBuilder(path, this.#request.limits) });
    else {
      share.addFolder();
      next.push(entry);
    }
  }

  #refuseFolder(path: string, share: ShareBuilder<ListedBlob>, fault: string): void {
    const { commit, paths } = this.#request;
    if (path !== "" && !paths.roots.some((root) => isBelow(root, path)))
      return share.refuse(path, "malformed-folder");
    throw new SourceError({
      source: this.#objects.source,
      code: "corrupt",
      message: `${path || "the top folder"} is malformed at ${commit.hash}: ${fault}`,
      fix: "push a commit that writes the folder again; git fsck shows the fault",
    });
  }
}

/** Files of shares within their limits: the others have been dropped. */
function filesIn(shares: readonly Share<ListedBlob>[]): number {
  return shares.reduce((sum, share) => sum + (share.isWithinLimits ? countFiles(share) : 0), 0);
}

/** The folders of a level by tree object, in order. The same object may be at any number of paths. */
function byObject(folders: readonly Folder[]): ReadonlyMap<string, readonly Folder[]> {
  return Map.groupBy(folders, ({ oid }) => oid);
}

function inPieces(sizes: Sizes): readonly (readonly string[])[] {
  const pieces: string[][] = [];
  let bytes = Infinity;
  for (const [name, { size }] of sizes) {
    if (bytes + size > TREE_BYTES_AT_A_TIME) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(name);
    bytes += size;
  }
  return pieces;
}
