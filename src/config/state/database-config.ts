import { optionalPath, type ToAbsolute, checkedSettings } from "../checked.ts";
import { isOnThisMachine, parseDatabaseUrl, type DatabaseAddress } from "./database-url.ts";
import type { ParsedState } from "./state-schema.ts";

/** The PostgreSQL database with the record. */
export interface DatabaseConfig extends DatabaseAddress {
  /** As in the file. */
  readonly url: string;
  /** null: the server asks for none. */
  readonly passwordFile: string | null;
  readonly tls: DatabaseTls;
}

/** `verify-full`: the certificate of the server has its name, and comes from these authorities; null: from those of Node. */
type DatabaseTls =
  { readonly kind: "verify-full"; readonly caFile: string | null } | { readonly kind: "plaintext" };

/** null: the record is in a file of the state directory. */
export function databaseConfig({ database }: ParsedState, toAbsolute: ToAbsolute): DatabaseConfig | null {
  if (database === undefined) return null;
  const { url, passwordFile, tls } = database;
  const parsed = parseDatabaseUrl(url);
  const address = checkedSettings(parsed.kind === "ok" ? parsed.value : undefined);
  return {
    ...address,
    url,
    passwordFile: optionalPath(passwordFile, toAbsolute),
    tls: tlsOf(tls, address, toAbsolute),
  };
}

/** Only on this machine is a connection without TLS the default. */
function tlsOf(
  { mode, caFile }: NonNullable<ParsedState["database"]>["tls"],
  address: DatabaseAddress,
  toAbsolute: ToAbsolute,
): DatabaseTls {
  const isPlain =
    mode === undefined ? caFile === undefined && isOnThisMachine(address) : mode === "plaintext";
  return isPlain ? { kind: "plaintext" } : { kind: "verify-full", caFile: optionalPath(caFile, toAbsolute) };
}
