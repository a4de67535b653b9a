import type { AccountSetObject, OrganizationStatus } from "../../api/manifests.ts";
import type { AccountSetView } from "../../controller/ports/estate/account-set-view.ts";
import type { Json } from "../../model/values/json.ts";
import { seesEverything } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import { manifestPlaceOf, platformRecords, recordMetadata } from "./manifests.ts";
import { envelope, isoTime } from "./metadata.ts";

/** In the order of their documents. */
export function accountSets(reader: Reader): readonly AccountSetObject[] {
  if (!seesEverything(reader.access)) return [];
  const { accounts, accountSets: views } = reader.world.overview;
  return platformRecords(reader, "AccountSet").map((record) => {
    const { spec } = reader.world.documentOf(record);
    const listed = namesIn(spec["accounts"]).filter((name) =>
      accounts.some((account) => account.name === name),
    );
    const found = accounts.filter(({ declared }) => declared.set === record.name).map(({ name }) => name);
    const view = views.find(({ name }) => name === record.name);
    return {
      ...envelope("AccountSet", recordMetadata(reader, record, null)),
      spec,
      status: {
        accounts: [...listed, ...found].toSorted(),
        organization: view === undefined ? null : organizationStatus(view),
        source: manifestPlaceOf(record),
      },
    };
  });
}

/** The document may be one that does not compile. */
function namesIn(accounts: Json | undefined): readonly string[] {
  if (!Array.isArray(accounts)) return [];
  return accounts.flatMap((account) => {
    const name = typeof account === "object" && account !== null && "name" in account ? account.name : null;
    return typeof name === "string" ? [name] : [];
  });
}

function organizationStatus({ readAtMs, failing, left }: AccountSetView): OrganizationStatus {
  return {
    lastReadAt: readAtMs === null ? null : isoTime(readAtMs),
    failing: failing === null ? null : { since: isoTime(failing.sinceMs), reason: failing.reason },
    left: left.map(({ id, name, atMs }) => ({ id, name, at: isoTime(atMs) })),
  };
}
