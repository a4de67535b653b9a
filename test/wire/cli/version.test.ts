import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../support/screens/cli.ts";

let server: Server;
let answer: { status: number; body: string; location?: string };
let asked: string[];
let url = "";

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const { status, body, location } = answer;
    const isRedirect = location !== undefined && request.url !== "/final";
    response.writeHead(isRedirect ? 302 : status, isRedirect ? { location } : {}).end(body);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/grantkeeper/latest`;
});
afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

// The version of these tests is 1.2.3.
describe("grantkeeper version --check", () => {
  test.each([
    { body: '{"version":"1.2.4"}', code: 2, out: "1.2.4 is available", because: "a newer patch" },
    { body: '{"tag_name":"v2.0.0"}', code: 2, out: "2.0.0 is available", because: "a release of a forge" },
    {
      body: '{"version":"1.2.3"}',
      code: 0,
      out: "up to date (newest published: 1.2.3)",
      because: "the same",
    },
    {
      body: '{"version":"1.0.0"}',
      code: 0,
      out: "up to date (newest published: 1.0.0)",
      because: "an older one",
    },
    {
      body: '{"version":"1.2.3-rc.1"}',
      code: 0,
      out: "up to date (newest published: 1.2.3-rc.1)",
      because: "a candidate",
    },
  ])("$because: $out", async ({ body, code, out }) => {
    answer = { status: 200, body };

    expect(await cli(["version", "--check", "--from", url])).toEqual({
      code,
      out: `grantkeeper 1.2.3: ${out}\n`,
      err: "",
    });
  });

  test.each([
    { status: 404, body: "{}", reason: "the server answered 404" },
    { status: 503, body: '{"version":"1.2.3"}', reason: "the server answered 503" },
    { status: 200, body: "<html>", reason: "the answer has no version" },
    { status: 200, body: '{"version":"newest"}', reason: "the answer has no version" },
    { status: 200, body: "[]", reason: "the answer has no version" },
  ])(
    "$status $body: the newest version is unknown, not the present one",
    async ({ status, body, reason }) => {
      answer = { status, body };

      const { code, out, err } = await cli(["version", "--check", "--from", url]);

      expect({ code, out }).toEqual({ code: 4, out: "" });
      expect(err).toContain(`the newest version is unknown: ${reason}`);
    },
  );

  test("a redirect on the same server is followed", async () => {
    answer = { status: 200, body: '{"version":"1.2.4"}', location: "/final" };

    const { code } = await cli(["version", "--check", "--from", url]);

    expect({ code, asked }).toEqual({ code: 2, asked: ["/grantkeeper/latest", "/final"] });
  });

  test.each([
    { location: "https://127.0.0.1:1/final", reason: "another server, https://127.0.0.1:1" },
    { location: "http://localhost:1/final", reason: "another server, http://localhost:1" },
    { location: "https://user:secret@npm.example.com/x", reason: "another server, https://npm.example.com" },
    { location: "//npm.example.com/x", reason: "another server, http://npm.example.com" },
    { location: "file:///etc/passwd", reason: "another server" },
    { location: "http://[", reason: "an invalid URL" },
    { location: "/grantkeeper/latest", reason: "more than 5 redirects" },
  ])("a redirect to $location is not followed", async ({ location, reason }) => {
    answer = { status: 200, body: '{"version":"1.2.4"}', location };

    const { code, out, err } = await cli(["version", "--check", "--from", url]);

    expect({ code, out }).toEqual({ code: 4, out: "" });
    expect(err).toContain(reason);
    expect(err).not.toContain("secret");
  });

  test("an endless answer is unknown", async () => {
    answer = { status: 200, body: "x".repeat(9_000_000) };

    const { code, err } = await cli(["version", "--check", "--from", url]);

    expect(code).toBe(4);
    expect(err).toContain("the answer is too long");
  });

  test("an unreachable server is unknown too, also as JSON", async () => {
    const { code, out, err } = await cli([
      "version",
      "--check",
      "--from",
      "http://127.0.0.1:1/x",
      "-o",
      "json",
    ]);

    expect({ code, out }).toEqual({ code: 4, out: "" });
    expect(JSON.parse(err)).toMatchObject({ exitCode: 4, errors: [{ code: "Unknown" }] });
  });

  test("as JSON, by the URL of the environment", async () => {
    answer = { status: 200, body: '{"version":"1.3.0"}' };

    const { code, out } = await cli(["version", "--check", "-o", "json"], {
      env: { GRANTKEEPER_RELEASES: url },
    });

    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({ version: "1.2.3", newest: "1.3.0", outdated: true });
  });

  test("with an operator's file, by its proxy", async () => {
    const urls: string[] = [];
    const proxied = async (to: string): Promise<Response> => {
      urls.push(to);
      return Response.json({ version: "1.2.3" });
    };

    const { code } = await cli(["version", "--check", "--from", url, "--config", "gk.yaml"], {
      installation: { fetch: async () => proxied },
    });

    expect({ code, urls, asked }).toEqual({ code: 0, urls: [url], asked: [] });
  });

  test.each([
    { argv: [], error: "--check needs a server to ask" },
    { argv: ["--from", "http://npm.example.com/x"], error: "is not an https URL" },
    { argv: ["--from", "npm.example.com"], error: "is not an https URL" },
  ])("$argv is refused", async ({ argv, error }) => {
    const { code, err } = await cli(["version", "--check", ...argv]);

    expect(code).toBe(1);
    expect(err).toContain(error);
  });

  test("no one asks without --check", async () => {
    await cli(["version"], { env: { GRANTKEEPER_RELEASES: url } });

    expect(asked).toEqual([]);
  });
});
