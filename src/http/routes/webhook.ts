import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from "fastify";
import { getOrAdd } from "../../model/values/lists.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { HttpContext } from "../request/context.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { ApiFailure } from "../request/failure.ts";
import { WEBHOOK_SENDERS, type WebhookSender } from "../../model/values/webhook-sender.ts";
import { claimOf, keyOf, type Claim } from "./webhook-senders.ts";

/** Reads the secrets of one sender, the current and, during a rotation, the former one. */
type WebhookSecrets = () => Promise<readonly string[]>;
type WebhookSenders = Partial<Readonly<Record<WebhookSender, WebhookSecrets>>>;

/** A source, and who may report a push to it. */
export interface HookedSource {
  readonly name: string;
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly senders: WebhookSenders;
}

export interface SourceWebhooks {
  readonly platform: HookedSource;
  readonly namespaces: readonly HookedSource[];
}

interface Hooks {
  readonly sources: SourceWebhooks;
  readonly telemetry: HttpContext["telemetry"];
  /** Verifies nothing: compared in place of the secrets of a source that does not exist. */
  readonly noSecret: string;
}

/** What the path of a request names. */
interface Hook {
  readonly sender: WebhookSender;
  readonly source: HookedSource;
  readonly secrets: WebhookSecrets;
}

/** GitHub sends up to 25 MB. The body is not kept. */
const BODY_BYTES = 26_214_400;
const REMEMBERED = 1_000;
const newSet = (): Set<string> => new Set();
const ACCEPTED_AGE_MS = 300_000;

/** What is known of a request whose signature is not compared yet. */
interface UncheckedDelivery {
  readonly claim: Claim;
  /** The HMACs of the received bytes, one for each secret. */
  readonly expected: readonly Buffer[];
}

/**
 * Push webhooks: hints to fetch, proved by an HMAC over the raw bytes. The body is never parsed and never kept. A repeated
 * delivery is answered and does nothing: it is recognized by its signature or, if two deliveries may have equal ones, by its
 * id. That id is not signed, but one more fetch is harmless.
 */
export async function registerWebhook(
  app: FastifyInstance,
  { control, telemetry, clock }: HttpContext,
  sources: SourceWebhooks,
): Promise<void> {
  await app.register((hooks, _options, done) => {
    // Each source has its own, so that the deliveries of one repository do not make those of another one new again.
    const seen = new Map<Namespace | null, Set<string>>();
    const parts = { sources, telemetry, noSecret: randomBytes(32).toString("base64") };
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser("*", (request: FastifyRequest, payload: Readable) =>
      received(request, payload, parts),
    );
    hooks.addHook("onRequest", async (request) => {
      checkConfigured(request, sources);
      if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES) throw tooLarge();
    });
    const accept: RouteHandlerMethod = async (request, reply) => {
      const delivery = isDelivery(request.body)
        ? request.body
        : await received(request, Readable.from([]), parts);
      const name = acceptedName(delivery, clock.nowMs());
      const hook = hookOf(request, sources);
      // Without a source the secret is unknown to everyone.
      if (hook === null) throw unproven();
      const { sender, source } = hook;
      const { namespace } = source;
      const { isPush } = delivery.claim;
      // The event is not signed: a delivery repeated as another event must not take the place of the push.
      const isNew =
        isPush && (name === null || remember(getOrAdd(seen, namespace, newSet), `${sender} ${name}`));
      if (isNew) control.pushed(namespace);
      telemetry.debug("webhook accepted", { sender, namespace, push: isPush, new: isNew });
      reply.code(202);
      return { accepted: true };
    };
    hooks.post("/hooks/:sender", accept);
    hooks.post("/hooks/:sender/:source", accept);
    done();
  });
}

function senderOf(request: FastifyRequest): WebhookSender | undefined {
  const { sender } = request.params as { readonly sender: string };
  return WEBHOOK_SENDERS.find((name) => name === sender);
}

/** A path without the name of a source is the platform's, which everyone knows to exist. */
function checkConfigured(request: FastifyRequest, sources: SourceWebhooks): void {
  if (sourceName(request) !== undefined || hookOf(request, sources) !== null) return;
  const sender = senderOf(request);
  throw new ApiFailure(
    "NotFound",
    `this webhook is not configured: webhooks.${sender ?? WEBHOOK_SENDERS.join(", webhooks.")}`,
  );
}

