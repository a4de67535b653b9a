import { errorCode } from "../../model/values/error-code.ts";
import { StoreError, type StoreErrorCode } from "../errors.ts";

interface KnownFailure {
  readonly code: StoreErrorCode;
  readonly text: string;
}

const UNREACHABLE = { code: "unreachable", text: "the database cannot be reached" } as const;
const BUSY = { code: "locked", text: "another connection holds a lock for too long" } as const;
const UNTRUSTED = { code: "untrusted", text: "the certificate of the database is not trusted" } as const;
const DENIED = { code: "refused", text: "the user lacks a privilege" } as const;
const LEASE_LOST = { code: "lease-lost", text: "another controller took over this database" } as const;

/** Raised by the functions of this schema. */
export const RAISED = {
  headMoved: "GK001",
  leaseLost: "GK002",
  leaseEnds: "GK003",
  historyLost: "GK004",
  notAssigned: "GK005",
  outdated: "GK006",
  failedOver: "GK007",
} as const;

/** By SQLSTATE, or the code of the system. @see https://www.postgresql.org/docs/15/errcodes-appendix.html */
const CODES: Readonly<Record<string, KnownFailure>> = {
  [RAISED.leaseLost]: LEASE_LOST,
  [RAISED.leaseEnds]: {
    code: "lease-ends",
    text: "the lease of this controller ends too soon for another write",
  },
  [RAISED.historyLost]: {
    code: "history-lost",
    text: "the database has lost entries that it had confirmed to this controller",
  },
  [RAISED.notAssigned]: { code: "not-assigned", text: "another replica makes the passes of an account" },
  [RAISED.failedOver]: {
    code: "failed-over",
    text: "the database failed over to another server, and the leases from before it end",
  },
  [RAISED.outdated]: { code: "outdated", text: "a newer decision is in the record" },
  "53100": { code: "database-full", text: "the disk of the database is full" },
  "53300": { code: "no-connection", text: "the database has too many connections" },
  "28P01": { code: "wrong-password", text: "the database refused the password" },
  "28000": { code: "refused", text: "the database refused the user or the connection" },
  "42501": DENIED,
  "3D000": { code: "missing", text: "there is no such database" },
  "42P01": { code: "missing", text: "the database has no record" },
  "25006": { code: "read-only", text: "the database is read-only: it may be a standby" },
  "08P01": { code: "pooled", text: "a pooler refused the settings of the connection" },
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
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EPIPE: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
  ENOENT: UNREACHABLE,
  CERT_HAS_EXPIRED: { code: "untrusted", text: "the certificate of the database has expired" },
  CERT_NOT_YET_VALID: { code: "untrusted", text: "the certificate of the database is not valid yet" },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: "untrusted",
    text: "the certificate of the database is that of another server",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

/** The SQLSTATE classes of a broken connection and of a server that stops. */
const BROKEN = /^(?:08|57P0)/;

/** Of the driver, which has no codes for them. */
const TEXTS: Readonly<Record<string, KnownFailure>> = {
  "Connection terminated unexpectedly": UNREACHABLE,
  "Connection terminated": UNREACHABLE,
  "Connection terminated due to connection timeout": UNREACHABLE,
  "Client has encountered a connection error and is not queryable": UNREACHABLE,
  "Client was closed and is not queryable": UNREACHABLE,
  "timeout exceeded when trying to connect": UNREACHABLE,
  "timeout expired": UNREACHABLE,
  "Query read timeout": UNREACHABLE,
  "The server does not support SSL connections": { code: "untrusted", text: "the database has no TLS" },
  "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string": {
    code: "wrong-password",
    text: "the database asks for a password",
  },
};

/** Converts a failure of the database to a StoreError; any other error (a bug) is returned unchanged. */
export function postgresStoreError(doing: string, cause: unknown): unknown {
  if (cause instanceof StoreError) return cause;
  const code = errorCode(cause) ?? "";
  const known = CODES[code] ?? textFailure(cause) ?? (isBroken(cause) ? UNREACHABLE : undefined);
  if (known === undefined) return cause;
  const shown = code === "" ? "" : ` (${code})`;
  return new StoreError(known.code, `cannot ${doing}: ${known.text}${shown}`, cause);
}

function textFailure(cause: unknown): KnownFailure | undefined {
  return cause instanceof Error ? TEXTS[cause.message] : undefined;
}

const ENDING: ReadonlySet<StoreErrorCode> = new Set(["lease-lost", "history-lost", "failed-over"]);

/** Whether this process must not write any more: another one may have the lease, or the record is not the one that it knows. */
export function endsLease(failure: unknown): failure is StoreError {
  return failure instanceof StoreError && ENDING.has(failure.code);
}

/** Whether the connection broke, so that a statement that was sent may have been carried out. */
export function isBroken(cause: unknown): boolean {
  const code = errorCode(cause) ?? "";
  if (CODES[code] === UNREACHABLE || BROKEN.test(code)) return true;
  return textFailure(cause) === UNREACHABLE;
}
