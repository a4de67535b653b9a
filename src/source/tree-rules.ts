/**
 * What makes a tree object ambiguous, as `git fsck` judges it; undefined for a sound one. Two entries of one name, or a
 * name that is a path, would let a commit say one thing to a reviewer and another to a reader. Names that are unsafe
 * alone are refused entry by entry (`isSafePath`).
 * @param hashBytes 20 for SHA-1, 32 for SHA-256
 */
export function treeFault(bytes: Uint8Array, hashBytes: number): string | undefined {
  const tree = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names = new Set<string>();
  let last: Buffer | undefined;
  for (let at = 0; at < tree.length;) {
    const space = tree.indexOf(0x20, at);
    const end = tree.indexOf(0, space + 1);
    if (space < 0 || end < 0 || end + hashBytes >= tree.length) return "an entry is cut off";
    const name = tree.subarray(space + 1, end);
    const text = name.toString("latin1");
    if (text === "") return "an entry has no name";
    if (text.includes("/")) return "the name of an entry is a path";
    if (names.has(text)) return "two entries have the same name";
    names.add(text);
    const key = sortKey(name, tree.toString("latin1", at, space));
    if (last !== undefined && Buffer.compare(last, key) >= 0) return "the entries are not sorted";
    last = key;
    at = end + 1 + hashBytes;
  }
  return undefined;
}

/** Git sorts a folder as if its name ended with a slash. */
function sortKey(name: Buffer, mode: string): Buffer {
  return /^0?40000$/.test(mode) ? Buffer.concat([name, Buffer.from("/")]) : name;
}
