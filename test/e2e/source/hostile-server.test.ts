import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Bench, LIMITS } from "../../support/git/git-source.ts";
import {
  answering,
  endlessPack,
  endlessRefs,
  hangingServer,
  plainFiles,
  spoiledFetch,
} from "../../support/git/hostile-git-servers.ts";
import { failure, HostileServers, packFiles, tokenFile } from "../../support/git/hostile-bench.ts";

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

describe("a server that", () => {
  test("hangs is a timeout", async () => {
    const { url } = await servers.started(hangingServer());

    expect(await failure(bench.source({ url, timeoutMs: 500 }))).toMatchObject({ code: "timeout" });
  });

  test("lists refs without end is stopped by time or size, and its processes stay below 512 MiB", async () => {
    const { url } = await servers.started(endlessRefs());
    let mostMib = 0;
    const looking = setInterval(() => (mostMib = Math.max(mostMib, bench.residentMib())), 20);

    const { code } = await failure(bench.source({ url, timeoutMs: 15_000 }));
    clearInterval(looking);

    expect(["timeout", "too-large"]).toContain(code);
    expect(mostMib).toBeLessThan(512);
  });

  test("sends a pack without end is stopped at the mirror's limit, and the part is removed", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const good = new URL(await bench.serve()).origin;
    const { url } = await servers.started(spoiledFetch(good, endlessPack));
    const limits = { ...LIMITS, mirrorBytes: 5_000_000 };

    expect(await failure(bench.source({ url, limits }))).toMatchObject({ code: "too-large" });
    expect(await packFiles(bench)).toEqual([]);
  });

  test("cuts the pack off is corrupt, nothing of it stays, and the next fetch from a good server succeeds", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1".repeat(1_000) });
    const good = new URL(await bench.serve()).origin;
    let isBad = true;
    const { url } = await servers.started(
      spoiledFetch(good, (response, bytes) => {
        if (isBad) response.end(bytes.subarray(0, bytes.length - 40));
        else response.end(bytes);
      }),
    );
    const source = bench.source({ url });

    expect(await failure(source)).toMatchObject({ code: "corrupt" });
    expect(await packFiles(bench)).toEqual([]);
    isBad = false;
    expect((await source.latest(signal)).files).toHaveLength(1);
  });

  test("stops in the middle of a pack is a timeout, and nothing of it stays", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1".repeat(1_000) });
    const good = new URL(await bench.serve()).origin;
    const { url } = await servers.started(
      spoiledFetch(good, (response, bytes) => response.write(bytes.subarray(0, bytes.length - 40))),
    );

    expect(await failure(bench.source({ url, timeoutMs: 2_000 }))).toMatchObject({ code: "timeout" });
    expect(await packFiles(bench)).toEqual([]);
  });

  test("has lost an object of the commit is corrupt", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    await repository.git("config", "core.looseCompression", "0");
    const oid = (await repository.git("rev-parse", "main:teams/a.yaml")).trim();
    await bench.remove(join(repository.bare, "objects", oid.slice(0, 2), oid.slice(2)));

    expect(await failure(bench.source({ url: await bench.serve() }))).toMatchObject({ code: "corrupt" });
  });

  test.each([
    { status: 401, code: "auth-failed", because: "the credential is wrong" },
    { status: 403, code: "auth-failed", because: "the credential may not read this" },
    { status: 404, code: "not-found", because: "there is no such repository, or it is hidden" },
    { status: 429, code: "unreachable", because: "it limits requests" },
    { status: 500, code: "unreachable", because: "it has a temporary failure" },
    { status: 200, code: "no-such-ref", because: "a page has no refs" },
  ])("answers $status is $code: $because", async ({ status, code }) => {
    const { url } = await servers.started(
      answering((_, response) => response.writeHead(status).end("<h1>hello</h1>")),
    );

    expect(await failure(bench.source({ url }))).toMatchObject({ code });
  });

  test("is only a file server is read anyway", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    await repository.git("update-server-info");
    const { url } = await servers.started(plainFiles(repository.bare));

    expect((await bench.source({ url }).latest(signal)).files).toHaveLength(1);
  });

  test("is only a file server and names another one for the rest does not make Git contact that one", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    await repository.git("update-server-info");
    const oid = (await repository.git("rev-parse", "main:teams/a.yaml")).trim();
    await bench.remove(join(repository.bare, "objects", oid.slice(0, 2), oid.slice(2)));
    const asked: (string | undefined)[] = [];
    const other = await servers.started(
      answering((request, response) => {
        asked.push(request.url);
        response.writeHead(404).end();
      }),
    );
    await writeFile(join(repository.bare, "objects/info/http-alternates"), `${other.url}/objects\n`);
    const { url } = await servers.started(plainFiles(repository.bare));

    expect(await failure(bench.source({ url }))).toMatchObject({ code: "redirected" });
    expect(asked).toEqual([]);
  });

  test("that is not running is unreachable", async () => {
    const server = await hangingServer();
    await server.close();

    expect(await failure(bench.source({ url: server.url }))).toMatchObject({ code: "unreachable" });
  });

  test("sends text with secrets and control characters gets neither into the error", async () => {
    const { url } = await servers.started(
      answering((_, response) => {
        response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
        const text = `ERR \u001b[31m${TOKEN} https://u:pw@host/x ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}\n`;
        const length = (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0");
        response.end(`001e# service=git-upload-pack\n0000${length}${text}0000`);
      }),
    );

    const error = await failure(
      bench.source({ url, auth: { kind: "token", tokenFile: await tokenFile(bench, TOKEN) } }),
    );

    expect(error.message).toContain("[31m*** https://***@host/x ***");
    expect(JSON.stringify([error.message, error.fix, error.stack])).not.toMatch(/\\u001b|s3cr3t/);
  });
});

describe("a call that the caller aborts", () => {
  test("rejects with the caller's reason and leaves no process", async () => {
    const { url, connected } = await servers.started(hangingServer());
    const controller = new AbortController();
    const reason = new Error("stopping");

    const latest = bench.source({ url }).latest(controller.signal);
    await connected;
    controller.abort(reason);

    await expect(latest).rejects.toBe(reason);
    expect(bench.running()).toEqual([]);
  });

  test("leaves what was accepted readable, also while another call hangs", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const good = new URL(await bench.serve()).origin;
    let hangs = false;
    const { promise: hanging, resolve } = Promise.withResolvers<void>();
    const { url } = await servers.started(
      spoiledFetch(good, (response, bytes) => {
        if (!hangs) response.end(bytes);
        else resolve();
      }),
    );
    const source = bench.source({ url });
    const accepted = await source.latest(signal);
    await repository.commit({ "teams/a.yaml": "2" });
    hangs = true;
    const controller = new AbortController();

    const latest = source.latest(controller.signal);
    await hanging;
    const again = await bench.source({ url }).at(accepted.revision, signal);
    controller.abort();

    expect(again.files).toEqual(accepted.files);
    await expect(latest).rejects.toMatchObject({ name: "AbortError" });
  });
});
