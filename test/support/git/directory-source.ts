import { DirectorySource, type DirectorySourceOptions } from "../../../src/source/directory.ts";
import { LIMITS, PATHS, SILENT } from "./git-source.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { ThrowingSource } from "./throwing-source.ts";

export const { signal } = new AbortController();

export function texts({ files }: Snapshot): Record<string, string> {
  return Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}

export function directorySource(root: string, options: Partial<DirectorySourceOptions> = {}): ThrowingSource {
  return new ThrowingSource(
    new DirectorySource({
      name: "local",
      root,
      paths: PATHS,
      limits: LIMITS,
      rules: "directory",
      debounceMs: 20,
      telemetry: SILENT,
      ...options,
    }),
  );
}
