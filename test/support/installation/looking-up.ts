import { AttachRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Attribution } from "../../../src/model/changes/attribution.ts";
import type { WorldState } from "../../../src/simulator/world.ts";
import { accountText } from "../manifests.ts";
import { beforeBootstrap, bootstrapAccount, lookupSetup } from "./bootstrapped.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS, roleNameOf } from "./estate.ts";
import type { Everything } from "./everything.ts";
import { Installation } from "./installation.ts";
import type { InstallationOptions } from "./installation-options.ts";
import { allKeys } from "../record/all-keys.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const FILES = estate(functions(["a"], READ_ORDERS));
const OBSERVED = estate(
  functions(["a"], READ_ORDERS),
  accountText("prod", PROD).replace("mode: enforce", "mode: observe"),
);

/** An installation that asks CloudTrail, whose function `a` was converged and is only observed since then. */
export async function observedSince(options: Partial<InstallationOptions> = {}): Promise<Installation> {
  const installation = await Installation.start({ files: FILES, lookupEvents: true, ...options });
  await installation.converge();
  await installation.push(OBSERVED);
  await installation.settled();
  return installation;
}

/**
 * Attaches AdministratorAccess to the role of `a`, clearly after the last read and before the next one: CloudTrail and the
 * dates of AWS's answers have whole seconds.
 */
export async function attachAsPerson(installation: Installation): Promise<void> {
  const readMs = Date.now();
  await installation.until(
    "the second after the next",
    () => Math.floor(Date.now() / 1_000) * 1_000 > readMs + 1_000,
  );
  const { iam } = installation.consoleOf(PROD);
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf("a"), PolicyArn: ADMINISTRATOR }));
  const attachedMs = Date.now();
  await installation.until("two seconds later", () => Date.now() > attachedMs + 2_000);
}

/** Of the open differences of `a`. */
export async function attributionsOf({ store }: Installation): Promise<readonly Attribution[]> {
  const records = await allKeys(store);
  return records
    .filter(({ key }) => key === keyOf("a"))
    .flatMap(({ openDrifts = {} }) =>
      Object.values(openDrifts).flatMap(({ attribution }) => attribution ?? []),
    );
}

/** With the roles that `bootstrap roles` prints for `aws.lookupEvents`. */
export async function liveThroughLookup(): Promise<Everything> {
  const worlds: WorldState[] = [];
  const installation = await observedSince({
    withinMs: 120_000,
    seed: (found) => beforeBootstrap(found, PROD),
    aws: async ({ simulator, estate: found }) => {
      worlds.push(await bootstrapAccount({ simulator, estate: found }, PROD, lookupSetup()));
      return { endpoint: simulator.endpoint, accessKey: found.base, close: () => simulator.close() };
    },
  });
  try {
    await attachAsPerson(installation);
    await installation.settled();
    await installation.until("a call is known", async () =>
      (await attributionsOf(installation)).some(({ kind }) => kind === "candidates"),
    );
    const [start] = worlds;
    if (start === undefined) throw new Error("no world was seeded");
    return { start, calls: installation.simulator.calls() };
  } finally {
    await installation.stop();
  }
}
