import { errorCode } from "../../model/values/error-code.ts";
import { StoreError, type StoreErrorCode } from "../errors.ts";

interface KnownFailure {
  readonly code: StoreErrorCode;
  readonly text: string;
}

const UNREACHABLE = { code: "unreachable", text: "the database cannot be reached" } as const;
const BUSY = { code: "locked", text: "another connection holds a lock for too long" } as const;

/** By SQLSTATE, or the code of the system. @see https://www.postgresql.org/docs/15/errcodes-appendix.html */
const CODES: Readonly<Record<string, KnownFailure>> = {
  "53100": { code: "full", text: "the disk of the database is full" },
  "53300": { code: "unreachable", text: "the database has too many connections" },
  "28P01": { code: "refused", text: "the database refused the password" },
  "28000": { code: "refused", text: "the database refused the user" },
  "42501": { code: "refused", text: "the user lacks a privilege" },
  "3D000": { code: "missing", text: "there is no such database" },
  "25006": { code: "refused", text: "the database is read-only: it may be a standby" },
  "55P03": BUSY,
  "57014": BUSY,
  "40P01": BUSY,
  "40001": BUSY,
  "57P01": UNREACHABLE,
  "57P02": UNREACHABLE,
  "57P03": UNREACHABLE,
  "25P03": UNREACHABLE,
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  EPIPE: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  ENOENT: UNREACHABLE,
  CERT_HAS_EXPIRED: { code: "refused", text: "the certificate of the database has expired" },
};

/** The SQLSTATE classes of a broken connection and of a server that stops. */
const BROKEN = /^(?:08|57P0)/;

/** Of the driver, which has no codes for them. */
const BROKEN_TEXTS: ReadonlySet<string> = new Set([
  "Connection terminated unexpectedly",
  "Connection terminated",
  "Client has encountered a connection error and is not queryable",
  "timeout exceeded when trying to connect",
  "Query read timeout",
]);

/** Converts a failure of the database to a StoreError; any other error (a bug) is returned unchanged. */
export function toStoreError(doing: string, cause: unknown): unknown {
  if (cause instanceof StoreError) return cause;
  const code = errorCode(cause) ?? "";
  const known = CODES[code] ?? (isBroken(cause) ? UNREACHABLE : undefined);
  if (known === undefined) return cause;
  const shown = code === "" ? "" : ` (${code})`;
  return new StoreError(known.code, `cannot ${doing}: ${known.text}${shown}`, cause);
}

/** Whether the connection broke, so that a statement that was sent may have been carried out. */
export function isBroken(cause: unknown): boolean {
  const code = errorCode(cause) ?? "";
  if (CODES[code] === UNREACHABLE || BROKEN.test(code)) return true;
  return cause instanceof Error && BROKEN_TEXTS.has(cause.message);
}
