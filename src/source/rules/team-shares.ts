import { byTextOf } from "../../text/order.ts";
import { SourceError } from "../../controller/ports/source.ts";
import type { RefusalReason, RefusedFile } from "../../model/snapshot.ts";
import { visibleName } from "./clean-text.ts";
import { isBelow, type DeclaredPaths, type SourceLimits } from "./entry-rules.ts";

export interface ShareRules {
  readonly paths: DeclaredPaths;
  readonly limits: SourceLimits;
}

/**
 * The part of a source that belongs to one team, or (`folder: null`) to no team: the platform path, and files next to
 * the folders of teams. Each team has its own limits, so that no team can stop the source for the others.
 */
export interface Share<File> {
  readonly folder: string | null;
  readonly files: readonly File[];
  readonly refused: readonly RefusedFile[];
  /** False if it exceeds a limit. Then nothing of it is read, and the folder of the team is one refused entry. */
  readonly isWithinLimits: boolean;
}

/**
 * The folder of the team that an entry belongs to; null if it belongs to no team. As for namespaces, the folder of a
 * team is any folder directly below the tenant path. The path of a folder ends with a slash. A platform path inside the
 * folder of a team belongs to that team here, because the team can rename the folder above it in any case.
 */
export function teamFolderOf(path: string, { platform, tenant }: DeclaredPaths): string | null {
  if (tenant === null || !isBelow(path, tenant)) return null;
  const slash = path.indexOf("/", tenant === "." ? 0 : tenant.length + 1);
  const folder = path.slice(0, Math.max(slash, 0));
  return folder === "" || folder === platform ? null : folder;
}

/** No file system has names of a kilobyte; only a malicious tree has longer ones. */
const TREE_BYTES_PER_FILE = 1_024;

/** Collects a share. Once the share exceeds its limit, nothing of it is kept. */
export class ShareBuilder<File> {
  readonly folder: string | null;
  readonly #maxFiles: number;
  #files: File[] = [];
  #refused: RefusedFile[] = [];
  #folders = 0;
  #treeBytes = 0;
  #isOver = false;

  constructor(folder: string | null, limits: SourceLimits) {
    this.folder = folder;
    this.#maxFiles = folder === null ? limits.files : limits.teamFiles;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  addFile(file: File): void {
    this.#files.push(file);
    this.#checkFiles();
  }

  refuse(path: string, reason: RefusalReason): void {
    this.#refused.push({ path: visibleName(path), reason });
    this.#checkFiles();
  }

