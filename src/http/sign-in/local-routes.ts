import { sha256Hex } from "../../model/values/digest.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { localLinkRequest, type LocalLink } from "../../api/browser/sign-in.ts";
import { personActor } from "../../model/people/actor.ts";
import { replaceUnprintable } from "../../text/characters.ts";
import { LOCAL_ACTOR } from "../access/tokens.ts";
import type { HttpContext } from "../request/context.ts";
import { ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";
import { isFromThisMachine, isLoopbackName } from "../server/addresses.ts";
import { authenticated } from "../server/authentication.ts";
import { beginSession } from "./begin-session.ts";
import { localSignInPage, sendPage, withPages } from "./page-answers.ts";
import { randomBytes } from "node:crypto";
import type { Clock } from "../../controller/ports/clock.ts";

const codeForm = z.strictObject({ code: z.string().max(100) });

/** Sign-in on the controller's machine, with a link that the owner of the local token asks for. */
export function registerLocalSignIn(app: FastifyInstance, context: HttpContext): void {
  const links = new LocalLinks(context.clock);
  app.post("/auth/local/links", async (request, reply): Promise<LocalLink> => {
    checkLoopback(request);
    const caller = await authenticated(context, request, reply);
    request.caller = caller;
    if (request.headers.authorization === undefined || caller.actor !== LOCAL_ACTOR)
      throw new ApiFailure("Forbidden", "a link needs the local token", {
        hint: "run the command as the user who owns the state directory",
      });
    const { user } = parseWith(localLinkRequest, request.body);
    const { code, endsMs } = links.create(user ?? "");
    reply.code(201);
    return { path: `/auth/local?code=${code}`, expires: new Date(endsMs).toISOString() };
  });
  void app.register((pages, _options, done) => {
    withPages(pages, context);
    pages.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string" },
      (_request, body, parsed) => parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    pages.get("/auth/local", async (request, reply) => {
      checkLoopback(request);
      const { code } = parseWith(codeForm, request.query);
      checkCode(links.examine(code));
      return sendPage(reply, 200, localSignInPage(code));
    });
    pages.post("/auth/local", async (request, reply) => signIn({ request, reply }, links, context));
    done();
  });
}

async function signIn(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  links: LocalLinks,
  context: HttpContext,
): Promise<FastifyReply> {
  checkLoopback(request);
  checkOwnForm(request);
  const { code } = parseWith(codeForm, request.body);
  const user = checkCode(links.consume(code));
  const displayName = replaceUnprintable(user, () => "").trim();
  const person = {
    method: "local",
    issuer: null,
    actor: personActor(displayName, LOCAL_ACTOR),
    displayName: displayName === "" ? LOCAL_ACTOR : displayName,
    groups: [],
    mail: null,
    provedMs: null,
  } as const;
  await beginSession(person, { request, reply }, context);
  return reply.redirect("/ui/", 303);
}

/** The form has no script, so it has no header of its own. Older browsers send no Sec-Fetch-Site: the code is the secret. */
function checkOwnForm({ headers }: FastifyRequest): void {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin") return;
  throw new ApiFailure("Forbidden", "the form of another page may not sign in");
}

const ASK_AGAIN = "run grantkeeper open again, and open the new link within a minute";
const CODE_PROBLEMS = {
  used: "this link was used before: each signs in once",
  expired: "this link is more than a minute old",
  unknown: "this link is not known: the controller may have been restarted since",
} as const satisfies Record<Exclude<LocalCode["kind"], "valid">, string>;

/** @returns the name of the system user @throws ApiFailure Forbidden */
function checkCode(code: LocalCode): string {
  if (code.kind === "valid") return code.user;
  throw new ApiFailure("Forbidden", CODE_PROBLEMS[code.kind], { hint: ASK_AGAIN });
}

/** A proxy on this machine would make every request one from loopback: the name must be of loopback too. */
function checkLoopback(request: FastifyRequest): void {
  if (isFromThisMachine(request) && isLoopbackName(request.headers.host)) return;
  throw new ApiFailure("Forbidden", "this sign-in is only for browsers on the controller's machine", {
    hint: "use an address such as http://127.0.0.1:8085 there; from other machines, sign in with http.oidc",
  });
}

const LIFE_MS = 60_000;
/** Links that no one opens: the oldest is forgotten first. */
const MOST = 100;

type LocalCode =
  | { readonly kind: "valid"; readonly user: string }
  | { readonly kind: "used" }
  | { readonly kind: "expired" }
  | { readonly kind: "unknown" };

interface KnownCode {
  readonly user: string;
  readonly endsMs: number;
  readonly isUsed: boolean;
}

/** The codes of the links that `grantkeeper open` prints: each signs in once, within a minute. A restart forgets them. */
class LocalLinks {
  readonly #clock: Clock;
  readonly #codes = new Map<string, KnownCode>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param user the name of the system user that asked; "": not known */
  create(user: string): { readonly code: string; readonly endsMs: number } {
    const code = randomBytes(32).toString("base64url");
    const endsMs = this.#clock.nowMs() + LIFE_MS;
    this.#codes.set(hashOf(code), { user, endsMs, isUsed: false });
    const [oldest] = this.#codes.keys();
    if (this.#codes.size > MOST && oldest !== undefined) this.#codes.delete(oldest);
    return { code, endsMs };
  }

  /** What the code is, without using it. */
  examine(code: string): LocalCode {
    const issuedCode = this.#codes.get(hashOf(code));
    if (issuedCode === undefined) return { kind: "unknown" };
    if (issuedCode.isUsed) return { kind: "used" };
    return issuedCode.endsMs > this.#clock.nowMs()
      ? { kind: "valid", user: issuedCode.user }
      : { kind: "expired" };
  }

  /** The same, and a valid code is used by it. */
  consume(code: string): LocalCode {
    const found = this.examine(code);
    const hash = hashOf(code);
    const issuedCode = this.#codes.get(hash);
    if (found.kind === "valid" && issuedCode !== undefined)
      this.#codes.set(hash, { ...issuedCode, isUsed: true });
    return found;
  }
}

/** By the hash, so that the time of a look-up reveals nothing of a code. */
function hashOf(code: string): string {
  return sha256Hex(code);
}
