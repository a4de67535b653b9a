import { LOCAL_TOKEN, type Answer, type TestServer } from "./http-server.ts";

/** The headers that a browser sends with a change that the page itself makes. */
export const OWN_PAGE = { "sec-fetch-site": "same-origin", "x-grantkeeper-csrf": "1" } as const;

/** The path of a link as `grantkeeper open` asks for it. */
export async function localLink({ request }: TestServer, user = "dana"): Promise<string> {
  const answer = await request("/auth/local/links", {
    method: "POST",
    headers: { authorization: `Bearer ${LOCAL_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ user }),
  });
  if (answer.status !== 201) throw new Error(`no link: ${answer.text}`);
  return answer.json.path;
}

/** Presses the button of the page at that path. */
export function pressSignIn(
  { request }: TestServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const code = new URLSearchParams(path.split("?")[1]).get("code") ?? "";
  return request("/auth/local", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams({ code }).toString(),
    redirect: "manual",
  });
}

/** The header `Cookie` of a browser that received the answer. */
export function cookieOf({ headers }: Answer): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");
}

/** Signs in with a local link. @returns the header `Cookie` */
export async function signedIn(server: TestServer): Promise<string> {
  return cookieOf(await pressSignIn(server, await localLink(server)));
}
