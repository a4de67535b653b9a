import type { DirectoryRequest } from "./toolbox.ts";

/** A new branch of a repository on this machine. */
export interface BranchCommand extends DirectoryRequest {
  readonly name: string;
  readonly atMs: number;
  readonly commits: readonly {
    readonly message: string;
    /** Paths are below the root; `before` has to be the text in HEAD. */
    readonly files: readonly { readonly path: string; readonly before: string; readonly text: string }[];
  }[];
}
