import { err, ok, type Result } from "../../model/values/result.ts";
import { isLoopbackHost } from "../../model/network/loopback.ts";

/** What a URL of PostgreSQL names. */
export interface DatabaseAddress {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

const FORM = "expected a URL such as postgresql://USER@HOST:5432/DATABASE";
const DEFAULT_PORT = 5_432;

/** Parses `postgresql://USER@HOST:PORT/DATABASE`, or `postgresql://USER@/DATABASE?host=FOLDER` for a Unix socket. */
export function parseDatabaseUrl(text: string): Result<DatabaseAddress, string> {
  const found = /^postgres(?:ql)?:\/\/([^@/?#]*)@([^@/?#]*)\/([^/?#]+)(?:\?([^#]*))?$/.exec(text);
  if (found === null) return err(FORM);
  const [, login = "", place = "", database = "", query = ""] = found;
  if (login.includes(":"))
    return err(
      "the URL contains a password: write it to a file, and name that file in state.database.passwordFile",
    );
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => name !== "host");
  if (unknown !== undefined) return err(unknownParameter(unknown));
  const names = decoded([login, database]);
  const at = placeOf(place, parameters.get("host"));
  if (names === null || at === null || names.includes("")) return err(FORM);
  const [user = "", name = ""] = names;
  return ok({ ...at, user, database: name });
}

/** Whether nothing that is sent there leaves this machine. */
export function isOnThisMachine({ host }: Pick<DatabaseAddress, "host">): boolean {
  return host.startsWith("/") || isLoopbackHost(host);
}

function unknownParameter(name: string): string {
  if (name.startsWith("ssl")) return `the URL has the parameter "${name}": set state.database.tls instead`;
  return `the URL has the parameter "${name}": only host, with the folder of a Unix socket, is allowed`;
}

function placeOf(place: string, folder: string | null): Pick<DatabaseAddress, "host" | "port"> | null {
  const found = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]*)(?::(\d{1,5}))?$/.exec(place);
  if (found === null) return null;
  const [, name = "", digits] = found;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  const host = folder ?? name.replaceAll(/[[\]]/g, "");
  // With a folder, the place may have a port alone.
  const isUsable = folder === null ? host !== "" : folder.startsWith("/") && name === "";
  return isUsable && port > 0 && port <= 65_535 ? { host, port } : null;
}

function decoded(texts: readonly string[]): readonly string[] | null {
  try {
    return texts.map((text) => decodeURIComponent(text));
  } catch {
    return null;
  }
}
