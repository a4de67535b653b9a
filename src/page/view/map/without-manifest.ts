import type { AccountStatus } from "../../../api/manifests.ts";

/** The functions in AWS, as far as they were read, that no manifest names: the map has no lines of them. A reader with namespaces has none. */
export function withoutManifest(
  accounts: readonly Pick<AccountStatus, "functionsSeen" | "functionsInGit">[],
): number {
  return accounts.reduce(
    (sum, { functionsSeen, functionsInGit }) => sum + ((functionsSeen ?? 0) - (functionsInGit ?? 0)),
    0,
  );
}
