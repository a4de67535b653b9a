import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { OidcBrowser } from "../../../support/sign-in/oidc-browser.ts";
import { newKey } from "../../../support/sign-in/provider.ts";
import { signIn, startSignIns, type SignIns } from "../../../support/sign-in/signing-in.ts";
import { rawExchange } from "../../../support/screens/http-server.ts";

let running: SignIns;
beforeEach(async () => {
  running = await startSignIns();
});
afterEach(() => running.close());

interface Refused {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function refusedOf(answer: Response): Promise<Refused> {
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** Changes the ID token that the provider sends. */
function forge(change: (token: string) => string): void {
  running.rewrites.set("/token", (body) => {
    const answer = JSON.parse(body) as { readonly id_token: string };
    return JSON.stringify({ ...answer, id_token: change(answer.id_token) });
  });
}

describe("an ID token, whose refusal is recorded,", () => {
  const now = Math.floor(Date.now() / 1_000);
  test.each([
    { claims: { exp: now - 600 }, because: "after it has expired" },
    { claims: { iat: now + 86_400, nbf: now + 86_400 }, because: "before it is valid" },
    { claims: { aud: "another-client" }, because: "for another client" },
    { claims: { aud: ["grantkeeper", "other"], azp: "other" }, because: "that another client was given" },
    { claims: { iss: "https://evil.example" }, because: "of another issuer" },
    { claims: { nonce: "of-another-sign-in" }, because: "of another sign-in" },
    { claims: { nonce: undefined }, because: "without the nonce" },
    { claims: { sub: undefined }, because: "without a subject" },
  ])("is refused: $because", async ({ claims }) => {
    forge((token) => running.provider.resigned(token, claims));

    const { answer, browser } = await signIn(running);

    const { status, text } = await refusedOf(answer);
    expect(status).toBe(403);
    expect(text).toContain("the sign-in at the provider failed");
    expect(browser.cookies(running.origin)).not.toContain("gk_session");
    expect(running.server.control.refusals).toMatchObject([
      { actor: "anonymous", method: "GET", path: "/auth/callback", status: 403 },
    ]);
    expect(running.server.control.sessionFacts).toEqual([]);
  });

  test.each([
    { kid: "first", because: "that another key signed under the name of the provider's" },
    { kid: "unknown", because: "whose key the provider does not have" },
  ])("is refused: $because", async ({ kid }) => {
    const key = newKey(kid);
    forge((token) => running.provider.resigned(token, {}, key));

    expect((await signIn(running)).answer.status).toBe(403);
  });

  test("is refused if it has no signature", async () => {
    forge((token) => {
      const [, payload = ""] = token.split(".");
      return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    });

    expect((await signIn(running)).answer.status).toBe(403);
  });
});

describe("an answer of the provider, whose refusal is recorded,", () => {
  test("is refused when it is used again", async () => {
    const { browser, callback } = await signIn(running);

    const { status, text } = await refusedOf(await browser.get(callback));

    expect(status).toBe(403);
    expect(text).toContain("was used before");
    expect(running.server.control.refusals).toMatchObject([{ path: "/auth/callback", status: 403 }]);
  });

  test("is refused with a code that was used before", async () => {
    const { browser, callback } = await signIn(running);
    const code = new URL(callback).searchParams.get("code") ?? "";
    const second = await browser.follow(`${running.origin}/auth/login`, `${running.origin}/auth/callback`);
    if (!("to" in second)) throw new Error("the provider did not answer");
    const url = new URL(second.to);
    url.searchParams.set("code", code);

    const { status, text } = await refusedOf(await browser.get(url.href));

    expect(status).toBe(403);
    expect(text).toContain("invalid_grant");
  });

  test("is refused in another browser: no one can sign a person in as someone else", async () => {
    const attacker = new OidcBrowser();
    const end = await attacker.follow(`${running.origin}/auth/login`, `${running.origin}/auth/callback`);
    if (!("to" in end)) throw new Error("the provider did not answer");
    const victim = new OidcBrowser();

    const { status } = await victim.get(end.to);

    expect(status).toBe(403);
    expect(victim.cookies(running.origin)).toBe("");
    expect(running.server.control.refusals).toMatchObject([{ path: "/auth/callback", status: 403 }]);
    expect((await attacker.get(end.to)).status).toBe(303);
  });

  test.each([
    { change: (url: URL) => url.searchParams.set("state", "guessed"), because: "with another state" },
    { change: (url: URL) => url.searchParams.delete("state"), because: "without a state" },
    {
      change: (url: URL) => url.searchParams.set("iss", "https://evil.example"),
      because: "of another issuer",
    },
    { change: (url: URL) => url.searchParams.append("code", "second"), because: "with two codes" },
    { change: (url: URL) => url.searchParams.delete("code"), because: "without a code" },
  ])("is refused: $because", async ({ change }) => {
    const browser = new OidcBrowser();
    const end = await browser.follow(`${running.origin}/auth/login`, `${running.origin}/auth/callback`);
    const url = new URL("to" in end ? end.to : "");
    change(url);

    expect((await browser.get(url.href)).status).toBe(403);
    expect(running.server.control.refusals).toHaveLength(1);
  });

  test("is refused if it comes after ten minutes", async () => {
    const browser = new OidcBrowser();
    const end = await browser.follow(`${running.origin}/auth/login`, `${running.origin}/auth/callback`);
    running.clock.offsetMs = 600_000;

    expect((await browser.get("to" in end ? end.to : "")).status).toBe(403);
    expect(running.server.control.refusals).toMatchObject([{ path: "/auth/callback", status: 403 }]);
  });

  test("is refused if the person refused, and its text is shown as text", async () => {
    const browser = new OidcBrowser();
    const end = await browser.follow(`${running.origin}/auth/login`, `${running.origin}/auth/callback`);
    const url = new URL("to" in end ? end.to : "");
    url.searchParams.delete("code");
    url.searchParams.set("error", "access_denied");
    url.searchParams.set("error_description", "<script>alert(1)</script>\u202e");

    const { status, text } = await refusedOf(await browser.get(url.href));

    expect(status).toBe(403);
    expect(text).toContain("access_denied: &lt;script&gt;");
    expect(text).not.toMatch(/<script|\u202e/);
  });
});

describe("a person is refused, and recorded by name,", () => {
  test.each([
    { claims: { name: "Dana", groups: ["sales"] }, message: "no group of Dana is among http.oidc.grants" },
    { claims: { name: "Dana", groups: [] }, message: "no group of Dana is among http.oidc.grants" },
    { claims: { name: "Dana" }, message: "the provider sent no claim &quot;groups&quot; for Dana" },
    {
      claims: { name: "Dana", _claim_names: { groups: "src1" } },
      message: "the provider left out the groups of Dana, because there are too many",
    },
    {
      claims: { name: "Dana", hasgroups: true },
      message: "the provider left out the groups of Dana, because there are too many",
    },
    {
      claims: { name: "Dana", groups: { ops: true } },
      message: "no group of Dana is among http.oidc.grants",
    },
  ])("with $claims: $message", async ({ claims, message }) => {
    running.provider.person = { sub: "00u1", claims };

    const { status, text } = await refusedOf((await signIn(running)).answer);

    expect(status).toBe(403);
    expect(text).toContain(message);
    expect(running.server.control.refusals).toMatchObject([
      { actor: `Dana <${running.provider.issuer}#00u1>`, path: "/auth/callback", status: 403 },
    ]);
  });
});

describe("the way back to the page", () => {
  test.each([
    { wanted: "/ui/functions?risk=high#row", to: "/ui/functions?risk=high#row" },
    { wanted: "https://evil.example/ui/", to: "/ui/" },
    { wanted: "//evil.example/ui/", to: "/ui/" },
    { wanted: "/\\evil.example", to: "/ui/" },
    { wanted: "/ui/../auth/logout", to: "/ui/" },
    { wanted: "/ui/%2e%2e/auth/logout", to: "/ui/" },
    { wanted: "/ui", to: "/ui/" },
    { wanted: "/ui/\r\nset-cookie: a=b", to: "/ui/set-cookie:%20a=b" },
    { wanted: "javascript:alert(1)", to: "/ui/" },
  ])("from $wanted is $to", async ({ wanted, to }) => {
    const { answer } = await signIn(
      running,
      undefined,
      `?${new URLSearchParams({ return: wanted }).toString()}`,
    );

    expect(answer.headers.get("location")).toBe(to);
    expect(answer.headers.getSetCookie()).toHaveLength(1);
  });
});

describe("the pages of a sign-in", () => {
  test("cannot be framed, and run nothing", async () => {
    const { headers } = await fetch(`${running.origin}/auth/callback`);

    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
  });

  test("report a provider that does not answer, and the log has it", async () => {
    await running.provider.close();

    const { status, text } = await refusedOf((await signIn(running)).answer);

    expect(status).toBe(503);
    expect(text).toContain("the provider cannot be used now");
    expect(text).not.toContain("127.0.0.1");
    expect(running.server.logged).toMatchObject([
      {
        level: "warn",
        text: "no one can sign in at the provider",
        fields: { reason: expect.stringContaining(`the provider ${running.provider.issuer} cannot be used`) },
      },
    ]);
  });

  test("report a provider that fails between the two requests, without its address", async () => {
    const browser = new OidcBrowser();
    const end = await browser.follow(`${running.origin}/auth/login`, `${running.origin}/auth/callback`);
    await running.provider.close();

    const { status, text } = await refusedOf(await browser.get("to" in end ? end.to : ""));

    expect(status).toBe(503);
    expect(text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
  });

  test("report a provider that names another issuer", async () => {
    running.rewrites.set("/.well-known/openid-configuration", (body) =>
      body.replace(`"issuer":"${running.provider.issuer}"`, '"issuer":"https://evil.example"'),
    );

    expect((await signIn(running)).answer.status).toBe(503);
  });

  test("report that the page has another address, to which the provider sends people back", async () => {
    const answer = await fetch(`${running.server.url}/auth/login`);

    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain(`open ${running.origin}/ui/`);
  });
});

test("thirty attempts a minute are the most", async () => {
  const statuses = [];
  for (let time = 0; time < 31; time += 1)
    statuses.push((await fetch(`${running.origin}/auth/callback`)).status);

  expect(statuses.slice(29)).toEqual([403, 429]);
});

test("a HEAD request begins no sign-in", async () => {
  const { port } = running.server;

  const answer = await rawExchange(
    port,
    `HEAD /auth/login HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
  );

  expect(answer).toContain("HTTP/1.1 404 ");
  expect(answer).not.toContain("set-cookie");
});
