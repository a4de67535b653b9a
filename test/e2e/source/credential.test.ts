import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Bench } from "../../support/git/git-source.ts";
import { answering, hangingServer } from "../../support/git/hostile-git-servers.ts";
import { failure, HostileServers, mirrored, tokenFile } from "../../support/git/hostile-bench.ts";

let bench: Bench;
let servers: HostileServers;

beforeEach(async () => {
  bench = await Bench.open();
  servers = new HostileServers();
});

// Fails when a process of a source is left.
afterEach(async () => {
  await bench.end();
  await servers.end();
});

const { signal } = new AbortController();
const TOKEN = "s3cr3t-t0ken-of-git";

describe("a token that the server returns", () => {
  const echoes: readonly { readonly as: string; readonly echo: (token: string) => string }[] = [
    { as: "base64", echo: (token) => Buffer.from(`you sent ${token} here`).toString("base64") },
    { as: "base64url", echo: (token) => Buffer.from(`<${token}>`).toString("base64url") },
    { as: "hex", echo: (token) => Buffer.from(token).toString("hex").toUpperCase() },
    { as: "another case", echo: (token) => token.toUpperCase() },
    {
      as: "percent-encoded",
      echo: (token) =>
        Buffer.from(token)
          .toString("hex")
          .replace(/../g, (byte) => `%${byte}`),
    },
  ];

  test.each(echoes)("as $as is not shown", async ({ echo }) => {
    const { url } = await servers.started(
      answering((_, response) => {
        response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
        const text = `ERR denied: ${echo(TOKEN)}\n`;
        const length = (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0");
        response.end(`001e# service=git-upload-pack\n0000${length}${text}0000`);
      }),
    );

    const error = await failure(
      bench.source({ url, auth: { kind: "token", tokenFile: await tokenFile(bench, TOKEN) } }),
    );

    expect(error.message).toContain("denied: ");
    expect(error.message).toContain("***");
    expect(error.message).not.toContain(echo(TOKEN));
  });
});

describe("the credential", () => {
  test("reaches the server, and a rotated one is read again", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const url = await bench.serve({ username: "x-access-token", password: TOKEN });
    const source = bench.source({ url, auth: { kind: "token", tokenFile: await tokenFile(bench, "old") } });

    expect(await failure(source)).toMatchObject({ code: "auth-failed" });
    await tokenFile(bench, `${TOKEN}\n`);
    expect((await source.latest(signal)).files).toHaveLength(1);
    expect(await mirrored(bench)).not.toContain(TOKEN);
  });

  test("of kind basic carries the user's name", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const url = await bench.serve({ username: "robot", password: TOKEN });
    const auth = { kind: "basic", username: "robot", passwordFile: await tokenFile(bench, TOKEN) } as const;

    expect((await bench.source({ url, auth }).latest(signal)).files).toHaveLength(1);
  });

  test("follows no redirect, not even to another port of the same host", async () => {
    const asked: (string | undefined)[] = [];
    const thief = await servers.started(
      answering((request, response) => {
        asked.push(request.headers.authorization);
        response.end();
      }),
    );
    const { url } = await servers.started(
      answering((request, response) => {
        response.writeHead(302, { location: new URL(request.url ?? "/", thief.url).href }).end();
      }),
    );

    const error = await failure(
      bench.source({ url, auth: { kind: "token", tokenFile: await tokenFile(bench, TOKEN) } }),
    );

    expect(error.code).toBe("redirected");
    expect(asked).toEqual([]);
  });

  test("is in no argument of any process", async () => {
    const { url, connected } = await servers.started(hangingServer());
    const source = bench.source({
      url,
      timeoutMs: 1_500,
      auth: { kind: "token", tokenFile: await tokenFile(bench, TOKEN) },
    });

    const failed = failure(source);
    await connected;
    const commands = bench.running();

    expect(commands.join("\n")).toMatch(process.platform === "linux" ? /ls-remote/ : /^$/);
    expect(commands.join("\n")).not.toMatch(/s3cr3t|Authorization|Basic/);
    expect(await failed).toMatchObject({ code: "timeout" });
  });

  test.each([
    { text: "", because: "empty" },
    { text: "a\r\nX-Header: b", because: "two lines would be two headers" },
    { text: "a b", because: "a token has no spaces" },
  ])("is refused when its file is bad: $because", async ({ text }) => {
    const { url } = await servers.started(hangingServer());

    const error = await failure(
      bench.source({ url, auth: { kind: "token", tokenFile: await tokenFile(bench, text) } }),
    );

    expect(error.code).toBe("credential-unreadable");
  });

  test("is refused when its file is missing, and the error names the file", async () => {
    const { url } = await servers.started(hangingServer());

    const error = await failure(bench.source({ url, auth: { kind: "token", tokenFile: "/nowhere/token" } }));

    expect(error).toMatchObject({ code: "credential-unreadable" });
    expect(error.message).toContain("/nowhere/token");
  });
});
