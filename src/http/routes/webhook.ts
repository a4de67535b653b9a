import { createHmac, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";

export type WebhookSecret = () => Promise<string>;

/** GitHub sends up to 25 MB, but the payload is not needed. */
const BODY_BYTES = 65_536;
const REMEMBERED = 1_000;

/**
 * A push webhook: a hint to fetch, proved by an HMAC over the raw bytes. The body is never parsed. A repeated delivery id
 * is answered and does nothing. The id is not signed, so this saves work and is not a defence: one more fetch is harmless.
 */
export async function registerWebhook(
  app: FastifyInstance,
  { control, telemetry }: HttpContext,
  secret: WebhookSecret | null,
): Promise<void> {
  await app.register((hooks, _options, done) => {
    const seen = new Set<string>();
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_BYTES }, (_request, body, done) => {
      done(null, body);
    });
    hooks.addHook("onRequest", async () => {
      if (secret === null)
        throw new ApiFailure("NotFound", "no webhook is configured: webhooks.generic.secretFile");
    });
    hooks.post("/hooks/generic", async (request, reply) => {
      await checkSignature(request, secret);
      const delivery =
        header(request, "x-grantkeeper-delivery") ?? header(request, "x-github-delivery") ?? null;
      const isNew = delivery === null || remember(seen, delivery);
      if (isNew) control.fetchSoon("webhook");
      telemetry.debug("webhook accepted", { new: isNew });
      reply.code(202);
      return { accepted: true };
    });
    done();
  });
}

async function checkSignature(request: FastifyRequest, secret: WebhookSecret | null): Promise<void> {
  const key = secret === null ? "" : await secret();
  // With an empty key, anyone could sign.
  if (key === "") throw new ApiFailure("ServiceUnavailable", "the webhook's secret is empty");
  const given = header(request, "x-grantkeeper-signature") ?? header(request, "x-hub-signature-256") ?? "";
  const hex = /^sha256=([0-9a-f]{64})$/.exec(given)?.[1];
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const expected = createHmac("sha256", key).update(body).digest();
  if (hex !== undefined && timingSafeEqual(expected, Buffer.from(hex, "hex"))) return;
  throw new ApiFailure("Unauthorized", "expected X-Grantkeeper-Signature: sha256=HMAC of the body");
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value.slice(0, 200) : undefined;
}

/** False if the id is known. Forgets the oldest id first. */
function remember(seen: Set<string>, delivery: string): boolean {
  if (seen.has(delivery)) return false;
  seen.add(delivery);
  const [oldest] = seen;
  if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
  return true;
}