function sourceName(request: FastifyRequest): string | undefined {
  const { source } = request.params as { readonly source?: string };
  return source;
}

/** null: no such source, or it has no such sender. Each source has its own secrets, so that none can report a push to another one. */
function hookOf(request: FastifyRequest, { platform, namespaces }: SourceWebhooks): Hook | null {
  const [sender, wanted] = [senderOf(request), sourceName(request)];
  const source =
    wanted === undefined ? platform : [platform, ...namespaces].find(({ name }) => name === wanted);
  const secrets = sender === undefined ? undefined : source?.senders[sender];
  return sender === undefined || source === undefined || secrets === undefined
    ? null
    : { sender, source, secrets };
}

/** The same without a secret for the source: the names of other teams are not for everyone who can reach the port. */
function unproven(): ApiFailure {
  return new ApiFailure("Unauthorized", "expected a signature of the body with the webhook's secret");
}

/**
 * Of a source that does not exist, the keys of no one: its requests are answered as those of one that does, after the same work.
 * @throws ApiFailure if there is no text to compare with: with an empty key, anyone could sign
 */
async function keysFor(request: FastifyRequest, hooks: Hooks): Promise<readonly Buffer[]> {
  const none = [Buffer.from(hooks.noSecret)];
  const hook = hookOf(request, hooks.sources);
  if (hook === null) return none;
  const { sender, source } = hook;
  const secrets = await hook
    .secrets()
    .catch((cause: unknown) => `cannot be read (${errorCode(cause) ?? "unknown failure"})`);
  const keys = typeof secrets === "string" ? [] : secrets.map((secret) => keyOf(sender, secret));
  if (keys.length > 0 && keys.every((key) => key.length > 0)) return keys;
  const reason = typeof secrets === "string" ? secrets : "is empty";
  hooks.telemetry.error("webhook cannot be verified", { source: source.name, sender, reason });
  if (sourceName(request) !== undefined) return none;
  throw new ApiFailure("ServiceUnavailable", `the webhook's secret ${reason}`);
}

/** Signs the bytes as they arrive. */
async function received(
  request: FastifyRequest,
  payload: Readable,
  hooks: Hooks,
): Promise<UncheckedDelivery> {
  const sender = senderOf(request) ?? "generic";
  const keys = await keysFor(request, hooks);
  const claim = claimOf(sender, request.headers);
  const macs = keys.map((key) => createHmac("sha256", key).update(claim.prefix));
  let bytes = 0;
  // Not destroyed after an error: the answer uses the same connection.
  const chunks: AsyncIterable<Buffer> = payload.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES) throw tooLarge();
    if (claim.signsBody) for (const mac of macs) mac.update(chunk);
  }
  return { claim, expected: macs.map((mac) => mac.digest()) };
}

function isDelivery(body: unknown): body is UncheckedDelivery {
  return typeof body === "object" && body !== null && "expected" in body;
}

function tooLarge(): ApiFailure {
  return new ApiFailure("RequestEntityTooLarge", `the body has more than ${BODY_BYTES} bytes`);
}

/** The name of the delivery; null: it has none. */
function acceptedName({ claim, expected }: UncheckedDelivery, nowMs: number): string | null {
  const match = claim.macs.find((mac) => expected.some((own) => timingSafeEqual(own, mac)));
  if (match === undefined) throw unproven();
  const { signedMs, name } = claim;
  if (signedMs !== null && !(Math.abs(nowMs - signedMs) <= ACCEPTED_AGE_MS))
    throw new ApiFailure(
      "Unauthorized",
      "the delivery was signed more than 5 minutes ago, or later than now",
    );
  return name.kind === "id" ? name.id : match.toString("hex");
}

/** False if it is known. Forgets the oldest first. */
function remember(seen: Set<string>, delivery: string): boolean {
  if (seen.has(delivery)) return false;
  seen.add(delivery);
  const [oldest] = seen;
  if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
  return true;
}
