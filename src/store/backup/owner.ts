import { lchownSync, lstatSync, statSync } from "node:fs";

/**
 * Root may restore for the user of the controller, such as that of a service of systemd, which exists only while it
 * runs: the files belong to the owner of the state directory, or the controller could not open them.
 */
export function setOwnerAs(stateDir: string, files: readonly string[]): void {
  const { uid, gid } = statSync(stateDir);
  // Only root may give files away, and it has none to give if the directory is its own.
  if (process.geteuid?.() !== 0 || uid === 0) return;
  for (const file of files) {
    // A file with a second name may be someone else's.
    const { nlink } = lstatSync(file);
    if (nlink === 1) lchownSync(file, uid, gid);
  }
}
