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
  /**
   * `apply`: a person merges a new function, and the account is enforced; `auto-merge`: the account is observed, and a change that
   * grants nothing new merges by itself.
   */
  readonly kind: "apply" | "auto-merge";
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
  readonly kind: Journey["kind"];
  readonly forge: ForgeServer;
  readonly repository: TestRepository;
  readonly ends: (() => Promise<unknown>)[];
}

const TARGET = "acme/permissions";
const PATIENCE = { withinMs: 60_000, everyMs: 200 };

/**
 * The way of a new user with the installed program alone: from an empty repository over a pull request with a review to the
 * merge, and a running controller that comments on it and describes the function. AWS is the simulator, with the functions.
 * @param app the folder in which the package is installed
 */
export async function checkNewUser(app: string, journey: Journey): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "new-user-"));
  const work = join(root, "work");
  await mkdir(work);
  const forge = await ForgeServer.start(journey.forge);
  const repository = await makeRepository(join(root, "served"), "permissions.git");
  const program = join(app, "node_modules/grantkeeper/bin/grantkeeper.mjs");
  const scene: Scene = { program, root, work, kind: journey.kind, forge, repository, ends: [] };
  try {
    const remote = await { http: overHttp, ssh: overSsh }[journey.remote](scene);
    await declare(scene, remote);
    const config = await startController(scene, remote);
    if (journey.kind === "apply") await approveFirstRun(scene, config);
    await assert.rejects(merge(scene), /the check that the merge requires/);
    await review(scene, remote);
    await merge(scene);
    await { apply: checkApplied, "auto-merge": checkObserved }[scene.kind](scene, config);
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

const FUNCTION = ["orders/orders-a", "--grant"];

async function edit(folder: string, path: string, [from, to]: readonly [string, string]): Promise<void> {
  const file = join(folder, path);
  const text = await readFile(file, "utf8");
  assert.ok(text.includes(from), `${path} has "${from}"`);
  await writeFile(file, text.replace(from, to));
}

/** The platform on main, and on a branch the function that may read. */
async function declare(scene: Scene, { url, ssh }: Remote): Promise<void> {
  const { work, forge, kind } = scene;
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
  if (kind === "apply") {
    await edit(work, "platform/accounts/prod.yaml", ["mode: observe", "mode: enforce"]);
    await create("function", "orders/orders-b", "--grant", "sqs:orders:send");
  } else await create("function", ...FUNCTION, "dynamodb:orders:read,write");
  await push("the platform", "main");
  await git(work, ["checkout", "--quiet", "-b", "topic"]);
  if (kind === "apply") await create("function", ...FUNCTION, "dynamodb:orders:read");
  else await edit(work, "teams/orders/orders-a.yaml", ["[read, write]", "[read]"]);
  const documents = kind === "apply" ? 5 : 4;
  assert.equal(await succeed(scene, ["validate", work]), `${documents} documents: 0 errors, 0 warnings\n`);
  await push("the function may read", "topic");
  forge.pullRequest.head = (await git(work, ["rev-parse", "topic"])).trim();
}

/** It reads the platform before the merge: only a later revision has a pull request. @returns its file */
async function startController(scene: Scene, { url, fields }: Remote): Promise<string> {
  const { root, work, program, forge, kind, ends } = scene;
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
mode: ${kind === "apply" ? "enforce" : "observe"}
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

const READS = / {2}\+ dynamodb read {2}table\/orders, indexes {2}line 10\n/;

/** As a pipeline does it, in a clone. */
async function review(scene: Scene, { url, ssh }: Remote): Promise<void> {
  const { root, forge, kind } = scene;
  const clone = join(root, "pipeline");
  await git(root, ["clone", "--quiet", "-c", `core.sshCommand=${ssh}`, url, clone]);
  const range = ["--base", "origin/main", "--head", "origin/topic"];
  const target = ["--api-url", forge.url, "--repository", TARGET];
  const post = ["--post", forge.forge, "--pull-request", String(PULL_REQUEST), "--merge-status", ...target];
  const out = await succeed(scene, ["review", clone, ...range, ...post], { GRANTKEEPER_FORGE_TOKEN: TOKEN });
  assert.match(out, kind === "apply" ? READS : / {2}- dynamodb write {2}table\/orders {2}was line 10\n/);
  assert.equal(forge.comments.length, 1, "the review is one comment");
  assert.match(forge.comments[0]?.body ?? "", /orders\/orders-a/);
}

const CHECKS = {
  apply: "grantkeeper/review",
  "auto-merge": "grantkeeper/review/auto-merge/main",
} as const satisfies Record<Journey["kind"], string>;

/** The forge merges the pull request if the check of its newest commit succeeded. */
async function merge({ forge, repository, kind }: Scene): Promise<void> {
  const { head } = forge.pullRequest;
  const check = forge.statuses.findLast(({ commit, name }) => commit === head && name === CHECKS[kind]);
  assert.equal(check?.state, "success", "the check that the merge requires");
  const tree = (await repository.git("merge-tree", "--write-tree", "main", head)).trim();
  const commit = ["commit-tree", tree, "-p", "main", "-p", head, "-m", "Merge pull request 12"];
  const mergeCommit = (await repository.git(...commit)).trim();
  const merged = { number: PULL_REQUEST, branch: "main", isMerged: true, into: TARGET };
  forge.merged.push({ ...merged, ofCommits: [mergeCommit, head], mergeCommit, head });
  forge.pullRequest.state = "closed";
  await repository.git("update-ref", "refs/heads/main", mergeCommit);
}

/** Of the account, with the function that is on main already. */
async function approveFirstRun(scene: Scene, config: string): Promise<void> {
  const pending = async () => {
    const out = await succeed(scene, ["get", "approvals", "--config", config]);
    return /^[0-9a-f]{8}\b/m.exec(out)?.[0];
  };
  const digest = await until("the first enforcing run awaits approval", pending, PATIENCE);
  await succeed(scene, ["approve", digest, "--reason", "the first run", "--config", config]);
  const applied = async () =>
    (await succeed(scene, ["describe", "orders/orders-b", "--config", config])).includes("\nIn sync: ") ||
    undefined;
  await until("the approved run is applied", applied, PATIENCE);
}

async function checkApplied(scene: Scene, config: string): Promise<void> {
  await outcomeNote(scene, "applied");
  const out = await succeed(scene, ["describe", "orders/orders-a", "--config", config]);
  assert.match(out, /^orders\/orders-a@prod\/eu-west-1, function orders-a, mode enforce\nIn sync: /);
  assert.match(
    out,
    /\nEFFECTIVE in AWS[^]*\n {2}dynamodb read {2}table\/orders, indexes {2}policy "grantkeeper"\n/,
  );
  assert.match(out, /\nPENDING none\n/);
}

async function checkObserved(scene: Scene, config: string): Promise<void> {
  const note = await outcomeNote(scene, "observed only, AWS differs");
  assert.match(note, /<code>orders\/orders-a&#64;prod\/eu-west-1<\/code>: AWS differs/);
  const out = await succeed(scene, ["describe", "orders/orders-a", "--config", config]);
  assert.match(out, /^orders\/orders-a@prod\/eu-west-1, function orders-a, mode observe\nObserve only: /);
  assert.match(out, /\nPENDING changes[^]*\n\+ {3}dynamodb read {2}table\/orders, indexes {2}line 10\n/);
}

/** @returns the comment after the merge, once it has this title */
async function outcomeNote({ forge: { comments } }: Scene, title: string): Promise<string> {
  const shown = () => comments.find(({ body }) => body.includes(`### Grantkeeper: ${title}\n`))?.body;
  const note = await until("the pull request shows the outcome of the merge", shown, PATIENCE).catch(
    (cause: unknown) => {
      throw new Error(comments.map(({ body }) => body).join("\n"), { cause });
    },
  );
  assert.equal(comments.length, 2, "the review, and the comment after the merge");
  return note;
}
