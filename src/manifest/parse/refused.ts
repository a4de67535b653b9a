import type { Namespace } from "../../model/aws/ids.ts";
import { UNREAD_SOURCE, warningAt } from "../../model/diagnostic.ts";
import type { RefusalReason, RefusedFile } from "../../model/snapshot.ts";
import { withPrefix } from "../../model/keys/source-prefix.ts";
import { isManifestPath, unreadable } from "./parse.ts";
import type { ParsedFile } from "./parsed.ts";

interface RefusalText {
  /** The kind of the entry, for a list: `symbolic link`. */
  readonly what: string;
  readonly message: string;
  readonly fix: string;
  /** A folder, or an entry with a misleading name: it may contain manifests, with any name. */
  readonly mayBeFolder: boolean;
}

const REFUSALS = {
  symlink: {
    what: "symbolic link",
    message: "a symbolic link is not read",
    fix: "replace the link with the file or folder that it points to",
    mayBeFolder: true,
  },
  submodule: {
    what: "submodule",
    message: "a submodule is not read",
    fix: "commit its files into this repository",
    mayBeFolder: true,
  },
  "unsafe-name": {
    what: "unsafe name",
    message: "a file with an unsafe name is not read",
    fix: "rename it: no control characters, no backslashes, no .git, up to 1024 characters",
    mayBeFolder: true,
  },
  "lfs-pointer": {
    what: "Git LFS pointer",
    message: "a Git LFS pointer is not read: the file itself is not in Git",
    fix: "remove it from .gitattributes and commit the file without Git LFS",
    mayBeFolder: false,
  },
  filtered: {
    what: "filtered by Git",
    message: "a filter in .gitattributes changes what Git stores of this file (Git LFS, for example)",
    fix: "remove the filter for this path from .gitattributes",
    mayBeFolder: false,
  },
  "too-large": {
    what: "too large",
    message: "the file is larger than limits.fileBytes and is not read",
    fix: "split it into several files, or raise limits.fileBytes",
    mayBeFolder: false,
  },
  "not-a-file": {
    what: "not a regular file",
    message: "a pipe, socket or device is not read",
    fix: "replace it with a regular file",
    mayBeFolder: false,
  },
  "unusual-mode": {
    what: "unusual mode",
    message: "an entry whose mode in Git is not that of a file is not read",
    fix: "add the file again with git add",
    mayBeFolder: false,
  },
  "malformed-folder": {
    what: "malformed folder",
    message: "a malformed folder is not read: Git does not know which of its entries count",
    fix: "commit the folder again with git; git fsck names what is wrong",
    mayBeFolder: true,
  },
  unreadable: {
    what: "no permission",
    message: "the file or folder cannot be read: permission denied",
    fix: "allow the user that runs Grantkeeper to read it",
    mayBeFolder: true,
  },
  "team-files": {
    what: "too many files for one team",
    message: "the folder has more files or folders than limits.teamFiles, and nothing in it is read",
    fix: "remove what is not a manifest, or raise limits.teamFiles",
    mayBeFolder: true,
  },
  "team-bytes": {
    what: "too large for one team",
    message: "the files of the folder are larger together than limits.teamBytes, and nothing in it is read",
    fix: "remove what is not a manifest, or raise limits.teamBytes",
    mayBeFolder: true,
  },
  "no-space": {
    what: "no space left by smaller teams",
    message:
      "all folders together are over limits.files or limits.snapshotBytes, and this one is among the largest: nothing in it is read",
    fix: "remove what is not a manifest from the largest folders, or raise the limit",
    mayBeFolder: true,
  },
} as const satisfies Record<RefusalReason, RefusalText>;

/** Links with such names are common next to manifests: `README.md`, `LICENSE`. */
const DOCUMENTATION = /(^|\/)([A-Z_]+|[^/]*\.(md|txt|adoc))$/;

/**
 * A file that the source does not read, as an unreadable file: it holds every key last seen in it. If it cannot have been
 * a manifest, and no key was seen in it, it is only a warning.
 */
export function refusedFile({ path, reason }: RefusedFile, isKnown: boolean): ParsedFile {
  const { message, fix } = REFUSALS[reason];
  if (isKnown || mayHoldManifests({ path, reason }))
    return unreadable(path, "refused-file", { message, fix });
  const origin = { file: path, line: 1, column: 1, path: "" };
  return {
    path,
    readable: true,
    diagnostics: [warningAt(origin, "refused-file", { message, fix })],
    documents: [],
    parts: 0,
  };
}

/** Everything of a namespace source of which no revision was read: it holds every key last seen in it. */
export function unreadSource(namespace: Namespace): ParsedFile {
  return unreadable(withPrefix(namespace, ""), UNREAD_SOURCE, {
    message: `no revision of source "${namespace}" is accepted and read`,
    fix: "grantkeeper status shows the state of the source",
  });
}

function mayHoldManifests({ path, reason }: RefusedFile): boolean {
  if (isManifestPath(path)) return true;
  return REFUSALS[reason].mayBeFolder && !(reason === "symlink" && DOCUMENTATION.test(path));
}

export const REFUSAL_REASONS = Object.keys(REFUSALS) as readonly RefusalReason[];

/** `teams/search (symbolic link)`. */
export function refusalText({ path, reason }: RefusedFile): string {
  return `${path} (${REFUSALS[reason].what})`;
}
