import type { ApiClient } from "./client.ts";

/** By account id. */
export async function accountNames(client: ApiClient): Promise<ReadonlyMap<string, string>> {
  const { status } = await client.overview();
  return new Map(status.accounts.map(({ accountId, name }) => [accountId, name]));
}
