import type { AccountStatus } from "../../api/manifests.ts";
import type { ApiClient } from "../client/client.ts";
import { knownBindings } from "../client/known-bindings.ts";
import { printFact } from "../screen/print.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { counted } from "../../text/phrases.ts";

interface ListedTargets {
  readonly target: string | null;
  readonly namespace: string | null;
  readonly selector: string | null;
  readonly accounts: readonly Pick<AccountStatus, "accountId" | "comparing">[];
}

/** The number of functions and ManagedPolicies that could not be compared: a list of drift does not have them, and they may differ. */
export async function noteUncompared(
  client: ApiClient,
  { target, namespace, selector, accounts }: ListedTargets,
  toolbox: Toolbox,
): Promise<number> {
  const comparing = new Set<string>(
    accounts.filter((account) => account.comparing).map(({ accountId }) => accountId),
  );
  const bindings =
    target === null
      ? await client.list("bindings", {
          namespace: namespace ?? undefined,
          labelSelector: selector ?? undefined,
        })
      : (await knownBindings(target, client, namespace)).map(({ object }) => object);
  const count = bindings.filter(
    ({ status }) => status.sync === "Unknown" || comparing.has(status.accountId),
  ).length;
  if (count === 0) return 0;
  const were = count === 1 ? "was" : "were";
  await printFact(`${counted(count, "target")} ${were} not compared: grantkeeper get bindings`, toolbox);
  return count;
}
