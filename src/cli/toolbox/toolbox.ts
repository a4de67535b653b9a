import type { BackupHealth } from "../../model/backups/backup-health.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { BackupOutcome, MoveOutcome, LossOutcome, RestoreOutcome } from "../../audit/backup.ts";
import type { ConfirmedProof } from "../../audit/verification/confirmed-entry.ts";
import type { ActionDataLoader } from "../../controller/ports/action-data-loader.ts";
import type { AuditReader } from "../../controller/ports/audit-log.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Organizations } from "../../controller/ports/estate/organizations.ts";
import type { References } from "../../controller/ports/estate/references.ts";
import type { EstateReader } from "../../controller/ports/estate/estate-reader.ts";
import type { LiveState } from "../../controller/ports/live-state.ts";
import type { NamespaceSource, Source } from "../../controller/ports/source.ts";
import type { RecordReader } from "../../controller/ports/store.ts";
import type { ShippedPolicies } from "../../iam/shipped-policies.ts";
import type { ChangeAuthors } from "../../model/authors.ts";
import type { Desired, DesiredAccount } from "../../model/desired.ts";
import type { OwnDocuments, OwnRoleSettings, OwnSetup } from "../../model/aws/own-roles.ts";
import type { AccountId, InstanceName, Namespace } from "../../model/aws/ids.ts";
import type { Limits } from "../../model/rules/limits.ts";
import type { Mode } from "../../model/rules/mode.ts";
import type { Result } from "../../model/values/result.ts";
import type { KeyFinding } from "../../model/verification.ts";
import type { Snapshot, SizeLimits } from "../../model/snapshot.ts";
import type { BranchCommand } from "./branch-command.ts";
import type { BackupCommand, MoveCommand, AcceptLossCommand, RestoreCommand } from "./record-commands.ts";
import type { RunningSimulator, SimulatorRequest } from "./simulation.ts";

/**
 * Everything that commands get from outside: compose/ creates it, tests fake it. Factories are lazy, so that
 * `grantkeeper version` loads no SDK and no database. They throw CliError, SourceError or AwsError for a failure that a
 * person can fix; every other error is a bug, and is shown as one.
 */
export interface Toolbox {
  readonly version: string;
  readonly terminal: Terminal;
  /** GRANTKEEPER_CONFIG, GRANTKEEPER_SERVER, GRANTKEEPER_TOKEN, NO_COLOR and FORCE_COLOR are read of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborts at SIGINT and SIGTERM; running work then stops in order. */
  readonly signal: AbortSignal;
  readonly actionData: () => Promise<ActionDataLoader>;
  /** The snapshot of AWS-managed policies that is part of the product. */
  readonly shippedPolicies: () => Promise<ShippedPolicies>;
  /** The policies that Grantkeeper's own roles need for these manifests. */
  readonly ownDocuments: (desired: Desired, setup: OwnSetup) => Promise<OwnDocuments>;
  /** Reads and checks the operator's file; opens nothing yet. */
  readonly openInstallation: (
    file: string,
    flags: InstallationFlags,
  ) => Promise<Result<Installation, readonly ConfigurationProblem[]>>;
  /** The manifests of a folder as a controller would read them. @throws SourceError */
  readonly readDirectory: (request: FolderRequest, signal: AbortSignal) => Promise<ReadFolder>;
  /** The manifests of a commit of a local repository; nothing is fetched or checked out. @throws SourceError */
  readonly gitSnapshot: (
    request: DirectoryRequest & { readonly revision: string },
    signal: AbortSignal,
  ) => Promise<Snapshot>;
  /** The manifests at the tip of a branch; nothing is kept. @throws SourceError */
  readonly fetchBranch: (request: BranchRequest, signal: AbortSignal) => Promise<Snapshot>;
  /** How a commit of a local repository is related to the one that it is to be merged into. @throws SourceError */
  readonly gitRange: (
    request: DirectoryRequest & { readonly base: string; readonly head: string },
    signal: AbortSignal,
  ) => Promise<GitRange>;
  /** Who made what differs between two commits of a local repository. @throws SourceError */
  readonly gitAuthors: (
    request: DirectoryRequest & { readonly base: string; readonly head: string },
    signal: AbortSignal,
  ) => Promise<ChangeAuthors>;
  /**
   * Creates a branch with commits in a local repository and returns their ids. The checked-out files and the index stay as
   * they are, and nothing is pushed. @throws SourceError
   */
  readonly createBranch: (
    request: DirectoryRequest & BranchCommand,
    signal: AbortSignal,
  ) => Promise<readonly string[]>;
  /**
   * Calls `changed` soon after each change below the folders, which need not exist yet.
   * @returns how to end it, once no change is missed any more
   */
  readonly watchFolders: (folders: readonly string[], changed: () => void) => Promise<() => Promise<void>>;
  /** Requests to servers outside, by the proxies of the environment. */
  readonly fetch: () => Promise<OutsideFetch>;
  readonly startSimulator: (request: SimulatorRequest) => Promise<RunningSimulator>;
  /** The folder with the built page of an exported site; a checkout may not have it yet. */
  readonly sitePage: string;
}

