/** The formats of push webhooks. `gitlab-token` is a GitLab that does not sign: it sends the secret itself. */
export const WEBHOOK_SENDERS = [
  "generic",
  "github",
  "gitlab",
  "gitlab-token",
  "gitea",
  "forgejo",
  "bitbucket",
] as const;

export type WebhookSender = (typeof WEBHOOK_SENDERS)[number];
