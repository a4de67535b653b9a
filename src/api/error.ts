/** The output of a failed command with `-o json`, on standard error. Standard output is empty then. */
export interface ErrorObject {
  readonly kind: "Error";
  readonly exitCode: number;
  readonly errors: readonly {
    readonly level: "error";
    /** A file with line and column, a URL, a digest. */
    readonly place: string | null;
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  }[];
}