/** `fetch` through the proxies of an installation; its errors name what is wrong with a proxy or a certificate. */
export type OutsideFetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Terminal {
  /** Resolves when more can be written. Without a reader, the text is dropped. */
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => Promise<void>;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** True if standard output is a terminal: only then are there colours, redrawing, and tables as wide as the window. */
  readonly isTerminal: boolean;
  /** The width of standard output; null if it is not a terminal. */
  readonly columns: number | null;
  /** Standard error for progress; null if it is not a terminal. */
  readonly progress: NodeJS.WritableStream | null;
}

export interface DirectoryRequest {
  readonly root: string;
  readonly platformPath: string;
  /** null: everything is below `platformPath`, and no part of it has limits of its own. */
  readonly tenantPath: string | null;
  readonly sizes: SizeLimits & {
    /** All files belong to one team: the limits are those of a team. */
    readonly isOneTeam?: true;
  };
}

/** A commit, compared with one that it is to be merged into. */
export interface GitRange {
  readonly base: string;
  /** The newest commit that both have. */
  readonly mergeBase: string;
  readonly head: string;
  /** The base has other files in the declared paths than the newest common commit. */
  readonly isBaseNewer: boolean;
  /** The files that the head changes, from the folder; those of other folders as well: `../README.md`. null: too many to list. */
  readonly changed: readonly string[] | null;
}

/** A branch of a repository that may be elsewhere. */
export interface BranchRequest extends Omit<DirectoryRequest, "root"> {
  readonly url: string;
  readonly branch: string;
  readonly login:
    | { readonly kind: "none" }
    | { readonly kind: "token"; readonly tokenFile: string }
    | { readonly kind: "ssh"; readonly privateKeyFile: string; readonly knownHostsFile: string };
}

/** The kind of source whose rules apply to the folder. */
export interface FolderRequest extends DirectoryRequest {
  readonly rules: "git" | "directory";
}

export interface ReadFolder {
  readonly snapshot: Snapshot;
  /** Files that look like manifests, but that a controller does not read. */
  readonly skipped: readonly { readonly path: string; readonly reason: SkippedReason }[];
}

/**
 * `ignored`: by .gitignore. `outside`: a manifest that is not in the platform or tenant path. `other-yaml`: YAML there that
 * does not look like a manifest. `not-asked`: the folder is in a repository that Git does not open here, so that its rules
 * were not applied completely.
 */
type SkippedReason = "ignored" | "outside" | "other-yaml" | "not-asked";

/** Flags overrule the environment, which overrules the file. */
export interface InstallationFlags {
  readonly observe: boolean;
  readonly stateDir: string | null;
  readonly listen: string | null;
}

export interface ConfigurationProblem {
  readonly where: string;
  readonly message: string;
  readonly fix?: string;
}

/** The part of the configuration that commands use. */
export interface OperatorConfig {
  readonly file: string;
  readonly instance: InstanceName;
  readonly stateDir: string;
  readonly mode: Mode;
  readonly source: {
    readonly kind: "git" | "directory";
    readonly name: string;
    readonly platformPath: string;
    readonly tenantPath: string;
  };
  readonly namespaceSources: readonly { readonly namespace: Namespace }[];
  readonly sweepMs: number;
  readonly limits: Limits;
  readonly sizes: SizeLimits;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly tls: { readonly host: string; readonly port: number } | null;
  };
  /** By group: its tokens, and people as `ISSUER#SUBJECT`. */
  readonly approvers: Readonly<Record<string, readonly string[]>>;
  readonly aws: {
    readonly simulator: boolean;
    /** CloudTrail is asked who made a difference. */
    readonly lookupEvents: boolean;
    readonly propagationWaitMs: number | null;
    readonly deleteQuietMs: number | null;
    readonly revertOtherMs: number | null;
    readonly waveIntervalMs: number | null;
  };
  readonly bootstrap: OwnRoleSettings | null;
  readonly changeEvents: readonly { readonly queueUrl: string; readonly accounts: readonly string[] }[];
}