  addFolder(): void {
    this.#folders += 1;
    if (this.#folders > this.#maxFiles) this.exceed();
  }

  addTreeBytes(bytes: number): void {
    this.#treeBytes += bytes;
    if (this.#treeBytes > this.#maxFiles * TREE_BYTES_PER_FILE) this.exceed();
  }

  exceed(): void {
    this.#isOver = true;
    this.#files = [];
    this.#refused = [];
  }

  share(): Share<File> {
    if (this.#isOver) return unread(this.folder, "team-files");
    return { folder: this.folder, files: this.#files, refused: this.#refused, isWithinLimits: true };
  }

  #checkFiles(): void {
    if (this.#isOver || this.#files.length + this.#refused.length > this.#maxFiles) this.exceed();
  }
}

function unread<File>(folder: string | null, reason: RefusalReason): Share<File> {
  const refused = folder === null ? [] : [{ path: visibleName(folder), reason }];
  return { folder, files: [], refused, isWithinLimits: false };
}

/** Builds the shares of a source, team by team. */
export class ShareBuilders<File> {
  readonly #rules: ShareRules;
  readonly #builders: Map<string | null, ShareBuilder<File>>;

  constructor(rules: ShareRules) {
    this.#rules = rules;
    this.#builders = new Map([[null, new ShareBuilder(null, rules.limits)]]);
  }

  /** The builder for an entry with this path; the path of a folder ends with a slash. */
  of(path: string): ShareBuilder<File> {
    const { paths, limits } = this.#rules;
    const team = teamFolderOf(path, paths);
    const builder = this.#builders.get(team) ?? new ShareBuilder<File>(team, limits);
    this.#builders.set(team, builder);
    return builder;
  }

  shares(): readonly Share<File>[] {
    return [...this.#builders.values()].map((builder) => builder.share());
  }
}

/** Refuses the files of a share for which there is a reason. */
export function withoutRefused<File extends { readonly path: string }>(
  share: Share<File>,
  reasonOf: (file: File) => RefusalReason | undefined,
): Share<File> {
  const files: File[] = [];
  const refused = [...share.refused];
  for (const file of share.files) {
    const reason = reasonOf(file);
    if (reason === undefined) files.push(file);
    else refused.push({ path: file.path, reason });
  }
  return { ...share, files, refused };
}

/** Refused files count too: they take memory and a row in every list. */
export function countFiles({ files, refused }: Share<unknown>): number {
  return files.length + refused.length;
}

/** Which files count for the total, and how there are fewer of them. */
function totalOf({ isOneTeam }: SourceLimits): {
  readonly files: string;
  readonly fix: (ofAll: "files" | "snapshotBytes", ofTeam: "teamFiles" | "teamBytes") => string;
} {
  if (isOneTeam)
    return {
      files: "below the path of the source",
      fix: (_, limit) => `keep other files outside the path of the source, or raise limits.${limit}`,
    };
  return {
    files: "in the platform path and outside the folders of teams",
    fix: (limit) => `keep other files outside the platform and tenant paths, or raise limits.${limit}`,
  };
}

/** @throws SourceError `too-many-files` if the files of no team exceed the total */
export function withinFiles<File>(
  shares: readonly Share<File>[],
  source: string,
  limits: SourceLimits,
): readonly Share<File>[] {
  const total = totalOf(limits);
  const message = `more than ${limits.files} files ${total.files}`;
  const fix = total.fix("files", "teamFiles");
  return withinLimit(shares, {
    ofTeam: limits.teamFiles,
    ofAll: limits.files,
    reason: "team-files",
    sizeOf: countFiles,
    overTotal: () => new SourceError({ source, code: "too-many-files", message, fix }),
  });
}

/** @throws SourceError `too-large` if the files of no team exceed the total */
export function withinBytes<File extends { readonly size: number }>(
  shares: readonly Share<File>[],
  source: string,
  limits: SourceLimits,
): readonly Share<File>[] {
  const total = totalOf(limits);
  const message = `the files ${total.files} are larger than ${limits.snapshotBytes} bytes together`;
  const fix = total.fix("snapshotBytes", "teamBytes");
  return withinLimit(shares, {
    ofTeam: limits.teamBytes,
    ofAll: limits.snapshotBytes,
    reason: "team-bytes",
    sizeOf: ({ files }) => files.reduce((sum, { size }) => sum + size, 0),
    overTotal: () => new SourceError({ source, code: "too-large", message, fix }),
  });
}

interface Limit<File> {
  readonly ofTeam: number;
  readonly ofAll: number;
  /** Why the folder of a team that exceeds `ofTeam` is refused. */
  readonly reason: RefusalReason;
  readonly sizeOf: (share: Share<File>) => number;
  readonly overTotal: () => SourceError;
}

/**
 * The files of no team come first, then the teams from the smallest to the largest while there is space. So a team that
 * uses no more than an equal part of what the files of no team leave is always read, independent of the others.
 */
function withinLimit<File>(shares: readonly Share<File>[], limit: Limit<File>): readonly Share<File>[] {
  const sizes = new Map(shares.map((share) => [share, share.isWithinLimits ? limit.sizeOf(share) : 0]));
  const sizeOf = (share: Share<File>): number => sizes.get(share) ?? 0;
  const common = shares.filter(({ folder }) => folder === null);
  let space = limit.ofAll - common.reduce((sum, share) => sum + sizeOf(share), 0);
  if (space < 0 || common.some(({ isWithinLimits }) => !isWithinLimits)) throw limit.overTotal();
  const teams = shares.filter(({ folder }) => folder !== null);
  return [
    ...common,
    ...teams
      .toSorted((a, b) => sizeOf(a) - sizeOf(b) || byFolder(a, b))
      .map((share) => {
        if (!share.isWithinLimits) return share;
        if (sizeOf(share) > limit.ofTeam) return unread<File>(share.folder, limit.reason);
        space -= sizeOf(share);
        return space < 0 ? unread<File>(share.folder, "no-space") : share;
      }),
  ];
}

const byFolder = byTextOf<Share<unknown>>(({ folder }) => folder ?? "");
