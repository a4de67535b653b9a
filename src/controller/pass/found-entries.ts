import type { AuditFact } from "../../audit/entry.ts";
import type { AuditLog } from "../ports/audit-log.ts";

type AuthorFound = Extract<AuditFact, { readonly kind: "drift-author-found" }>;

/** The facts, where an author that was found later names the entry of its differences. */
export async function withFoundEntries(
  facts: readonly AuditFact[],
  audit: Pick<AuditLog, "entries">,
): Promise<readonly AuditFact[]> {
  return Promise.all(
    facts.map(async (fact) =>
      fact.kind === "drift-author-found" ? { ...fact, found: await foundEntry(fact, audit) } : fact,
    ),
  );
}

/** The first entry since then: the same difference may have been found again. */
async function foundEntry(
  { key, since, authors }: AuthorFound,
  audit: Pick<AuditLog, "entries">,
): Promise<number | null> {
  const differences = new Set(authors.map(({ difference }) => difference));
  for await (const entry of audit.entries({ key, sinceMs: Date.parse(since) }))
    if (entry.kind === "drift-found" && entry.authors?.some(({ difference }) => differences.has(difference)))
      return entry.seq;
  return null;
}
