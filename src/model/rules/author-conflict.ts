/** Who made what an approval is about. */
interface MadeBy {
  readonly authors: readonly string[];
  /** Why further authors are unknown; null: there are none. */
  readonly unlistedAuthors: string | null;
}

/** Why a person may not approve a change. */
export type AuthorConflict =
  | { readonly kind: "author"; readonly mail: string }
  /** The authors are not all known, and neither is the person: they may be the same. */
  | { readonly kind: "unidentified"; readonly reason: string };

/**
 * What a profile wants approved needs another person than its authors.
 * @param mails addresses of the approver, empty if the operator's file has only those of others; null: it has none at
 * all, and does not ask for another person
 */
export function authorConflict(
  mails: readonly string[] | null,
  { authors, unlistedAuthors: reason }: MadeBy,
): AuthorConflict | null {
  const mail = mails?.find((one) => authors.includes(one));
  if (mail !== undefined) return { kind: "author", mail };
  return mails?.length === 0 && reason !== null ? { kind: "unidentified", reason } : null;
}
