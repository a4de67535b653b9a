/**
 * Actions that are a risk by themselves, by what they are good for. Each entry has its source: `cloudsplaining:<list>`
 * (its lists, cleaned of misspelled services), `iam-data` (access level "Permissions management" of AWS's own action
 * data of 2026-09-26, for the services that functions use), `grantkeeper` (ours).
 */
export interface ListedActions {
  readonly source: string;
  /** `service:Name`. */
  readonly actions: readonly string[];
}

/** The source of an action that no published list has. */
export const OWN_LIST = "grantkeeper";

/** By service: the names of its actions. */
export function actions(
  source: string,
  byService: Readonly<Record<string, string>>,
): readonly ListedActions[] {
  return Object.entries(byService).map(([service, names]) => ({
    source,
    actions: names.split(" ").map((name) => `${service}:${name}`),
  }));
}
