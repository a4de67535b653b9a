import type { OverviewObject } from "../../api/overview.ts";
import type { ApiClient } from "../client/client.ts";
import { printFact } from "../screen/print.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

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
    ...unread.map(
      ({ name }) =>
        `account ${name}: its functions were not read yet${mayBePartial ? ", or this token does not see them" : ""}`,
    ),
    ...coverages.flatMap(({ status }) =>
      status.unread.map((reason) => `account ${status.account}: not read: ${reason}`),
    ),
  ];
  for (const note of notes) await printFact(note, toolbox);
}
