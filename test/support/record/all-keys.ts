import type { Store } from "../../../src/controller/ports/store.ts";
import { accountIdOf } from "../../../src/model/keys/key.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import { byTextOf } from "../../../src/text/order.ts";

/** The records of all accounts, sorted by key. */
export async function allKeys(store: Pick<Store, "keys" | "keySummaries">): Promise<readonly KeyRecord[]> {
  const accounts = new Set((await store.keySummaries()).map(({ key }) => accountIdOf(key)));
  const records = await Promise.all([...accounts].map((account) => store.keys(account)));
  return records.flat().toSorted(byTextOf(({ key }) => key));
}
