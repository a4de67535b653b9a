import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { until } from "../../demo/wait.ts";
import type { Source } from "../../src/controller/ports/source.ts";
import { ForgeServer, PULL_REQUEST, TOKEN } from "../support/forge/forge-server.ts";
import { git } from "../support/git/git-repository.ts";
import { Bench } from "../support/git/git-source.ts";
import { HAS_SSHD, SshServer } from "../support/git/ssh-server.ts";
import { AskedController } from "../support/screens/asked-controller.ts";
import { cli, type CliRun } from "../support/screens/cli.ts";

let bench: Bench;
let forge: ForgeServer;
let work: string;
let bare: string;
let ends: (() => Promise<unknown>)[];

beforeEach(async () => {
  ends = [];
  bench = await Bench.open();
  ({ bare } = await bench.repository());
  forge = await ForgeServer.start("github");
  work = join(bench.root, "work");
  await mkdir(work);
});
afterEach(async () => {
  for (const end of ends) await end();
  await forge.end();
  await bench.end();
});

/** How the repository is reached. */
interface Remote {
  readonly url: string;
  readonly ssh: string;
  readonly source: Source;
}

const REMOTES = {
  http: async (): Promise<Remote> => {
    const url = await bench.serve();
    return { url, ssh: "ssh", source: bench.source({ url }).port };
  },
  ssh: async (): Promise<Remote> => {
    const folder = join(bench.root, "sshd");
    await mkdir(folder);
    const server = await SshServer.start(folder);
    ends.push(() => server.end());
    const [privateKeyFile, knownHostsFile] = [join(folder, "client"), join(folder, "known_hosts")];
    const url = server.url(bare);
    const auth = { kind: "ssh", privateKeyFile, knownHostsFile } as const;
    const options = `-o UserKnownHostsFile=${knownHostsFile} -o IdentitiesOnly=yes`;
    return {
      url,
      ssh: `ssh -F none -i ${privateKeyFile} ${options}`,
      source: bench.source({ url, auth }).port,
    };
  },
};

const create = (...argv: readonly string[]) => cli(["new", ...argv, "--dir", work]);

async function pushed(message: string, branch: string): Promise<void> {
  await git(work, ["add", "--all"]);
  await git(work, ["commit", "--quiet", "-m", message]);
  await git(work, ["push", "--quiet", "origin", branch]);
}

/** As a pipeline does it: a clone of the remote, whose review is posted to the pull request. */
async function reviewed({ url, ssh }: Remote): Promise<CliRun> {
  const pipeline = join(bench.root, "pipeline");
  await git(bench.root, ["clone", "--quiet", "-c", `core.sshCommand=${ssh}`, url, pipeline]);
  const range = ["--base", "origin/main", "--head", "origin/topic"];
  const target = ["--api-url", forge.url, "--repository", "acme/permissions"];
  const post = ["--post", "github", "--pull-request", String(PULL_REQUEST), ...target];
  return cli(["review", pipeline, ...range, ...post], { env: { GRANTKEEPER_FORGE_TOKEN: TOKEN } });
}

/** The forge merges the pull request if the required check of its newest commit succeeded. */
async function merge(): Promise<void> {
  const { head } = forge.pullRequest;
  const check = forge.statuses.findLast(
    ({ commit, name }) => commit === head && name === "grantkeeper/review",
  );
  if (check?.state !== "success") throw new Error("grantkeeper/review is required");
  const tree = (await git(bare, ["merge-tree", "--write-tree", "main", head])).trim();
  const commit = ["commit-tree", tree, "-p", "main", "-p", head, "-m", "Merge pull request 12"];
  await git(bare, ["update-ref", "refs/heads/main", (await git(bare, commit)).trim()]);
  forge.pullRequest.state = "closed";
}

/** By a controller that reads the remote, whose AWS is a fake one without functions. */
async function described({ source }: Remote): Promise<CliRun> {
  const asked = new AskedController();
  asked.fake.gitSource = source;
  await asked.fake.start();
  await asked.serve();
  try {
    const probe = async (): Promise<CliRun | undefined> => {
      const answer = await asked.run(["describe", "orders/orders-a"]);
      return answer.code === 0 ? answer : undefined;
    };
    return await until("the merged function is described", probe, { withinMs: 30_000 });
  } finally {
    await asked.stop();
  }
}

const SKIPPED = HAS_SSHD ? "" : " (ssh is skipped: sshd is not installed here)";

/** Two servers, a controller and eight commands, next to other tests. */
const MOST_MS = 60_000;

test.each(HAS_SSHD ? (["http", "ssh"] as const) : (["http"] as const))(
  `a new user comes over %s from an empty repository to a merged pull request and a described function${SKIPPED}`,
  async (name) => {
    const remote = await REMOTES[name]();
    await git(work, ["init", "--quiet", "-b", "main"]);
    await git(work, ["config", "core.sshCommand", remote.ssh]);
    await git(work, ["remote", "add", "origin", remote.url]);
    await create("account", "prod", "--id", "111122223333", "--region", "eu-west-1");
    await create("boundary", "platform-default");
    await create("team", "orders");
    await pushed("the platform", "main");
    await git(work, ["checkout", "--quiet", "-b", "topic"]);
    await create("function", "orders/orders-a", "--grant", "dynamodb:orders:read");
    const validated = await cli(["validate", work]);
    await pushed("the first function", "topic");
    forge.pullRequest.head = (await git(work, ["rev-parse", "topic"])).trim();
    await expect(merge()).rejects.toThrow("grantkeeper/review is required");
    const review = await reviewed(remote);
    await merge();
    const answer = await described(remote);

    expect(validated).toEqual({ code: 0, out: "4 documents: 0 errors, 0 warnings\n", err: "" });
    expect(review.code).toBe(0);
    expect(review.out).toContain("  + dynamodb read  table/orders, indexes  line 10\n");
    expect(review.out).not.toContain("NEW PROBLEMS");
    expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining("orders/orders-a")]);
    expect(answer).toMatchObject({ code: 0, err: "" });
    expect(answer.out).toMatch(
      /^orders\/orders-a@prod\/eu-west-1, function orders-a, mode observe\nObserve only: main@/,
    );
    expect(answer.out).toMatch(
      /PENDING changes to AWS.*\n.*\n\+ {3}dynamodb read {2}table\/orders, indexes {2}line 10\n/,
    );
  },
  MOST_MS,
);
