import type { BackupRule } from "../model/backups/backup-health.ts";
import type { SizeLimits } from "../model/snapshot.ts";
import type { AwsEndpoints } from "../model/aws/endpoints.ts";
import type { InstanceName, Region } from "../model/aws/ids.ts";
import type { ProxySettings } from "../model/network/proxy.ts";
import type { OwnRoleSettings } from "../model/aws/own-roles.ts";
import type { Limits } from "../model/rules/limits.ts";
import type { Mode } from "../model/rules/mode.ts";
import type { AlertRouteSpec } from "../model/records/alert-route-state.ts";
import type { ApiToken } from "../model/values/api-token.ts";
import type { MailSettings } from "../model/network/mail-settings.ts";
import type { DatabaseConfig } from "./state/database-config.ts";
import type { HttpConfig } from "./http/http-config.ts";
import type { ChangeQueueConfig } from "./events/change-events.ts";
import {
  type PlatformSourceConfig,
  type NamespaceSourceConfig,
  type WebhookFiles,
} from "./git/source-config.ts";

/** The configuration of a controller: checked completely, and frozen. */
export interface Config {
  readonly file: string;
  readonly instance: InstanceName;
  readonly stateDir: string;
  /** The PostgreSQL database with the record; null: the record is a file of the state directory. */
  readonly database: DatabaseConfig | null;
  /** Whether the active replica assigns accounts to the standbys, and this process makes their passes while it is a standby. */
  readonly replicas: { readonly shareAccounts: boolean };
  readonly mode: Mode;
  /** The platform source. */
  readonly source: PlatformSourceConfig;
  /** Sorted by namespace. */
  readonly namespaceSources: readonly NamespaceSourceConfig[];
  readonly sweepMs: number;
  /** 0: no wait is an alert. */
  readonly longWaitMs: number;
  readonly limits: Limits;
  readonly sizes: SizeLimits;
  readonly http: HttpConfig;
  readonly tokens: readonly TokenConfig[];
  /** By name of a group: names of tokens, and people as `ISSUER#SUBJECT`. */
  readonly approvers: Readonly<Record<string, readonly string[]>>;
  /** By sender: the file with its secrets. Of the platform source. */
  readonly webhooks: WebhookFiles;
  /** The queues that report changes in AWS. */
  readonly changeEvents: readonly ChangeQueueConfig[];
  /** While change events prove that nothing was changed, a policy of a function is read again within this time; 0: by each sweep. */
  readonly resourcePolicies: { readonly readWithinMs: number };
  readonly alerts: readonly AlertRoute[];
  readonly audit: {
    /** Whether `run` writes the entries of the record to standard output. */
    readonly stdout: boolean;
    /** null: every entry is kept. */
    readonly retention: {
      readonly afterMs: number;
      /** The folder to which entries are copied before they are removed; null: they are not. */
      readonly archive: string | null;
    } | null;
  };
  readonly backups: BackupRule;
  /** The collector of OpenTelemetry; null: none. */
  readonly otlp: OtlpConfig | null;
  readonly network: NetworkConfig;
  readonly aws: AwsConfig;
  /** For `bootstrap roles` and `doctor`; null: the file has no such section. */
  readonly bootstrap: OwnRoleSettings | null;
}

interface TokenConfig extends ApiToken {
  /** The addresses under which its owner commits. */
  readonly mails: readonly string[];
}

/** A receiver of alerts. */
export interface AlertRoute extends Omit<AlertRouteSpec, "sink"> {
  readonly name: string;
  readonly sink: AlertSinkConfig;
  readonly perMinute: number;
  /** null: what stays open is not reported again. */
  readonly remindAfterMs: number | null;
  /** The time of the day (UTC) when everything is sent together; null: immediately. */
  readonly dailyAtMs: number | null;
  /** The route that also gets what waits for long; null: none. */
  readonly fallback: string | null;
}

export type AlertSinkConfig =
  | {
      readonly kind: "webhook";
      readonly url: string;
      readonly secretFile: string;
    }
  | {
      readonly kind: "alertmanager";
      readonly urls: readonly string[];
      readonly auth:
        | { readonly kind: "none" }
        | { readonly kind: "bearer"; readonly tokenFile: string }
        | { readonly kind: "basic"; readonly username: string; readonly passwordFile: string };
    }
  | {
      readonly kind: "slack";
      readonly url: string;
      readonly channel: string;
      readonly tokenFile: string;
    }
  | ({ readonly kind: "mail" } & MailSettings);

interface OtlpConfig {
  /** Without `/v1/traces`. */
  readonly endpoint: string;
  /** One `NAME: VALUE` in each line; null: none. */
  readonly headersFile: string | null;
}

interface NetworkConfig {
  /** Null: every request goes directly. */
  readonly proxy: ProxySettings | null;
  /** Certificates that are trusted next to those of the system; null: none. */
  readonly caFile: string | null;
}

interface AwsConfig {
  /** Of the simulator, in place of every service. */
  readonly endpoint: string | null;
  readonly endpoints: AwsEndpoints;
  readonly stsRegion: Region | null;
  readonly fips: boolean;
  readonly simulator: boolean;
  /** CloudTrail is asked who made a difference that no change event explains. */
  readonly lookupEvents: boolean;
  /** Overrides for every account; under `simulator: true` only. */
  readonly propagationWaitMs: number | null;
  readonly deleteQuietMs: number | null;
  readonly revertOtherMs: number | null;
  readonly waveIntervalMs: number | null;
}
