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

/** A setting that writers depend on: each sees the head that the one before it wrote. */
const READ_COMMITTED = "-c default_transaction_isolation=read\\ committed";

/** For messages: without the user. */
export function serverName({ host, port, database }: DatabaseServer): string {
  return isIP(host) === 6 ? `[${host}]:${port}/${database}` : `${host}:${port}/${database}`;
}

/** Members that the driver knows, and its types do not. */
type ConnectionOptions = pg.ClientConfig & {
  readonly sslnegotiation: "postgres";
  readonly replication: "false";
};

/**
 * Every member is set to a value that is not empty, because the driver reads the others from variables such as PGPASSWORD
 * and PGOPTIONS: they are for other programs, and could change the schema or the encoding of the record.
 */
export function connectionOptions({ tls, ...server }: DatabaseServer): ConnectionOptions {
  return {
    ...server,
    options: READ_COMMITTED,
    client_encoding: "UTF8",
    sslnegotiation: "postgres",
    replication: "false",
    application_name: "grantkeeper",
    keepAlive: true,
    // The driver compares the name of the server with its certificate.
    ssl:
      tls.kind === "plaintext"
        ? false
        : { rejectUnauthorized: true, ...(tls.ca === null ? {} : { ca: tls.ca }) },
  };
}
