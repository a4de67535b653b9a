import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Configuration } from "openid-client";
import { z } from "zod";
import type { HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";
import { beginSession } from "./begin-session.ts";
import { failureText, isProtocolFailure } from "./oidc-failures.ts";
import { completeClaims, personOf } from "./oidc-person.ts";
import type { CountAttempt } from "../server/defences.ts";
import { withKeptDiscovery } from "./kept-discovery.ts";
import { discoverProvider, type OidcSettings } from "./oidc-provider.ts";
import { withPages } from "./page-answers.ts";
import { isBrowserSecret, newBrowserSecret, PendingSignIns, type PendingSignIn } from "./pending-sign-ins.ts";

/** The longest time since the person proved their identity to the provider, in seconds, unless the page asks for less. */
const MAX_AGE_S = 8 * 3_600;
const COOKIE_S = 600;

const loginQuery = z.strictObject({
  return: z.string().max(2_000).default("/ui/"),
  max_age: z
    .string()
    .regex(/^\d{1,5}$/, "expected a number of seconds")
    .transform(Number)
    .default(MAX_AGE_S),
});

interface OidcSignIn {
  readonly settings: OidcSettings;
  /** The origin of `http.publicUrl`. */
  readonly publicUrl: string;
  readonly countAttempt: CountAttempt;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Sign-in at an OpenID Connect provider: the code flow with PKCE, for a confidential client. */
export function registerOidcSignIn(app: FastifyInstance, context: HttpContext, signIn: OidcSignIn): void {
  const pending = new PendingSignIns(context.clock);
  const setting = { context, ...signIn, settings: withKeptDiscovery(signIn.settings, context.clock) };
  void app.register((pages, _options, done) => {
    withPages(pages, context);
    const quiet = { exposeHeadRoute: false } as const;
    pages.get("/auth/login", quiet, (request, reply) => login({ request, reply }, pending, setting));
    pages.get("/auth/callback", quiet, (request, reply) => callback({ request, reply }, pending, setting));
    done();
  });
}

type Setting = OidcSignIn & { readonly context: HttpContext };

/** Sends the person to the provider. */
async function login(
  { request, reply }: Exchange,
  pending: PendingSignIns,
  { context, settings, publicUrl }: Setting,
): Promise<FastifyReply> {
  checkPublicHost(request, publicUrl);
  const { return: wanted, max_age: maxAge } = parseWith(loginQuery, request.query);
  const provider = await usableProvider(settings, context);
  const client = await import("openid-client");
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const pkceVerifier = client.randomPKCECodeVerifier();
  const known = context.cookies.token(request, "sign-in");
  // Two tabs sign in side by side.
  const browser = isBrowserSecret(known) ? known : newBrowserSecret();
  pending.add(state, browser, { nonce, pkceVerifier, returnPath: returnPath(wanted) });
  const cookie = context.cookies.header(request, { value: browser, maxAge: COOKIE_S }, "sign-in");
  const url = client.buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri(publicUrl),
    scope: settings.scopes.join(" "),
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceVerifier),
    code_challenge_method: "S256",
    max_age: String(Math.min(maxAge, MAX_AGE_S)),
  });
  return reply.header("set-cookie", cookie).redirect(url.href, 302);
}

/** The provider sends the person back. */
async function callback(
  { request, reply }: Exchange,
  pending: PendingSignIns,
  { context, settings, publicUrl, countAttempt }: Setting,
): Promise<FastifyReply> {
  checkPublicHost(request, publicUrl);
  const url = new URL(redirectUri(publicUrl));
  url.search = new URL(request.url, publicUrl).search;
  const state = url.searchParams.get("state") ?? "";
  const found = pending.take(state, context.cookies.token(request, "sign-in") ?? "");
  if (found === null) {
    await countAttempt(request, reply);
    throw new ApiFailure(
      "Forbidden",
      "this answer of the provider was used before, is too old, or is for another browser",
      SIGN_IN_AGAIN,
    );
  }
  const claims = await verifiedClaims(url, { state, found, settings, context });
  const { person, refusal } = personOf(claims, settings, context.clock.nowMs());
  request.refusedActor = person.actor;
  if (refusal !== null) throw refusal;
  await beginSession(person, { request, reply }, context);
  return reply.redirect(found.returnPath, 303);
}

const SIGN_IN_AGAIN = { hint: "open /ui/ and sign in again" };

interface CodeAnswer {
  readonly state: string;
  readonly found: PendingSignIn;
  readonly settings: OidcSettings;
  readonly context: HttpContext;
}

/** @throws ApiFailure Forbidden, or ServiceUnavailable */
async function verifiedClaims(
  url: URL,
  { state, found, settings, context }: CodeAnswer,
): ReturnType<typeof completeClaims> {
  const { nonce, pkceVerifier } = found;
  const provider = await usableProvider(settings, context);
  const { authorizationCodeGrant } = await import("openid-client");
  try {
    const tokens = await authorizationCodeGrant(provider, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: pkceVerifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("the provider sent no ID token");
    return await completeClaims({ claims, accessToken: tokens.access_token }, provider, settings);
  } catch (cause) {
    if (!isProtocolFailure(cause)) throw unusableProvider(cause, context);
    throw new ApiFailure(
      "Forbidden",
      `the sign-in at the provider failed: ${failureText(cause)}`,
      SIGN_IN_AGAIN,
    );
  }
}

/** @throws ApiFailure ServiceUnavailable */
async function usableProvider(settings: OidcSettings, context: HttpContext): Promise<Configuration> {
  try {
    return await discoverProvider(settings);
  } catch (cause) {
    throw unusableProvider(cause, context);
  }
}

/** Not about the sign-in, but about the installation: the log has the reason. */
function unusableProvider(cause: unknown, { telemetry }: HttpContext): ApiFailure {
  telemetry.warn("no one can sign in at the provider", { reason: failureText(cause) });
  const hint = "the log of the controller has the reason, and grantkeeper doctor shows it";
  return new ApiFailure("ServiceUnavailable", "the provider cannot be used now", { hint });
}

function redirectUri(publicUrl: string): string {
  return `${publicUrl}/auth/callback`;
}

/** The cookies of one host are not sent to another one, to which the provider would send the person back. */
function checkPublicHost({ headers }: FastifyRequest, publicUrl: string): void {
  if (headers.host?.toLowerCase() === new URL(publicUrl).host) return;
  throw new ApiFailure("Forbidden", `this sign-in is at ${publicUrl}`, { hint: `open ${publicUrl}/ui/` });
}

const PAGE = "/ui/";
const BASE = "http://page.invalid";

/** The address of the page to which a person returns after a sign-in. Every other address becomes the start of the page. */
function returnPath(text: string): string {
  const url = text.startsWith(PAGE) ? URL.parse(text, BASE) : null;
  if (url === null || url.origin !== BASE || !url.pathname.startsWith(PAGE)) return PAGE;
  return `${url.pathname}${url.search}${url.hash}`;
}
