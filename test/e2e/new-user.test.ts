import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { settled } from "../support/fakes/fake-clock.ts";
import { git } from "../support/git/git-repository.ts";
import { Bench } from "../support/git/git-source.ts";
import { texts } from "../support/git/snapshots.ts";
import { HAS_SSHD, SshServer } from "../support/git/ssh-server.ts";
import { AskedController } from "../support/screens/asked-controller.ts";
import { cli, type CliRun } from "../support/screens/cli.ts";

const { signal } = new AbortController();

let bench: Bench;
let work: string;
let bare: string;

beforeEach(async () => {
  bench = await Bench.open();
  ({ bare } = await bench.repository());
  work = join(bench.root, "work");
  await mkdir(work);
});
afterEach(() => bench.end());

const create = (...argv: readonly string[]) => cli(["new", ...argv, "--dir", work]);

async function commit(message: string): Promise<void> {
  await git(work, ["add", "--all"]);
  await git(work, ["commit", "--quiet", "-m", message]);
}

const push = (branch: string) => git(work, ["push", "--quiet", "origin", branch]);

/** By a controller with these files, whose AWS is a fake one without functions. */
async function described(files: Readonly<Record<string, string>>): Promise<CliRun> {
  const asked = new AskedController();
  asked.fake.source.push(files);
  await asked.fake.start();
  await settled();
  await asked.serve();
  try {
    return await asked.run(["describe", "orders/orders-a"]);
  } finally {
    await asked.stop();
  }
}

/** The manifests on main as they are read over ssh. */
async function readOverSsh(): Promise<Readonly<Record<string, string>>> {
  const folder = join(bench.root, "sshd");
  await mkdir(folder);
  const server = await SshServer.start(folder);
  try {
    const [privateKeyFile, knownHostsFile] = [join(folder, "client"), join(folder, "known_hosts")];
    const auth = { kind: "ssh", privateKeyFile, knownHostsFile } as const;
    return texts(await bench.source({ url: server.url(bare), auth }).latest(signal));
  } finally {
    await server.end();
  }
}

/** Two servers, a controller and eight commands, next to other tests. */
const MOST_MS = 60_000;

test(
  `a new user comes from an empty repository to a described function, over http${HAS_SSHD ? " and ssh" : " (ssh is skipped: sshd is not installed here)"}`,
  async () => {
    const url = await bench.serve();
    await git(work, ["init", "--quiet", "-b", "main"]);
    await git(work, ["remote", "add", "origin", url]);
    await create("account", "prod", "--id", "111122223333", "--region", "eu-west-1");
    await create("boundary", "platform-default");
    await create("team", "orders");
    await commit("the platform");
    await push("main");
    await git(work, ["checkout", "--quiet", "-b", "topic"]);
    await create("function", "orders/orders-a", "--grant", "dynamodb:orders:read");
    const validated = await cli(["validate", work]);
    await commit("the first function");
    await push("topic");
    const reviewed = await cli(["review", work, "--base", "origin/main", "--head", "origin/topic"]);
    await git(work, ["checkout", "--quiet", "main"]);
    await git(work, ["merge", "--quiet", "--no-ff", "-m", "merge", "topic"]);
    await push("main");
    const merged = texts(await bench.source({ url }).latest(signal));
    const overSsh = HAS_SSHD ? await readOverSsh() : merged;
    const answer = await described(merged);

    expect(validated).toEqual({ code: 0, out: "4 documents: 0 errors, 0 warnings\n", err: "" });
    expect(reviewed).toMatchObject({ code: 0, err: "" });
    expect(reviewed.out).toContain("  + dynamodb read  table/orders, indexes  line 10\n");
    expect(reviewed.out).not.toContain("NEW PROBLEMS");
    expect(answer).toMatchObject({ code: 0, err: "" });
    expect(answer.out).toMatch(
      /^orders\/orders-a@prod\/eu-west-1, function orders-a, mode observe\nObserve only: main@/,
    );
    expect(answer.out).toMatch(
      /PENDING changes to AWS.*\n.*\n\+ {3}dynamodb read {2}table\/orders, indexes {2}line 10\n/,
    );
    expect(overSsh).toEqual(merged);
  },
  MOST_MS,
);
