import { createHmac } from "node:crypto";
import type { WebhookSender } from "../../../src/model/values/webhook-sender.ts";
import { NOW } from "../fakes/fake-control.ts";
import { BODY, SECRET, sign } from "./webhook-server.ts";

export type Headers = Readonly<Record<string, string>>;

/** How a forge reports a push. */
export interface Forge {
  /** As people know it. */
  readonly forge: string;
  readonly sender: WebhookSender;
  readonly secret: string;
  /** A push with this body, signed with this secret. */
  readonly push: (body: string, secret: string) => Headers;
  /** Another event, signed as well. */
  readonly ping: Headers;
  /** The header that proves who sent it. */
  readonly proof: string;
}

export const GITLAB_SECRET = `whsec_${Buffer.from("gitlab-key-0123456789abcdef").toString("base64")}`;
/** The time of the server, in seconds. */
export const SECONDS = Math.floor(Date.parse(NOW) / 1_000);

/** A push of a GitLab that signs, at this time. */
export function gitlabPush(seconds: number, body = BODY, secret = GITLAB_SECRET): Headers {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const mac = createHmac("sha256", key).update(`d-1.${seconds}.${body}`).digest("base64");
  return {
    "webhook-id": "d-1",
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1,${mac}`,
    "x-gitlab-event": "Push Hook",
  };
}

const hex = (body: string, secret: string): string => sign(body, secret).slice("sha256=".length);

export const SIGNING_FORGES: readonly Forge[] = [
  {
    forge: "GitHub",
    sender: "github",
    secret: SECRET,
    push: (body, secret) => ({ "x-hub-signature-256": sign(body, secret), "x-github-event": "push" }),
    ping: { "x-github-event": "ping" },
    proof: "x-hub-signature-256",
  },
  {
    forge: "GitLab",
    sender: "gitlab",
    secret: GITLAB_SECRET,
    push: (body, secret) => gitlabPush(SECONDS, body, secret),
    ping: { "x-gitlab-event": "Issue Hook" },
    proof: "webhook-signature",
  },
  {
    forge: "Gitea",
    sender: "gitea",
    secret: SECRET,
    push: (body, secret) => ({ "x-gitea-signature": hex(body, secret), "x-gitea-event": "push" }),
    ping: { "x-gitea-event": "issues" },
    proof: "x-gitea-signature",
  },
  {
    forge: "Forgejo",
    sender: "forgejo",
    secret: SECRET,
    push: (body, secret) => ({ "x-forgejo-signature": hex(body, secret), "x-forgejo-event": "push" }),
    ping: { "x-forgejo-event": "issues" },
    proof: "x-forgejo-signature",
  },
  {
    forge: "Bitbucket Cloud",
    sender: "bitbucket",
    secret: SECRET,
    push: (body, secret) => ({ "x-hub-signature": sign(body, secret), "x-event-key": "repo:push" }),
    ping: { "x-event-key": "issue:created" },
    proof: "x-hub-signature",
  },
  {
    forge: "Bitbucket Data Center",
    sender: "bitbucket",
    secret: SECRET,
    push: (body, secret) => ({ "x-hub-signature": sign(body, secret), "x-event-key": "repo:refs_changed" }),
    ping: { "x-event-key": "diagnostics:ping" },
    proof: "x-hub-signature",
  },
];

export const ALL_FORGES: readonly Forge[] = [
  ...SIGNING_FORGES,
  {
    forge: "GitLab without signing tokens",
    sender: "gitlab-token",
    secret: SECRET,
    push: (_body, secret) => ({
      "x-gitlab-token": secret,
      "x-gitlab-event": "Push Hook",
      "idempotency-key": "d-1",
    }),
    ping: { "x-gitlab-event": "Issue Hook" },
    proof: "x-gitlab-token",
  },
];
