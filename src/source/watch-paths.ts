import { watch } from "chokidar";

interface PathWatch {
  readonly paths: readonly string[];
  /** Time without changes before `changed` is called. */
  readonly debounceMs: number;
  readonly failed: (error: unknown) => void;
}

/**
 * Calls `changed` after each group of changes in files and folders at the paths, which need not exist yet. Links are not
 * followed, and what Git keeps for itself does not count.
 * @returns after the first look at the paths: how to end it
 */
export async function watchPaths(
  { paths, debounceMs, failed }: PathWatch,
  changed: () => void,
): Promise<() => Promise<void>> {
  let quiet: NodeJS.Timeout | undefined;
  // An update of a ConfigMap causes a dozen events, a save in an editor about three.
  const soon = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(changed, debounceMs);
  };
  const watcher = watch([...paths], { ignoreInitial: true, followSymlinks: false, ignored: isGitFolder });
  watcher.on("all", soon);
  const ready = new Promise<void>((resolve) => watcher.once("ready", resolve));
  watcher.on("error", failed);
  await ready;
  return async () => {
    clearTimeout(quiet);
    await watcher.close();
    clearTimeout(quiet);
  };
}

function isGitFolder(path: string): boolean {
  return path.endsWith("/.git") || path.includes("/.git/");
}
