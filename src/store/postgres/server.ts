import { isIP } from "node:net";
import type pg from "pg";

/** Where the database is, and how a connection to it is made. */
export interface DatabaseServer {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Asked for each connection, so that a rotated password is used without a restart. Empty: the server asks for none. */
  readonly password: () => Promise<string>;
  /** `ca`: PEM of the authorities that may have issued the certificate; null: those of Node. */
  readonly tls: { readonly kind: "plaintext" } | { readonly kind: "verify-full"; readonly ca: string | null };
}

/** For messages: without the user. */
export function serverName({ host, port, database }: DatabaseServer): string {
  return isIP(host) === 6 ? `[${host}]:${port}/${database}` : `${host}:${port}/${database}`;
}

/** Every member is set, because the driver reads the others from variables such as PGPASSWORD. */
export function connectionOptions({ tls, ...server }: DatabaseServer): pg.ClientConfig {
  return {
    ...server,
    application_name: "grantkeeper",
    keepAlive: true,
    // The driver compares the name of the server with its certificate.
    ssl:
      tls.kind === "plaintext"
        ? false
        : { rejectUnauthorized: true, ...(tls.ca === null ? {} : { ca: tls.ca }) },
  };
}
