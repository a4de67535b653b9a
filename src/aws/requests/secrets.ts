/** Members of Lambda's answers that list configurations. */
const LISTS = ["Functions", "Versions"] as const;

/**
 * Removes the environment variables from an answer of Lambda, in place: they are secrets and must not be kept,
 * compared, logged or shown.
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
