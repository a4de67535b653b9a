import type { Estate } from "../../adopt/estate/estate.ts";
import { err, ok } from "../../model/values/result.ts";
import { formatPath } from "../../text/located/value-path.ts";
import { readSaved, writeSaved } from "../project/saved-file.ts";
import { SAVED_FORMAT, savedEstates } from "./saved-estate.ts";

/** @throws CliError */
export function saveEstates(file: string, estates: readonly Estate[]): Promise<void> {
  return writeSaved(file, { format: SAVED_FORMAT, estates });
}

/** @throws CliError if the file cannot be read or is no saved estate */
export function loadEstates(file: string): Promise<readonly Estate[]> {
  return readSaved(file, {
    what: "estate",
    fix: "grantkeeper import ACCOUNT --save FILE writes one",
    parse: (value) => {
      const saved = savedEstates.safeParse(value);
      if (saved.success) return ok(saved.data.estates);
      const path = formatPath(saved.error.issues[0]?.path ?? []);
      return err(path === "" || path === "format" ? null : path);
    },
  });
}