/** The parts of one checked configuration; each member opens what it needs when it is called. */
export interface Installation {
  readonly config: OperatorConfig;
  /** The platform source. */
  readonly source: () => Promise<Source>;
  readonly namespaceSources: () => Promise<readonly NamespaceSource[]>;
  /** The settings of proxies and certificates, checked without a connection; empty if none is set. */
  readonly network: () => Promise<readonly Probe[]>;
  /** Whether the secrets of webhooks and alert routes can be read, without a connection; empty if there are none. */
  readonly secrets: () => Promise<readonly Probe[]>;
  /** Whether a controller can use the database with the record; empty if the record is in the state directory. */
  readonly database: () => Promise<readonly Probe[]>;
  /** Whether the queues of pushes and of change events can be read; empty if there are none. */
  readonly queues: (signal: AbortSignal) => Promise<readonly Probe[]>;
  /** Requests to servers outside, by the proxies and the authorities of the file. */
  readonly fetch: () => Promise<OutsideFetch>;
  /**
   * What is found about the keys that verify the commits of a source; null: none are configured.
   * @param namespace of the source; null: the platform source
   */
  readonly signingKeys: (
    namespace: Namespace | null,
    signal: AbortSignal,
  ) => Promise<readonly KeyFinding[] | null>;
  /** The forge that shows the states of commits; null: none. Reads only. */
  readonly commitStatus: (namespace: Namespace | null, signal: AbortSignal) => Promise<KeyFinding | null>;
  /** The forge whose merged pull requests are shown what became of them; null: none. Reads only. */
  readonly pullRequestComments: (
    namespace: Namespace | null,
    signal: AbortSignal,
  ) => Promise<KeyFinding | null>;
  readonly aws: () => Promise<AwsReads>;
  /** The database of the state directory, read-only; a controller may be running. null: there is no database yet. */
  readonly record: () => Promise<RecordReader | null>;
  /** The audit in the state directory, read only. @throws CliError when there is no database yet */
  readonly audit: () => Promise<AuditReader>;
  /** PEM of every public key in the state directory; null if there is none. */
  readonly auditPublicKeys: () => Promise<string | null>;
  /** The external copies of checkpoints, as text; null if there are none. */
  readonly auditAnchors: () => Promise<string | null>;
  /** The newest entry that the database confirmed; null: none is noted, or there is no database. */
  readonly newestEntry: () => Promise<ConfirmedProof | null>;
  /** Copies the record to a new folder and verifies the copy; a controller may be running. */
  readonly backup: (request: BackupCommand) => Promise<BackupOutcome>;
  /** What became of the backups of the state directory. */
  readonly backups: () => Promise<BackupHealth>;
  /** Replaces the record by a backup; no controller may be running. */
  readonly restore: (request: RestoreCommand) => Promise<RestoreOutcome>;
  /** Moves the record of the state directory to the database of the operator's file; no controller may be running. */
  readonly moveRecord: (request: MoveCommand) => Promise<MoveOutcome>;
  /** Goes on without entries that the database has lost; no controller may be running. */
  readonly acceptLoss: (request: AcceptLossCommand) => Promise<LossOutcome>;
  /** The API token that a running controller writes to its state directory; null if it can't be read. */
  readonly localToken: () => Promise<string | null>;
  /** The file with that token. */
  readonly localTokenFile: string;
  /**
   * The authority of the certificate of `http.tls`, in PEM; null: one that clients trust by their system.
   * @throws CliError if it cannot be read
   */
  readonly apiAuthority: () => Promise<string | null>;
  /** Takes the lock, opens all parts and runs. @throws CliError if the lock or the port is in use */
  readonly startController: () => Promise<RunningController>;
}

/** Reads of AWS with the observers of accounts and the readers of organizations. */
export interface AwsReads {
  readonly live: LiveState;
  readonly estates: EstateReader;
  readonly organizations: Organizations;
  readonly references: References;
  /** Whether the identities of the account have their permissions; writes nothing. */
  readonly examine: (account: DesiredAccount, signal: AbortSignal) => Promise<readonly Probe[]>;
  /** Whether service and resource control policies deny calls of these accounts' identities and of the base role, as far as readers of account sets can read them. */
  readonly serviceControl: (
    question: {
      readonly accounts: readonly DesiredAccount[];
      readonly desired: Desired;
      readonly baseRole: string | null;
    },
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<AccountId, readonly Probe[]>>;
  readonly close: () => void;
}

export interface RunningController {
  /** `http://127.0.0.1:8085` */
  readonly url: string;
  /** The active replica, for people, if this one is a standby; null: it is active itself, or the only controller. */
  readonly standbyOf: string | null;
  /** Resolves after `stop`; rejects if the controller cannot continue. */
  readonly done: Promise<void>;
  /** Stops the running work in order; resolves when all parts are closed. */
  readonly stop: () => Promise<void>;
}
