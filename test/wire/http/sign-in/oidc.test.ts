import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { OWN_PAGE } from "../../../support/screens/browser.ts";
import type { Answer } from "../../../support/screens/http-server.ts";
import { newKey } from "../../../support/sign-in/provider.ts";
import { signIn, startSignIns, type SignIns } from "../../../support/sign-in/signing-in.ts";

let running: SignIns;
beforeEach(async () => {
  running = await startSignIns();
});
afterEach(() => running.close());

const MINUTE = 60_000;

async function signedIn(query = ""): Promise<string> {
  const { answer, browser } = await signIn(running, undefined, query);
  if (answer.status !== 303) throw new Error(`not signed in: ${await answer.text()}`);
  return browser.cookies(running.origin);
}

function get(path: string, cookie: string): Promise<Answer> {
  return running.server.request(path, { headers: { cookie } });
}

function suspend(namespace: string, cookie: string): Promise<Answer> {
  return running.server.request(`${BASE_PATH}/suspensions`, {
    method: "POST",
    headers: { cookie, ...OWN_PAGE, "content-type": "application/json" },
    body: JSON.stringify({ scope: { namespace }, for: "1h", reason: "INC-4410" }),
  });
}

describe("a person who signs in at the provider", () => {
  test("has a session with the grants of their groups, and is in the record with issuer, subject and name", async () => {
    const { answer, browser } = await signIn(running);

    const actor = `Dana Ruiz <${running.provider.issuer}#00u1>`;
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/ui/"]);
    expect((await get("/auth/session", browser.cookies(running.origin))).json).toMatchObject({
      actor,
      displayName: "Dana Ruiz",
      method: "oidc",
      grants: [{ scopes: ["read"], namespaces: ["*"] }],
    });
    expect(running.server.control.sessionFacts).toMatchObject([{ kind: "signed-in", actor, method: "oidc" }]);
  });

  test("is led to the provider only at the address of the page, elsewhere on the machine to its link", async () => {
    const methodsAt = async (origin: string): Promise<unknown> =>
      (await fetch(`${origin}/auth/methods`)).json();

    expect(await methodsAt(running.origin)).toEqual({ oidc: true, local: true });
    expect(await methodsAt(running.server.url)).toEqual({ oidc: false, local: true });
  });

  test.each([
    { claims: { email: "Dana@Example.com", email_verified: true }, mail: "dana@example.com" },
    { claims: { email: "dana@example.com" }, mail: "dana@example.com" },
    { claims: { email: "dana@example.com", email_verified: false }, mail: null },
    { claims: { email: "dana@example.com", email_verified: "false" }, mail: null },
    { claims: { email: 7 }, mail: null },
    { claims: {}, mail: null },
  ])("with $claims commits as $mail, which the session keeps", async ({ claims, mail }) => {
    running.rewrites.set("/token", (body) => resigned(body, claims));

    await signedIn();

    expect([...running.sessions.known.values()]).toMatchObject([{ session: { mail } }]);
  });

  test("gets the groups that only the UserInfo endpoint has", async () => {
    running.rewrites.set("/token", (body) => resigned(body, { groups: undefined }));

    expect((await get("/auth/session", await signedIn())).json).toMatchObject({
      grants: [{ scopes: ["read"] }],
    });
  });

  test("may do in each namespace what one grant allows there, and never more by two of them", async () => {
    running.provider.person.claims = { name: "Dana Ruiz", groups: ["ops", "orders", "unknown"] };
    const cookie = await signedIn();

    expect((await get(`${BASE_PATH}/namespaces/payments/bindings`, cookie)).status).toBe(200);
    expect((await suspend("orders", cookie)).status).toBe(201);
    expect((await suspend("payments", cookie)).json).toMatchObject({ code: 403, reason: "Forbidden" });
    const reconcile = await running.server.request(`${BASE_PATH}/reconciliations`, {
      method: "POST",
      headers: { cookie, ...OWN_PAGE, "content-type": "application/json" },
      body: '{"all":true}',
    });
    expect(reconcile.json.message).toBe(
      `Dana Ruiz <${running.provider.issuer}#00u1> lacks the scope reconcile`,
    );
  });

  test("has a name that is shown as text, and an id that no name can imitate", async () => {
    running.provider.person = {
      sub: "a b#<c>%",
      claims: { name: "Eve\u202e <https://idp#00u1>\n<script>", groups: "ops" },
    };

    const { json } = await get("/auth/session", await signedIn());

    expect(json.actor).toBe(`Eve https://idp#00u1script <${running.provider.issuer}#a%20b%23%3Cc%3E%25>`);
    expect(json.displayName).toBe("Eve <https://idp#00u1><script>");
  });

  test("still can after the provider has another key", async () => {
    await signedIn();
    running.provider.key = newKey("second");
    running.provider.serve();

    expect((await get("/auth/session", await signedIn())).status).toBe(200);
  });

  test("in two tabs is signed in by both", async () => {
    const { browser } = await signIn(running);
    const begun = [];
    for (const tab of ["one", "two"])
      begun.push(
        await browser.follow(
          `${running.origin}/auth/login?return=/ui/${tab}`,
          `${running.origin}/auth/callback`,
        ),
      );

    const ends = [];
    for (const end of begun) ends.push("to" in end ? await browser.get(end.to) : end.page);

    expect(ends.map(({ headers }) => headers.get("location"))).toEqual(["/ui/one", "/ui/two"]);
  });
});

