import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Role } from "../../../src/simulator/iam/state.ts";
import { accountOf } from "../../../src/simulator/world.ts";
import type { FunctionState } from "../../../src/simulator/lambda/state.ts";
import { git } from "../git/git-repository.ts";
import { estate, PROD } from "../installation/estate.ts";
import { Installation } from "../installation/installation.ts";
import { InstallationCli } from "../installation/installation-cli.ts";
import { Stack, type Template } from "./stack.ts";

const REGION = "eu-west-1";
const GIT_ENV = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Dana",
  GIT_AUTHOR_EMAIL: "dana@example.com",
  GIT_COMMITTER_NAME: "Dana",
  GIT_COMMITTER_EMAIL: "dana@example.com",
};
const run = promisify(execFile);

export interface Tool {
  /** The command of the page that deploys. */
  readonly command: string;
  /** null: not a stack of CloudFormation. */
  readonly stack: string | null;
}

/** What a deployment leaves in the account for others to read. */
export interface DeployedValues {
  /** Of the stack; a tool without a stack has none. */
  readonly outputs?: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** By the ARN of the resource, with the tags that AWS sets itself. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface Parts {
  readonly installation: Installation;
  readonly cli: InstallationCli;
  readonly folder: string;
}

/** Carries out the commands of a page in an installation whose account has the functions of a tool. */
export class Walkthrough {
  readonly installation: Installation;
  /** What each command of Grantkeeper printed, in their order. */
  readonly printed: string[] = [];
  readonly #parts: Parts;
  readonly #tool: Tool;
  readonly #stack: Stack;
  #next: Template | null = null;

  private constructor(parts: Parts, tool: Tool) {
    this.installation = parts.installation;
    this.#parts = parts;
    this.#tool = tool;
    this.#stack = new Stack(tool.stack, {
      ...this.installation.consoleOf(PROD, REGION),
      tagFunction: (name, tags) => Object.assign(this.functionNamed(name).tags, tags),
    });
  }

  /** @param before the template that was deployed before Grantkeeper came */
  static async start(tool: Tool, before: Template): Promise<Walkthrough> {
    const installation = await Installation.start({ files: estate({}) });
    const folder = await mkdtemp(join(tmpdir(), "with-tools-"));
    await git(folder, ["clone", "--quiet", installation.repository.bare, "permissions"]);
    const cli = await InstallationCli.start(installation);
    const walkthrough = new Walkthrough({ installation, cli, folder }, tool);
    await walkthrough.#stack.deploy(before);
    await installation.settled();
    return walkthrough;
  }

  /** @param template what the commands that deploy give to AWS; null: none of them deploys */
  async run(commands: readonly string[], template: Template | null = null): Promise<void> {
    this.#next = template;
    for (const command of commands) await this.#run(command);
  }

  async write(files: ReadonlyMap<string, string>): Promise<void> {
    for (const [path, text] of files) await writeFile(join(this.#parts.folder, path), text);
  }

  /** No call to AWS sets an output or a tag of a stack: they are there once it is deployed. */
  leave({ outputs, parameters, tags }: DeployedValues): void {
    const account = accountOf(this.installation.world, PROD);
    const { stack } = this.#tool;
    if (stack !== null && outputs !== undefined) {
      const id = `arn:aws:cloudformation:${REGION}:${PROD}:stack/${stack}/6a7b8c9d-1e2f-4a3b-9c8d-7e6f5a4b3c2d`;
      account.stacks = { [REGION]: { [stack]: { name: stack, id, resources: [], outputs: { ...outputs } } } };
    }
    const texts = Object.entries(parameters).map(
      ([name, value]) => [name, { type: "String", value }] as const,
    );
    account.parameters = { [REGION]: Object.fromEntries(texts) };
    account.tagged = { [REGION]: structuredClone(tags) };
  }

  functionNamed(name: string): FunctionState {
    const found = this.installation.world.accounts[PROD]?.lambda[REGION]?.functions[name];
    if (found === undefined) throw new Error(`there is no function ${name}`);
    return found;
  }

  /** The ARNs of the roles that invocations of `$LATEST` and of the aliases use, in this order. */
  rolesOf(name: string): readonly unknown[] {
    const { versions, aliases } = this.functionNamed(name);
    const used = ["$LATEST", ...Object.values(aliases).map(({ version }) => version)];
    return used.map((version) => versions[version]?.["Role"]);
  }

  hasRole(arn: unknown): boolean {
    return this.#roleWith(arn) !== undefined;
  }

  inlinePoliciesOf(arn: string): readonly string[] {
    return Object.keys(this.#roleWith(arn)?.inline ?? {});
  }

  /** The policy that Grantkeeper wrote into a role. */
  inlinePolicyOf(roleName: string): string {
    return this.installation.world.accounts[PROD]?.iam.roles[roleName]?.inline["grantkeeper"] ?? "";
  }

  #roleWith(arn: unknown): Role | undefined {
    const roles = this.installation.world.accounts[PROD]?.iam.roles ?? {};
    return Object.values(roles).find((role) => role.arn === arn);
  }

  async stop(): Promise<void> {
    await this.#parts.cli.close();
    await this.installation.stop();
    await rm(this.#parts.folder, { recursive: true, force: true });
  }

  async #run(command: string): Promise<void> {
    if (command === this.#tool.command) return this.#deploy();
    const loop = /^for (\w+) in \$\((grantkeeper .*?)\); do (grantkeeper .*); done$/.exec(command);
    if (loop !== null) return this.#loop(loop);
    if (!command.startsWith("grantkeeper ")) {
      await run("bash", ["-euc", command], { cwd: this.#parts.folder, env: GIT_ENV });
      return;
    }
    const mayFail = command.endsWith(" || true");
    const { code, text } = await this.#grantkeeper(command.replace(/ \|\| true$/, ""));
    this.printed.push(text);
    // `|| true` of a page is for the answer that something is pending, not for an error.
    if (code !== (mayFail ? 3 : 0)) throw new Error(`${command}: exit code ${code}\n${text}`);
  }

  async #loop([, variable = "", list = "", body = ""]: readonly string[]): Promise<void> {
    const { text } = await this.#grantkeeper(list);
    for (const word of text.trim().split("\n")) await this.#run(body.replaceAll(`"$${variable}"`, word));
  }

  async #deploy(): Promise<void> {
    if (this.#next === null) throw new Error("the page deploys where the test has no template");
    await this.#stack.deploy(this.#next);
  }

  async #grantkeeper(command: string): Promise<{ readonly code: number; readonly text: string }> {
    const inner = /"\$\(([^)]*)\)"/.exec(command);
    if (inner !== null) {
      const { text } = await this.#grantkeeper(inner[1] ?? "");
      return this.#grantkeeper(command.replace(inner[0], () => text.trim()));
    }
    const { folder } = this.#parts;
    const [, ...words] = wordsOf(command);
    const argv = words.map((word) => (existsSync(join(folder, word)) ? join(folder, word) : word));
    const { code, out, err } = await this.#parts.cli.run(argv);
    return { code, text: code === 0 ? out : `${out}${err}` };
  }
}

/** Of a command line whose quotes contain no quotes. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}
