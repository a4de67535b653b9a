import type { AccountStatus } from "../../api/manifests.ts";
import type { ApiClient } from "../client/client.ts";
import { knownBindings } from "../client/known-bindings.ts";
import { printProblem, printNote } from "../screen/print.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { counted } from "../../text/phrases.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { comparingNotes, uncomparedNote } from "../screen/comparing.ts";

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
  await printNote(`${counted(count, "target")} ${were} not compared: grantkeeper get bindings`, toolbox);
  return count;
}

const AT_MOST = 5;

/**
 * A file that cannot be read declares nothing that a list could show: such files are named on standard error, so that
 * a list without them is not taken for all that Git has.
 */
export async function noteUnlisted(
  { client, diagnostics }: Pick<OverviewObject["status"], "diagnostics"> & { readonly client: ApiClient },
  namespace: string | null,
  toolbox: Toolbox,
): Promise<void> {
  const scope = { namespace: namespace ?? undefined };
  const [functions, policies] = await Promise.all([
    client.list("functionpermissions", scope),
    client.list("managedpolicies", scope),
  ]);
  const listed = new Set([...functions, ...policies].map(({ status }) => status.source.file));
  const unlisted = diagnostics.filter(
    ({ severity, origin }) =>
      severity === "error" && !listed.has(origin.file) && isIn(origin.file, namespace),
  );
  const files = [...Map.groupBy(unlisted, ({ origin }) => origin.file).values()];
  for (const [found] of files.slice(0, AT_MOST)) {
    if (found === undefined) continue;
    const { origin, message, fix } = found;
    await printProblem({ level: "error", place: formatOrigin(origin), message, hint: fix }, toolbox);
  }
  const more = files.length - AT_MOST;
  if (more > 0) await printNote(`${more} more files are not read: grantkeeper status -o json`, toolbox);
}

/** A team's files are in a folder of its name. */
function isIn(file: string, namespace: string | null): boolean {
  return namespace === null || file.split("/").includes(namespace);
}

/** The functions in AWS that a list cannot have: of accounts and regions that were not read, or that the token does not see. */
export async function noteUnreadFunctions(
  client: ApiClient,
  { accounts, coverage: total }: Pick<OverviewObject["status"], "accounts" | "coverage">,
  toolbox: Toolbox,
): Promise<void> {
  const coverages = await client.list("coverages", {});
  // No account was read, or the token does not see all functions: it gets no coverage of accounts in which it sees none.
  const mayBePartial = total === undefined;
  const isPartial = mayBePartial && coverages.length > 0;
  const read = new Set<string>(coverages.map(({ status }) => status.accountId));
  const unread = isPartial ? [] : accounts.filter(({ accountId }) => !read.has(accountId));
  const notes = [
    ...(isPartial
      ? [
          "the functions of other namespaces and those without a manifest are shown to tokens of all namespaces",
        ]
      : []),
    ...unread.map(({ name, assigned }) => {
      const orHidden = mayBePartial ? ", or this token does not see them" : "";
      return assigned === true
        ? `account ${name}: its coverage is not known: another replica makes its passes`
        : `account ${name}: its functions were not read yet${orHidden}`;
    }),
    ...coverages.flatMap(({ status }) =>
      status.unread.map((reason) => `account ${status.account}: not read: ${reason}`),
    ),
  ];
  for (const note of notes) await printNote(note, toolbox);
}

/** Notes the accounts whose objects are listed as an earlier start of the controller recorded them. */
export async function noteComparing(
  { accounts, startedAt, source }: OverviewObject["status"],
  toolbox: Toolbox,
): Promise<void> {
  const start = { startedAt, nowMs: toolbox.clock.nowMs() };
  const notes = source.accepted === null ? [uncomparedNote(start)] : comparingNotes(accounts, start);
  for (const note of notes) await printNote(note, toolbox);
}
