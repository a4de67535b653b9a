import type { CommitStatus } from "../../../model/records/commit-status.ts";
import { readAnswer } from "../../../network/http-post.ts";
import type { HttpTools } from "../http-post.ts";
import { FORGES, type ForgeSettings } from "../../../network/forges/status-form.ts";

const TIMEOUT_MS = 10_000;
/** A hundred states have about 100 KiB. */
const LONGEST_ANSWER = 1_048_576;

/**
 * Whether the newest status with our name has this state. False if that cannot be read: it is tried again.
 * @see https://docs.gitlab.com/api/commits/#list-commit-statuses
 */
export async function isShownByGitLab(
  { commit, state }: CommitStatus,
  {
    apiUrl,
    repository,
    name,
    token,
    fetch,
  }: ForgeSettings & Pick<HttpTools, "fetch"> & { readonly token: string },
  stop: AbortSignal,
): Promise<boolean> {
  const { headers, states } = FORGES.gitlab;
  const project = encodeURIComponent(repository);
  const query = `name=${encodeURIComponent(name)}&all=false&per_page=100`;
  const url = `${apiUrl}/projects/${project}/repository/commits/${commit}/statuses?${query}`;
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { headers: headers(token), redirect: "manual", signal });
    const found: unknown = response.ok ? JSON.parse(await readAnswer(response, LONGEST_ANSWER)) : [];
    const statuses = Array.isArray(found) ? found.filter(isNamedState) : [];
    const newest = statuses.filter((one) => one.name === name).toSorted((a, b) => b.id - a.id)[0];
    return newest?.status === states[state];
  } catch {
    return false;
  }
}

function isNamedState(
  value: unknown,
): value is { readonly id: number; readonly name: string; readonly status: string } {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, status } = value as Readonly<Record<string, unknown>>;
  return typeof id === "number" && typeof name === "string" && typeof status === "string";
}
