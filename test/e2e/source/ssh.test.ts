import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshAuth } from "../../../src/source/git/ssh.ts";
import { fetchBranch } from "../../../src/compose/sources/checkout.ts";
import { SIZES } from "../../support/installation/compose.ts";
import { Bench } from "../../support/git/git-source.ts";
import type { TestRepository } from "../../support/git/git-repository.ts";
import { failure } from "../../support/git/hostile-bench.ts";
import { HAS_SSHD, SshServer } from "../../support/git/ssh-server.ts";

const { signal } = new AbortController();

// Without the server the tests are skipped by name; in CI, which installs it, they run and fail.
const withServer = HAS_SSHD ? describe : describe.skip;

withServer(
  HAS_SSHD ? "a repository over ssh" : "a repository over ssh (skipped: sshd is not installed here)",
  () => {
    let bench: Bench;
    let server: SshServer;
    let repository: TestRepository;

    beforeAll(async () => {
      server = await SshServer.start(await mkdtemp(join(tmpdir(), "sshd-")));
    });

    afterAll(async () => {
      await server.end();
      await rm(server.folder, { recursive: true });
    });

    beforeEach(async () => {
      bench = await Bench.open();
      repository = await bench.repository();
      await repository.commit({ "teams/orders/a.yaml": "a: 1\n" });
    });

    // Fails when a process of a source is left.
    afterEach(async () => {
      await bench.end();
    });

    function auth(names: { readonly key?: string; readonly hosts?: string } = {}): SshAuth {
      const { key = "client", hosts = "known_hosts" } = names;
      return {
        kind: "ssh",
        privateKeyFile: join(server.folder, key),
        knownHostsFile: join(server.folder, hosts),
      };
    }

    const connectionFolders = async (): Promise<readonly string[]> =>
      (await readdir(bench.mirrorDir)).filter((name) => name.startsWith("ssh-"));

    test("is read with a deploy key, and a later commit too; no copy of the key remains", async () => {
      const source = bench.source({ url: server.url(repository.bare), auth: auth() });
      const first = await source.latest(signal);
      await repository.commit({ "teams/orders/a.yaml": "a: 2\n" });
      const second = await source.latest(signal);

      expect(first.files.map(({ path }) => path)).toEqual(["teams/orders/a.yaml"]);
      expect(second.revision).not.toBe(first.revision);
      expect(await source.compare(first.revision, second.revision, signal)).toMatchObject({
        relation: "forward",
      });
      expect(await connectionFolders()).toEqual([]);
    });

    test("is the platform's part of a command that has its key", async () => {
      const paths = {
        platformPath: "platform",
        tenantPath: "teams",
        sizes: { ...SIZES, documentsPerFile: 100 },
      };
      const request = { ...paths, url: server.url(repository.bare), branch: "main", login: auth() };

      expect((await fetchBranch(request, signal)).files.map(({ path }) => path)).toEqual([
        "teams/orders/a.yaml",
      ]);
    });

    test("is read with a key that everyone may read, as Kubernetes mounts secrets", async () => {
      const open = auth({ key: "open" });
      await copyFile(auth().privateKeyFile, open.privateKeyFile);
      await chmod(open.privateKeyFile, 0o644);

      const { files } = await bench.source({ url: server.url(repository.bare), auth: open }).latest(signal);

      expect(files).toHaveLength(1);
    });

    test("is read from mirrors in a folder with a space", async () => {
      const mirrorDir = join(bench.root, "more mirrors");
      const source = bench.source({ url: server.url(repository.bare), auth: auth(), mirrorDir });

      expect((await source.latest(signal)).files).toHaveLength(1);
    });

    test("is read with the key that replaced another one", async () => {
      const rotated = auth({ key: "rotated" });
      await copyFile(join(server.folder, "other-client"), rotated.privateKeyFile);
      const source = bench.source({ url: server.url(repository.bare), auth: rotated });
      const refused = await failure(source);
      await copyFile(join(server.folder, "client"), rotated.privateKeyFile);

      expect(refused.code).toBe("auth-failed");
      expect((await source.latest(signal)).files).toHaveLength(1);
    });

    test.each([
      {
        because: "the server has another host key than before",
        names: { hosts: "changed_hosts" },
        code: "host-key-changed",
        fix: "may be intercepted",
      },
      {
        because: "no host key of the server is listed",
        names: { hosts: "unknown_hosts" },
        code: "host-key-unknown",
        fix: "add the host key",
      },
      {
        because: "the server does not know the key",
        names: { key: "other-client" },
        code: "auth-failed",
        fix: "deploy key",
      },
      {
        because: "the key has a passphrase",
        names: { key: "locked" },
        code: "credential-unreadable",
        fix: "without a passphrase",
      },
      {
        because: "the file has a public key",
        names: { key: "client.pub" },
        code: "credential-unreadable",
        fix: "private key",
      },
      {
        because: "there is no key file",
        names: { key: "missing" },
        code: "credential-unreadable",
        fix: "private key",
      },
      {
        because: "there is no file of host keys",
        names: { hosts: "missing" },
        code: "credential-unreadable",
        fix: "host keys",
      },
    ])("is not read if $because, and the error names the fix", async ({ names, code, fix }) => {
      const error = await failure(bench.source({ url: server.url(repository.bare), auth: auth(names) }));

      expect(error.code).toBe(code);
      expect(error.fix).toContain(fix);
      expect(await connectionFolders()).toEqual([]);
    });

    test("with another host key than before has an error with its fingerprint, without the banner of ssh", async () => {
      const error = await failure(
        bench.source({ url: server.url(repository.bare), auth: auth({ hosts: "changed_hosts" }) }),
      );

      expect(error.text).toMatch(
        /: the host key of the server, ED25519 SHA256:\S{43}, is not the one in knownHostsFile$/,
      );
    });

    test.each([
      "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @",
      "Host key verification failed.",
      "git@127.0.0.1: Permission denied (publickey).",
      "CONNECT tunnel failed, response 407",
      "fatal: unable to create temporary file: No space left on device",
    ])("whose server prints %j has an error that quotes it, and no code or fix of it", async (text) => {
      await writeFile(join(server.folder, "pose"), `${text}\n`);
      const source = bench.source({ url: server.url(repository.bare), auth: auth({ key: "posing-client" }) });

      const error = await failure(source);

      expect(error.code).toBe("git-failed");
      expect(error.text).toContain(text);
    });

    test("that does not exist is an error about the URL", async () => {
      const error = await failure(bench.source({ url: server.url("/nowhere.git"), auth: auth() }));

      expect(error.code).toBe("not-found");
    });

    test("is unreachable if no server listens", async () => {
      const url = "ssh://git@127.0.0.1:1/permissions.git";

      const error = await failure(bench.source({ url, auth: auth() }));

      expect(error.code).toBe("unreachable");
    });

    test("a copy of the key that a killed process left is removed at the next connection", async () => {
      const left = join(bench.mirrorDir, "ssh-killed");
      await mkdir(left);
      await writeFile(join(left, "key"), "secret");
      const longAgo = new Date(Date.now() - 7_200_000);
      await utimes(left, longAgo, longAgo);

      await bench.source({ url: server.url(repository.bare), auth: auth() }).latest(signal);

      expect(await connectionFolders()).toEqual([]);
    });

    test("a folder with characters that ssh interprets is refused before a key is copied", async () => {
      const mirrorDir = join(bench.root, "${HOME}");
      const error = await failure(
        bench.source({ url: server.url(repository.bare), auth: auth(), mirrorDir }),
      );

      expect(error).toMatchObject({ code: "refused-path", fix: expect.stringContaining("stateDir") });
    });
  },
);
