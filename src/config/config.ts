import type { SizeLimits } from "../model/snapshot.ts";
import type { AwsEndpoints } from "../model/aws/endpoints.ts";
import type { InstanceName, Namespace, Region } from "../model/aws/ids.ts";
import type { ProxySettings } from "../model/network/proxy.ts";
import type { OwnRoleSettings } from "../model/aws/own-roles.ts";
import type { WebhookSender } from "../model/values/webhook-sender.ts";
import type { Limits } from "../model/rules/limits.ts";
import type { Mode } from "../model/rules/mode.ts";
import type { AlertRouteSpec } from "../model/records/alert-route-state.ts";
import type { ApiToken } from "../model/values/api-token.ts";
import type { MailSettings } from "../model/network/mail-settings.ts";
import type { SignatureSettings } from "../model/verification.ts";

/** The configuration of a controller: checked as a whole, and frozen. */
export interface Config {
  readonly file: string;
  readonly instance: InstanceName;
  readonly stateDir: string;
  readonly mode: Mode;
  /** The platform source. */
  readonly source: PlatformSourceConfig;
  /** Sorted by namespace. */
  readonly namespaceSources: readonly NamespaceSourceConfig[];
  readonly sweepMs: number;
  readonly limits: Limits;
  readonly sizes: SizeLimits;
  readonly http: { readonly host: string; readonly port: number };
  readonly tokens: readonly TokenConfig[];
  /** By name of a group: names of tokens. */
  readonly approvers: Readonly<Record<string, readonly string[]>>;
  /** By sender: the file with its secrets. Of the platform source. */
  readonly webhooks: WebhookFiles;
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
  /** The collector of OpenTelemetry; null: none. */
  readonly otlp: OtlpConfig | null;
  readonly network: NetworkConfig;
  readonly aws: AwsConfig;
  /** For `bootstrap roles` and `doctor`; null: the file has no such section. */
  readonly bootstrap: OwnRoleSettings | null;
}

export type PlatformSourceConfig = SourceConfig & {
  readonly platformPath: string;
  readonly tenantPath: string;
};

export type NamespaceSourceConfig = SourceConfig & {
  readonly namespace: Namespace;
  /** The folder with its manifests. */
  readonly manifestPath: string;
  /** By sender: the file with its secrets. */
  readonly webhooks: WebhookFiles;
};

export type SourceConfig = {
  readonly name: string;
  readonly intervalMs: number;
} & (
  | {
      readonly kind: "git";
      readonly url: string;
      readonly ref: { readonly kind: "branch" | "tag" | "semver" | "commit"; readonly name: string };
      readonly auth: GitAuth;
      /** Trusted certificates of an https server; null: those of the system. */
      readonly caFile: string | null;
      /** null: no signature is needed. */
      readonly signatures: SignatureSettings | null;
      /** null: the forge shows no state of a commit. */
      readonly commitStatus: CommitStatusConfig | null;
    }
  | { readonly kind: "directory"; readonly path: string; readonly allowEnforce: boolean }
);

export type WebhookFiles = Readonly<Partial<Record<WebhookSender, string>>>;

/** The forge that shows the state of the accepted commit. */
export interface CommitStatusConfig {
  readonly forge: "github" | "gitlab" | "gitea" | "forgejo" | "bitbucket";
  /** null: the tokens of `auth`, a GitHub App. */
  readonly tokenFile: string | null;
  readonly apiUrl: string;
  readonly repository: string;
  readonly name: string;
  readonly link: string | null;
}

type GitAuth =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly tokenFile: string }
  | { readonly kind: "basic"; readonly username: string; readonly passwordFile: string }
  | {
      readonly kind: "github-app";
      readonly appId: string;
      readonly installationId: string;
      readonly privateKeyFile: string;
      /** null: that of the server in the URL. */
      readonly apiUrl: string | null;
    }
  | {
      readonly kind: "codecommit";
      /** null: the identity of the process reads the repository. */
      readonly role: { readonly roleArn: string; readonly externalId: string | null } | null;
      /** The queue that receives the events of pushes; null: none. */
      readonly queueUrl: string | null;
    }
  | { readonly kind: "ssh"; readonly privateKeyFile: string; readonly knownHostsFile: string };

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
  /** Overrides for every account; under `simulator: true` only. */
  readonly propagationWaitMs: number | null;
  readonly deleteQuietMs: number | null;
  readonly revertOtherMs: number | null;
}
