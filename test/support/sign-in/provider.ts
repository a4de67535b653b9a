import { createPrivateKey, generateKeyPairSync, sign, type JsonWebKey } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ProviderMemory } from "./memory-adapter.ts";
import Provider, { type Configuration } from "oidc-provider";

export const CLIENT_ID = "grantkeeper";
export const CLIENT_SECRET = "a secret of the client that is long enough";

/** Who signs in at the test's provider, without a form. */
export interface TestPerson {
  readonly sub: string;
  claims: Readonly<Record<string, unknown>>;
  /** Seconds since 1970: when the person entered a password; missing: now. */
  readonly authTime?: number;
}

type SigningKey = JsonWebKey & { readonly kid: string };

export function newKey(kid: string): SigningKey {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
}

/** Of every provider: creating a key takes a fifth of a second. */
const FIRST_KEY = newKey("first");

/** A real OpenID Connect provider on loopback. */
export class TestProvider {
  readonly issuer: string;
  readonly #server: Server;
  #handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  person: TestPerson = { sub: "00u1", claims: { name: "Dana Ruiz", groups: ["ops"] } };
  key: SigningKey;

  private constructor(server: Server, key: SigningKey) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.key = key;
  }

  /** @param redirectUri of the client */
  static async start(redirectUri: () => string): Promise<TestProvider> {
    let provider: TestProvider | null = null;
    const server = createServer((request, response) => provider?.answer(request, response));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    provider = new TestProvider(server, FIRST_KEY);
    provider.#redirectUri = redirectUri;
    provider.serve();
    return provider;
  }

  #redirectUri: () => string = () => "";

  /** Begins again with the present key, as after a rotation: earlier codes are forgotten. */
  serve(): void {
    const provider = new Provider(this.issuer, this.#configuration());
    const callback = provider.callback();
    this.#handle = (request, response) => {
      if (request.url?.startsWith("/interaction/") !== true) return void callback(request, response);
      const { sub: accountId, authTime } = this.person;
      const login = { accountId, ...(authTime !== undefined && { ts: authTime }) };
      void provider.interactionFinished(request, response, { login });
    };
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#handle(request, response);
  }

  /** The token with other claims, signed by a key. */
  resigned(token: string, change: Readonly<Record<string, unknown>>, key: SigningKey = this.key): string {
    const [, payload = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
    const parts = [
      { alg: "RS256", kid: key.kid, typ: "JWT" },
      { ...claims, ...change },
    ];
    const head = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const privateKey = createPrivateKey({ key, format: "jwk" });
    return `${head}.${sign("sha256", Buffer.from(head), privateKey).toString("base64url")}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  #configuration(): Configuration {
    return {
      adapter: new ProviderMemory().adapter,
      ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          redirect_uris: [this.#redirectUri()],
          grant_types: ["authorization_code"],
          response_types: ["code"],
        },
      ],
      jwks: { keys: [this.key] },
      cookies: { keys: ["a key of the cookies of the tests"] },
      pkce: { required: () => true },
      claims: {
        openid: ["sub", "groups", "_claim_names", "hasgroups"],
        profile: ["name", "preferred_username"],
      },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: () => ({ sub, ...this.person.claims }),
      }),
      loadExistingGrant: async (context) => {
        const { client, session, provider } = context.oidc;
        const known = await provider.Grant.find(session?.grantIdFor(client?.clientId ?? "") ?? "");
        if (known !== undefined) return known;
        const grant = new provider.Grant({
          clientId: client?.clientId ?? "",
          accountId: session?.accountId ?? "",
        });
        grant.addOIDCScope("openid profile email");
        await grant.save();
        return grant;
      },
    };
  }
}
