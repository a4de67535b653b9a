/**
 * The one change of a manifest that ends a breach and allows nothing more. Only a rule whose breach has exactly one such
 * change names it: of two possible ones, the author chooses. It is tried before it is offered (`workbench/corrections/`).
 */
export type Remedy =
  /** The permissions take no effect: these entries of the grant's `allow`, or the entire statement (null). */
  | { readonly kind: "remove-permissions"; readonly allow: readonly string[] | null }
  /** The field at the place: its default is the answer. */
  | { readonly kind: "remove-field" }
  /** An earlier end of the access. */
  | { readonly kind: "end"; readonly until: string }
  /** The statement applies only to requests that have these keys. */
  | { readonly kind: "demand-keys"; readonly keys: readonly string[] }
  /** The exact actions that a pattern matches. */
  | { readonly kind: "list-actions"; readonly pattern: string; readonly actions: readonly string[] }
  /** The account of the function in an ARN that leaves it open. */
  | { readonly kind: "name-account"; readonly resource: string; readonly inAccount: string };