describe("a session of the provider", () => {
  test("lasts 8 hours if it is used, and ends an hour after its last request", async () => {
    const used = await signedIn();
    for (let half = 1; half < 16; half += 1) {
      running.clock.offsetMs = half * 30 * MINUTE;
      expect((await get("/auth/session", used)).status).toBe(200);
    }
    running.clock.offsetMs = 8 * 60 * MINUTE;
    expect((await get("/auth/session", used)).status).toBe(401);

    const idle = await signedIn();
    running.clock.offsetMs += 60 * MINUTE;
    expect((await get("/auth/session", idle)).status).toBe(401);
  });

  test("is of no use after a sign-out", async () => {
    const cookie = await signedIn();
    await running.server.request("/auth/logout", { method: "POST", headers: { cookie, ...OWN_PAGE } });

    expect((await get(`${BASE_PATH}/overview`, cookie)).status).toBe(401);
  });
});

describe("to approve and suspend, a person", () => {
  beforeEach(() => {
    running.provider.person.claims = { name: "Dana Ruiz", groups: ["ops", "orders"] };
  });

  const seconds = (): number => Math.floor(Date.now() / 1_000);

  test("needs to have proved their identity in the last 15 minutes; reading goes on", async () => {
    const cookie = await signedIn();
    running.clock.offsetMs = 14 * MINUTE;
    expect((await suspend("orders", cookie)).status).toBe(201);
    running.clock.offsetMs = 15 * MINUTE + 2_000;

    expect((await suspend("orders", cookie)).json).toMatchObject({
      code: 403,
      reason: "Forbidden",
      details: { reason: "SignInAgain" },
    });
    expect((await get(`${BASE_PATH}/overview`, cookie)).status).toBe(200);
    expect(running.server.control.refusals).toMatchObject([{ status: 403 }]);
  });

  test("is asked by the provider again if the page asks for a recent sign-in", async () => {
    running.provider.person = { ...running.provider.person, authTime: seconds() - 3_600 };
    const { browser } = await signIn(running);
    const old = await suspend("orders", browser.cookies(running.origin));
    running.provider.person = { sub: "00u1", claims: running.provider.person.claims };

    await signIn(running, browser);
    const same = await suspend("orders", browser.cookies(running.origin));
    await signIn(running, browser, "?max_age=300");
    const fresh = await suspend("orders", browser.cookies(running.origin));

    expect([old, same, fresh].map(({ status }) => status)).toEqual([403, 403, 201]);
  });

  test("needs a provider that reports when that was", async () => {
    running.rewrites.set("/token", (body) => resigned(body, { auth_time: undefined }));

    const { json } = await suspend("orders", await signedIn());

    expect(json).toMatchObject({ code: 403, details: { hint: expect.stringContaining("auth_time") } });
    expect(json.details.reason).toBeUndefined();
  });

  test("gains nothing by a provider whose clock is ahead", async () => {
    running.rewrites.set("/token", (body) => resigned(body, { auth_time: seconds() + 86_400 }));
    const cookie = await signedIn();
    running.clock.offsetMs = 16 * MINUTE;

    expect((await suspend("orders", cookie)).json.details).toEqual({ reason: "SignInAgain" });
  });
});

function resigned(body: string, change: Readonly<Record<string, unknown>>): string {
  const answer = JSON.parse(body) as { readonly id_token: string };
  return JSON.stringify({ ...answer, id_token: running.provider.resigned(answer.id_token, change) });
}
