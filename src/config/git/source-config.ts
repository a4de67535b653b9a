import type { Namespace } from "../../model/aws/ids.ts";
import type { WebhookSender } from "../../model/values/webhook-sender.ts";
import type { SignatureSettings } from "../../model/verification.ts";

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
      readonly auth: GitAuthConfig;
      /** Trusted certificates of an https server; null: those of the system. */
      readonly caFile: string | null;
      /** null: no signature is needed. */
      readonly signatures: SignatureSettings | null;
      /** null: the forge shows no state of a commit. */
      readonly commitStatus: CommitStatusConfig | null;
      /** null: merged pull requests are shown nothing. */
      readonly pullRequestComments: PullRequestCommentsConfig | null;
    }
  | { readonly kind: "directory"; readonly path: string; readonly allowEnforce: boolean }
);

export type WebhookFiles = Readonly<Partial<Record<WebhookSender, string>>>;

export type ForgeName = "github" | "gitlab" | "gitea" | "forgejo" | "bitbucket";

/** The forge whose merged pull requests are shown what became of them. */
export interface PullRequestCommentsConfig {
  readonly forge: Exclude<ForgeName, "bitbucket">;
  /** null: the tokens of `auth`, a GitHub App. */
  readonly tokenFile: string | null;
  /** Of that App; null: the token of the file is used. */
  readonly appId: string | null;
  readonly apiUrl: string;
  readonly repository: string;
  readonly name: string;
  /** That they are merged into; null: what is applied is no branch. */
  readonly branch: string | null;
  /** People whose reviews approve changes: the id of their account on the forge, and the token whose rights they have. */
  readonly reviewers: readonly { readonly account: number; readonly token: string }[];
}

/** The forge that shows the state of the accepted commit. */
export interface CommitStatusConfig {
  readonly forge: ForgeName;
  /** null: the tokens of `auth`, a GitHub App. */
  readonly tokenFile: string | null;
  readonly apiUrl: string;
  readonly repository: string;
  readonly name: string;
  readonly link: string | null;
}

type GitAuthConfig =
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

export type GitSourceConfig = Extract<SourceConfig, { readonly kind: "git" }>;
