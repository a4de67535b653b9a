/** The failures of the record, by the next step that they need. */
export type StoreErrorCode =
  /** The disk is full; nothing of the change was written. */
  | "full"
  /** Another process holds it. */
  | "locked"
  /** Written by a newer version of this program. */
  | "newer-version"
  /** The file is something else, or damaged. */
  | "damaged"
  /** Entries of the audit were changed, removed or added from outside. */
  | "broken-record"
  | "missing"
  /** A restore was interrupted while it replaced the files. */
  | "unfinished-restore"
  /** The disk refused. */
  | "io"
  /** The database server does not answer, or has no connection left; nothing of the change was written. */
  | "unreachable"
  /** The database server refused the user, or the user lacks a privilege. */
  | "refused"
  | "wrong-password"
  /** The certificate of the database server is not one that is trusted. */
  | "untrusted"
  /** The database does not accept writes. */
  | "read-only"
  /** The disk of the database server is full; nothing of the change was written. */
  | "database-full"
  /** The database server has no free connection. */
  | "no-connection"
  /** Between the controller and the database is a pooler that does not keep a connection for a session. */
  | "pooled"
  /** The database server is older than the oldest that is supported. */
  | "old-server"
  /** The database server confirms a commit before it is on disk. */
  | "not-durable"
  /** The database has the record of another installation. */
  | "other-installation"
  /** The state directory lacks the key that signs the record of the database. */
  | "key-missing"
  /** The operator's file names a database, and the record is in the state directory. */
  | "not-moved"
  /** The record was moved from this file to a database. */
  | "moved"
  /** The database to move to is in use already. */
  | "not-empty"
  /** The record ends before the last copy of a checkpoint outside. */
  | "history-lost"
  /** A file of the state directory that proves entries of a database cannot be read. */
  | "unreadable-proof"
  /** The lease of the database did not end in time, or was claimed by another process meanwhile. */
  | "lease-not-free"
  /** Another controller has the lease of the database now: this process must not write any more. */
  | "lease-lost"
  /** The database is on another server or timeline than before: claims of leases may be lost. */
  | "failed-over"
  /** The lease of this process was not renewed for too long; nothing of the change was written. */
  | "lease-ends"
  /** Another replica makes the passes of the account; nothing of the change was written. */
  | "not-assigned"
  /** A decision was recorded that the pass of an intent does not know; nothing was appended. */
  | "outdated"
  /** The connection broke while a change was written: it may have been written. */
  | "unsure"
  | "closed";

/** How an operator can fix it; null if the message shows it, or if nothing can be done. */
const FIXES = {
  full: "free space on the disk of stateDir",
  locked: null,
  "newer-version": "run that newer version, or use another stateDir or database",
  damaged:
    "restore a backup, or use another stateDir or database: Grantkeeper reads the other facts from Git and from the tags in AWS",
  "broken-record":
    "keep stateDir and its database as evidence and run grantkeeper audit verify on them; then restore a backup, or start with an empty stateDir and database",
  missing: null,
  "unfinished-restore": "run grantkeeper restore again with the same backup",
  io: "check the disk of stateDir and the permissions on it",
  unreachable: "check the database server and the network to it",
  refused: "check pg_hba.conf of the server, and the privileges of the user: docs/postgresql.md lists them",
  "wrong-password": "correct the file of state.database.passwordFile: it is read for each connection",
  untrusted:
    "check state.database.tls.caFile, the host in state.database.url, and the certificate of the server",
  "read-only": "name the primary in state.database.url, and check default_transaction_read_only of the user",
  "database-full": "free space on the disk of the database server",
  "no-connection":
    "raise max_connections of the server or the connection limit of the user: a controller needs up to 12, a standby that shares accounts 23, and a command 2",
  pooled:
    "connect to the server itself: a pooler in transaction mode does not keep the settings of a session",
  "old-server": "use a newer server",
  "not-durable": "set synchronous_commit = on for the user, the database and the server",
  "other-installation": "use a database of its own for each installation",
  "key-missing":
    "copy audit-key.pem and audit-key.pub.pem of this installation to stateDir, or use an empty database",
  "not-moved": "run grantkeeper store move, or remove state.database to go on with that file",
  moved: "set state.database to that database; the file is kept as evidence only",
  "not-empty": "use an empty database; if it is that of an interrupted move, create it again",
  "history-lost":
    'restore a copy of the database that has them, as audit-newest-entry.json and audit-anchors.jsonl of each stateDir prove; to go on without them, stop all replicas and run grantkeeper store accept-loss at each of them: docs/postgresql.md, "If entries are lost"',
  "unreadable-proof":
    "correct who may read it; if it is damaged, compare the end of the record (grantkeeper history) with the log of this controller, and rename the file only if no entry is missing",
  "lease-not-free":
    "stop all replicas, check with grantkeeper doctor that the database answers, and run the command again",
  "lease-lost":
    "none: the service manager starts this replica again, as a standby; if it was not meant to be one, use a database of its own",
  "failed-over":
    "none: the service manager starts this replica again; a replica is active when all leases from before the failover have ended, within a minute",
  "lease-ends": null,
  "not-assigned": null,
  outdated: null,
  unsure: null,
  closed: null,
} as const satisfies Record<StoreErrorCode, string | null>;

/** A failed access to the record; unless the code is `unsure`, nothing of the attempted change is kept. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly isRecordFailure = true;
  readonly code: StoreErrorCode;
  readonly fix: string | null;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.fix = FIXES[code];
  }
}
