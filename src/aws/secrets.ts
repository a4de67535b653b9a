/** Members of Lambda's answers that list configurations. */
const LISTS = ["Functions", "Versions"] as const;

/**
 * Takes the environment variables out of a fresh answer of Lambda, in place: they are secrets, and nothing that is
 * kept, compared, logged or shown may have them.
 */
export function dropSecrets(answer: unknown): void {
  if (typeof answer !== "object" || answer === null) return;
  const members = answer as Record<string, unknown>;
  delete members["Environment"];
  for (const name of LISTS) {
    const list = members[name];
    if (Array.isArray(list)) list.forEach(dropSecrets);
  }
}
