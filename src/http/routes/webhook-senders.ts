import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { WebhookSender } from "../../model/values/webhook-sender.ts";

/** What a request claims before its signature was checked. */
export interface Claim {
  /** The bytes of HMAC-SHA-256 that the sender computed; empty if there are none. One of them has to match. */
  readonly macs: readonly Buffer[];
  /** The signed text before the body. */
  readonly prefix: string;
  readonly signsBody: boolean;
  /** When it was signed; null: the sender does not sign a time. */
  readonly signedMs: number | null;
  /** false: an event that moves no ref, such as a ping. */
  readonly isPush: boolean;
  /** What is the same if a delivery is repeated: its signature, or else an id, which is not signed and may be missing. */
  readonly name: { readonly kind: "signature" } | { readonly kind: "id"; readonly id: string | null };
}

/** Reads the value of a header; empty if it is missing or repeated. */
type HeaderOf = (name: string) => string;

/**
 * How each sender signs, and which of its events is a push.
 *
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 * @see https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944 (the Standard Webhooks format)
 * @see https://forgejo.org/docs/latest/user/webhooks
 * @see https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks
 * @see https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
 */
const CLAIMS: { readonly [S in WebhookSender]: (header: HeaderOf) => Claim } = {
  generic: (header) => ({
    ...UNTIMED,
    macs: hexMac(header("x-grantkeeper-signature") || header("x-hub-signature-256"), "sha256="),
    isPush: true,
    name: idIn(header, ["x-grantkeeper-delivery", "x-github-delivery"]),
  }),
  github: (header) => ({
    ...UNTIMED,
    macs: hexMac(header("x-hub-signature-256"), "sha256="),
    isPush: header("x-github-event") === "push",
  }),
  gitlab: (header) => ({
    ...UNTIMED,
    macs: header("webhook-signature").split(" ").flatMap(base64Mac),
    prefix: `${header("webhook-id")}.${header("webhook-timestamp")}.`,
    signedMs: secondsToMs(header("webhook-timestamp")),
    isPush: GITLAB_PUSHES.includes(header("x-gitlab-event")),
  }),
  "gitlab-token": (header) => ({
    ...UNTIMED,
    macs: [tokenMac(header("x-gitlab-token"))],
    prefix: TOKEN,
    signsBody: false,
    isPush: GITLAB_PUSHES.includes(header("x-gitlab-event")),
    name: idIn(header, ["idempotency-key", "x-gitlab-event-uuid"]),
  }),
  gitea: (header) => ({
    ...UNTIMED,
    macs: hexMac(header("x-gitea-signature"), ""),
    isPush: header("x-gitea-event") === "push",
  }),
  forgejo: (header) => ({
    ...UNTIMED,
    macs: hexMac(header("x-forgejo-signature"), ""),
    isPush: header("x-forgejo-event") === "push",
  }),
  bitbucket: (header) => ({
    ...UNTIMED,
    macs: hexMac(header("x-hub-signature"), "sha256="),
    isPush: ["repo:push", "repo:refs_changed"].includes(header("x-event-key")),
  }),
};

const UNTIMED = { prefix: "", signsBody: true, signedMs: null, name: { kind: "signature" } } as const;
const GITLAB_PUSHES: readonly string[] = ["Push Hook", "Tag Push Hook", "System Hook"];
const TOKEN = "token";
const MAX_HEADER = 1_000;

export function claimOf(sender: WebhookSender, headers: IncomingHttpHeaders): Claim {
  return CLAIMS[sender]((name) => {
    const value = headers[name];
    return typeof value === "string" ? value.slice(0, MAX_HEADER) : "";
  });
}

/** GitLab's secret is `whsec_` and the key in base64; the other senders use the text of the secret. */
export function keyOf(sender: WebhookSender, secret: string): Buffer {
  if (sender !== "gitlab") return Buffer.from(secret, "utf8");
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

/** Compared as a signature with the token as the key, in a time that does not depend on the token. */
function tokenMac(token: string): Buffer {
  return createHmac("sha256", token).update(TOKEN).digest();
}

function idIn(header: HeaderOf, names: readonly string[]): Claim["name"] {
  return { kind: "id", id: names.map(header).find((id) => id !== "") ?? null };
}

function hexMac(text: string, prefix: string): readonly Buffer[] {
  const hex = text.startsWith(prefix) ? text.slice(prefix.length) : "";
  return /^[0-9a-f]{64}$/.test(hex) ? [Buffer.from(hex, "hex")] : [];
}

function base64Mac(text: string): readonly Buffer[] {
  return /^v1,[A-Za-z0-9+/]{43}=$/.test(text) ? [Buffer.from(text.slice("v1,".length), "base64")] : [];
}

/** NaN is never within the accepted time. */
function secondsToMs(text: string): number {
  return /^\d{1,12}$/.test(text) ? Number(text) * 1_000 : Number.NaN;
}
