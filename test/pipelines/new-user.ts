import assert from "node:assert/strict";
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitServer } from "../../demo/git-server.ts";
import { portNear } from "../../demo/ports.ts";
import { startProgram } from "../../demo/program.ts";
import { until } from "../../demo/wait.ts";
import type { ConversationForge } from "../../src/network/forges/conversation.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { ForgeServer, PULL_REQUEST, TOKEN } from "../support/forge/forge-server.ts";
import { execute, type Ran } from "../support/forge/pipeline.ts";
import { git, makeRepository, type TestRepository } from "../support/git/git-repository.ts";
import { SshServer } from "../support/git/ssh-server.ts";
import { INSTANCE } from "../support/installation/compose.ts";
import { estateWorld } from "../support/installation/estate.ts";

/** How the repository is reached, and the forge that has the pull request. */
export interface Journey {
  readonly remote: "http" | "ssh";
  readonly forge: ConversationForge;
}

interface Remote {
  readonly url: string;
  /** The command with which git connects. */
  readonly ssh: string;
  /** More fields of the source in the operator's file. */
  readonly fields: string;
}

interface Scene {
  /** The installed program. */
  readonly program: string;
  readonly root: string;
  readonly work: string;
  readonly forge: ForgeServer;
  readonly repository: TestRepository;
  readonly ends: (() => Promise<unknown>)[];
}

const TARGET = "acme/permissions";
const PATIENCE = { withinMs: 60_000, everyMs: 200 };

/**
 * The way of a new user with the installed program alone: from an empty repository over a pull request with a review to the
 * merge, and a running controller that comments on it and describes the function. AWS is the simulator, with the function.
 * @param app the folder in which the package is installed
 */
export async function checkNewUser(app: string, journey: Journey): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "new-user-"));
  const work = join(root, "work");
  await mkdir(work);
  const forge = await ForgeServer.start(journey.forge);
  const repository = await makeRepository(join(root, "served"), "permissions.git");
  const program = join(app, "node_modules/grantkeeper/bin/grantkeeper.mjs");
  const scene: Scene = { program, root, work, forge, repository, ends: [] };
  try {
    const remote = await { http: overHttp, ssh: overSsh }[journey.remote](scene);
    await declare(scene, remote);
    const config = await startController(scene, remote);
    await review(scene, remote);
    await merge(scene);
    await checkOutcome(scene, config);
  } finally {
    for (const end of scene.ends.toReversed()) await end();
    await forge.end();
    await rm(root, { recursive: true, maxRetries: 3 });
  }
}

async function overHttp({ root, ends }: Scene): Promise<Remote> {
  const server = await startGitServer({ root: join(root, "served"), login: null });
  ends.push(() => server.close());
  return { url: `${server.url}/permissions.git`, ssh: "ssh", fields: "" };
}

async function overSsh({ root, repository, ends }: Scene): Promise<Remote> {
  const folder = join(root, "sshd");
  await mkdir(folder);
  const server = await SshServer.start(folder);
  ends.push(() => server.end());
  const [key, hosts] = [join(folder, "client"), join(folder, "known_hosts")];
  return {
    url: server.url(repository.bare),
    ssh: `ssh -F none -i ${key} -o UserKnownHostsFile=${hosts} -o IdentitiesOnly=yes`,
    fields: `, ssh: {privateKeyFile: "${key}", knownHostsFile: "${hosts}"}`,
  };
}

function attempt({ program, root }: Scene, args: readonly string[], env = {}): Promise<Ran> {
  const options = { cwd: root, env: { HOME: root, ...env } };
  return execute([process.execPath, program, ...args], options);
}

/** @returns what it prints */
async function succeed(scene: Scene, args: readonly string[], env = {}): Promise<string> {
  const { code, out, err } = await attempt(scene, args, env);
  assert.equal(code, 0, `grantkeeper ${args.join(" ")}: ${out}${err}`);
  return out;
}

/** The platform on main, and the first function on a branch. */
async function declare(scene: Scene, { url, ssh }: Remote): Promise<void> {
  const { work, forge } = scene;
  const create = (...args: readonly string[]) => succeed(scene, ["new", ...args, "--dir", work]);
  const push = async (message: string, branch: string): Promise<void> => {
    await git(work, ["add", "--all"]);
    await git(work, ["commit", "--quiet", "-m", message]);
    await git(work, ["push", "--quiet", "origin", branch]);
  };
  await git(work, ["init", "--quiet", "-b", "main"]);
  await git(work, ["config", "core.sshCommand", ssh]);
  await git(work, ["remote", "add", "origin", url]);
  await create("account", "prod", "--id", "111122223333", "--region", "eu-west-1");
  await create("boundary", "platform-default");
  await create("team", "orders");
  await push("the platform", "main");
  await git(work, ["checkout", "--quiet", "-b", "topic"]);
  await create("function", "orders/orders-a", "--grant", "dynamodb:orders:read");
  assert.equal(await succeed(scene, ["validate", work]), "4 documents: 0 errors, 0 warnings\n");
  await push("the first function", "topic");
  forge.pullRequest.head = (await git(work, ["rev-parse", "topic"])).trim();
}

