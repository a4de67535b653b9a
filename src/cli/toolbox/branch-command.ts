/** A new branch of a repository on this machine. */
export interface BranchCommand {
  readonly name: string;
  readonly atMs: number;
  readonly commits: readonly {
    readonly message: string;
    /** Paths are below the root; `before` has to be the text in HEAD. */
    readonly files: readonly { readonly path: string; readonly before: string; readonly text: string }[];
  }[];
}
