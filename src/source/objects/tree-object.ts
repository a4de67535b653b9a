interface TreeEntry {
  readonly mode: string;
  /** Bytes that are not UTF-8 become U+FFFD, which is in no safe path. Only the start of a long name is kept. */
  readonly name: string;
  readonly oid: string;
}

/** An ambiguous tree object is `malformed`, by the same rules as in `git fsck`. */
export type ReadTree =
  | { readonly kind: "entries"; readonly entries: readonly TreeEntry[] }
  | { readonly kind: "malformed"; readonly fault: string }
  | { readonly kind: "too-many" };

export interface TreeFormat {
  /** 20 for SHA-1, 32 for SHA-256. */
  readonly hashBytes: number;
  readonly maxEntries: number;
}

/** Longer than any safe path (`isSafePath`) in any alphabet; a name can be as long as the pack. */
const MAX_NAME_BYTES = 4_096;

/**
 * The entries of a tree object. With two entries of one name, or with a path as a name, a commit could show a reviewer
 * something else than it contains. A name that is only unsafe is refused as a single entry (`isSafePath`).
 */
export function readTree(bytes: Uint8Array, { hashBytes, maxEntries }: TreeFormat): ReadTree {
  const tree = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const malformed = (fault: string): ReadTree => ({ kind: "malformed", fault });
  const entries: TreeEntry[] = [];
  const names = new Set<string>();
  let last: Buffer | undefined;
  for (let at = 0; at < tree.length;) {
    if (entries.length === maxEntries) return { kind: "too-many" };
    const space = tree.indexOf(0x20, at);
    const end = tree.indexOf(0, space + 1);
    if (space < 0 || end < 0 || end + hashBytes >= tree.length) return malformed("an entry is cut off");
    const name = tree.subarray(space + 1, end);
    const text = name.toString("latin1");
    if (text === "") return malformed("an entry has no name");
    if (text.includes("/")) return malformed("the name of an entry is a path");
    if (names.has(text)) return malformed("two entries have the same name");
    names.add(text);
    const mode = modeOf(tree.toString("latin1", at, space));
    const key = sortKey(name, mode);
    if (last !== undefined && Buffer.compare(last, key) >= 0) return malformed("the entries are not sorted");
    last = key;
    const oid = tree.toString("hex", end + 1, end + 1 + hashBytes);
    entries.push({ mode, name: name.toString("utf8", 0, MAX_NAME_BYTES), oid });
    at = end + 1 + hashBytes;
  }
  return { kind: "entries", entries };
}

export const FOLDER_MODE = "040000";

/** The mode as Git normalizes it: for a regular file only the owner's execute permission counts. */
function modeOf(text: string): string {
  const mode = /^[0-7]{1,6}$/.test(text) ? Number.parseInt(text, 8) : 0;
  const type = mode & 0o170_000;
  if (type === 0o100_000) return mode & 0o100 ? "100755" : "100644";
  return (type === 0o040_000 || type === 0o120_000 ? type : mode).toString(8).padStart(6, "0");
}

/** Git sorts a folder as if its name ended with a slash. */
function sortKey(name: Buffer, mode: string): Buffer {
  return mode === FOLDER_MODE ? Buffer.concat([name, Buffer.from("/")]) : name;
}