/** It reads the platform before the merge: only a later revision has a pull request. @returns its file */
async function startController(scene: Scene, { url, fields }: Remote): Promise<string> {
  const { root, work, program, forge, ends } = scene;
  const files: Record<string, string> = {};
  for await (const path of glob("**/*.yaml", { cwd: work }))
    files[path] = await readFile(join(work, path), "utf8");
  const { world, base } = estateWorld(files);
  const simulator = await startSimulator({ world });
  ends.push(() => simulator.close());
  const [config, token] = [join(root, "grantkeeper.yaml"), join(root, "forge-token")];
  await writeFile(token, TOKEN, { mode: 0o600 });
  const comments = `{forge: ${forge.forge}, tokenFile: "${token}", apiUrl: "${forge.url}", repository: ${TARGET}}`;
  const text = `instance: ${INSTANCE}
stateDir: ./state
mode: observe
sources: [{name: main, git: {url: "${url}", branch: main, pullRequestComments: ${comments}${fields}}, interval: 1s}]
http: {listen: "127.0.0.1:${await portNear(0)}"}
aws: {endpoint: "${simulator.endpoint}", simulator: true}
`;
  await writeFile(config, text);
  const credentials = { AWS_ACCESS_KEY_ID: base.id, AWS_SECRET_ACCESS_KEY: base.secret };
  const log = join(root, "log");
  const controller = startProgram([program, "run", "--config", config], log, credentials);
  ends.push(() => controller.stop());
  const main = (await git(work, ["rev-parse", "--short=7", "main"])).trim();
  const isRead = async () =>
    (await attempt(scene, ["status", "--config", config])).out.includes(`main@${main}`) || undefined;
  await until("the controller has read the platform", isRead, PATIENCE).catch(async (cause: unknown) => {
    throw new Error(await readFile(log, "utf8"), { cause });
  });
  return config;
}

/** As a pipeline does it, in a clone. */
async function review(scene: Scene, { url, ssh }: Remote): Promise<void> {
  const { root, forge } = scene;
  const clone = join(root, "pipeline");
  await git(root, ["clone", "--quiet", "-c", `core.sshCommand=${ssh}`, url, clone]);
  const range = ["--base", "origin/main", "--head", "origin/topic"];
  const target = ["--api-url", forge.url, "--repository", TARGET];
  const post = ["--post", forge.forge, "--pull-request", String(PULL_REQUEST), ...target];
  const out = await succeed(scene, ["review", clone, ...range, ...post], { GRANTKEEPER_FORGE_TOKEN: TOKEN });
  assert.match(out, / {2}\+ dynamodb read {2}table\/orders, indexes {2}line 10\n/);
  assert.equal(forge.comments.length, 1, "the review is one comment");
  assert.match(forge.comments[0]?.body ?? "", /orders\/orders-a/);
}

/** The forge merges the pull request if the check of its newest commit succeeded. */
async function merge({ forge, repository }: Scene): Promise<void> {
  const { head } = forge.pullRequest;
  const check = forge.statuses.findLast(
    ({ commit, name }) => commit === head && name === "grantkeeper/review",
  );
  assert.equal(check?.state, "success", "the check that the merge requires");
  const tree = (await repository.git("merge-tree", "--write-tree", "main", head)).trim();
  const commit = ["commit-tree", tree, "-p", "main", "-p", head, "-m", "Merge pull request 12"];
  const mergeCommit = (await repository.git(...commit)).trim();
  const merged = { number: PULL_REQUEST, branch: "main", isMerged: true, into: TARGET };
  forge.merged.push({ ...merged, ofCommits: [mergeCommit, head], mergeCommit, head });
  forge.pullRequest.state = "closed";
  await repository.git("update-ref", "refs/heads/main", mergeCommit);
}

async function checkOutcome(scene: Scene, config: string): Promise<void> {
  const describe = ["describe", "orders/orders-a", "--config", config];
  const declared = async () => {
    const { code, out } = await attempt(scene, describe);
    return code === 0 && out.includes("\nPENDING changes") ? out : undefined;
  };
  const out = await until("the merged function is described", declared, PATIENCE);
  assert.match(out, /^orders\/orders-a@prod\/eu-west-1, function orders-a, mode observe\nObserve only: /);
  assert.match(out, /\n\+ {3}dynamodb read {2}table\/orders, indexes {2}line 10\n/);
  const title = "### Grantkeeper: observed only, AWS differs";
  const { comments } = scene.forge;
  const shown = () => comments.find(({ body }) => body.includes(title));
  const note = await until("the pull request shows the outcome of the merge", shown, PATIENCE);
  assert.match(note.body, /<code>orders\/orders-a&#64;prod\/eu-west-1<\/code>: AWS differs/);
  assert.equal(comments.length, 2, "the review, and the comment after the merge");
}
