import type { WebhookSender } from "../values/webhook-sender.ts";

/** Where a source is, and what reports its pushes. */
export interface SourceLocation {
  /** The URL of the repository, or the path of a folder. It has no credentials. */
  readonly url: string;
  /** null: a folder. */
  readonly ref: { readonly kind: "branch" | "tag" | "semver" | "commit"; readonly name: string } | null;
  /** Those that have a secret, sorted. */
  readonly webhooks: readonly WebhookSender[];
  /** The URL of the queue; null: there is none. */
  readonly pushQueue: string | null;
}
