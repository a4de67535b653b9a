import type { Estate } from "../../../adopt/estate/estate.ts";
import type { BegunRead } from "../../../controller/ports/estate/estate-reader.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import { err, ok } from "../../../model/values/result.ts";
import { formatPath } from "../../../text/located/value-path.ts";
import { readSaved, writeSaved } from "../../project/saved-file.ts";
import { SAVED_FORMAT, savedEstates } from "./saved-estate.ts";

/** What `import --save` keeps. */
export interface SavedEstates {
  /** Of the regions that were read. */
  readonly estates: readonly Estate[];
  /** Of the regions whose read was interrupted. */
  readonly begun: readonly BegunRegion[];
}

export interface BegunRegion extends BegunRead, Pick<Estate, "region"> {
  readonly accountId: AccountId;
}

/** @throws CliError */
export function saveEstates(
  file: string,
  estates: readonly Estate[],
  begun: readonly BegunRegion[] = [],
): Promise<void> {
  return writeSaved(file, { format: SAVED_FORMAT, estates, ...(begun.length > 0 && { begun }) });
}

/** The regions that were read. @throws CliError if the file cannot be read or is no saved estate */
export async function loadEstates(file: string): Promise<readonly Estate[]> {
  return (await loadSaved(file)).estates;
}

/** @throws CliError if the file cannot be read or is no saved estate */
export function loadSaved(file: string): Promise<SavedEstates> {
  return readSaved(file, {
    what: "estate",
    fix: "grantkeeper import ACCOUNT --save FILE writes one",
    parse: (value) => {
      const saved = savedEstates.safeParse(value);
      if (saved.success) return ok(saved.data);
      const path = formatPath(saved.error.issues[0]?.path ?? []);
      return err(path === "" || path === "format" ? null : path);
    },
  });
}
