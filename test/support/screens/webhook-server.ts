import { createHmac } from "node:crypto";
import type { HttpOptions } from "../../../src/http/start.ts";
import { WEBHOOK_SENDERS } from "../../../src/model/values/webhook-sender.ts";
import { hooksOf, startTestServer, type TestServer } from "./http-server.ts";

export const SECRET = "hook-secret";
export const BODY = '{"ref":"refs/heads/main"}';

/** Every sender has these secrets; null: no webhook is configured. */
export function startWebhooks(
  limits: HttpOptions["limits"] = {},
  secrets: (() => Promise<readonly string[]>) | null = async () => [SECRET],
): Promise<TestServer> {
  const webhooks =
    secrets === null ? {} : Object.fromEntries(WEBHOOK_SENDERS.map((sender) => [sender, secrets]));
  return startTestServer({ options: { webhooks: hooksOf(webhooks), limits } });
}

/** As GitHub and the generic sender write it. */
export function sign(body: string | Uint8Array, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}
