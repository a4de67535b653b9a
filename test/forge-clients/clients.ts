import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { OutsideFetch } from "../../src/cli/toolbox/toolbox.ts";
import type { ConversationForge } from "../../src/network/forges/conversation.ts";
import { readAnswer } from "../../src/network/http-post.ts";
import { ForgeApi } from "../../src/workbench/review/post/forge-api.ts";
import { OwnComments } from "../../src/workbench/review/post/own-comments.ts";
import { PULL_REQUEST, TOKEN } from "../support/forge/forge-server.ts";

const [OWNER, NAME] = ["acme", "permissions"] as const;

/** The two operations that differ most in what a repeated request would do. */
export interface Client {
  addComment(text: string, signal: AbortSignal): Promise<unknown>;
  listComments(signal: AbortSignal): Promise<unknown>;
}

export interface TriedClient {
  readonly label: string;
  readonly forge: ConversationForge;
  /** `name@version`; none: our own code. */
  readonly packages: readonly string[];
  /** Where its requests begin after the address of the forge. */
  readonly basePath?: string;
  readonly load: (folder: string) => Promise<(url: string, withinMs: number) => Client>;
}

// A package of the trial is not installed here: its types are not known.
// eslint-disable-next-line typescript/no-explicit-any -- the trial calls four libraries by name
type Library = any;

async function library(folder: string, name: string): Promise<Library> {
  const require = createRequire(join(folder, "package.json"));
  return import(pathToFileURL(require.resolve(name)).href);
}

const LONGEST_ANSWER = 16_777_216;
const COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const ISSUE = { owner: OWNER, repo: NAME, issue_number: PULL_REQUEST };
const ALWAYS_AGAIN = { onRateLimit: () => true, onSecondaryRateLimit: () => true };

/** As our transport limits it: redirects are answers, and no longer answer is read. */
const boundFetch: OutsideFetch = async (url, init) => {
  const response = await fetch(url, { ...init, redirect: "manual" });
  const { status, headers } = response;
  return new Response(await readAnswer(response, LONGEST_ANSWER), { status, headers });
};

export const CLIENTS: readonly TriedClient[] = [
  {
    label: "ours",
    forge: "github",
    packages: [],
    load: async () => ours,
  },
  {
    label: "@octokit/core, retry, throttling",
    forge: "github",
    packages: ["@octokit/core@7.0.8", "@octokit/plugin-retry@8.1.1", "@octokit/plugin-throttling@11.0.5"],
    load: async (folder) => {
      const { Octokit } = await library(folder, "@octokit/core");
      const { retry } = await library(folder, "@octokit/plugin-retry");
      const { throttling } = await library(folder, "@octokit/plugin-throttling");
      const Extended = Octokit.plugin(retry, throttling);
      return (url) => {
        // Instances with one id wait for each other.
        const octokit = new Extended({
          auth: TOKEN,
          baseUrl: url,
          throttle: { ...ALWAYS_AGAIN, id: url },
          log: SILENT,
        });
        return byRequest((route, options) => octokit.request(route, options), {});
      };
    },
  },
  {
    label: "@octokit/request, our fetch",
    forge: "github",
    packages: ["@octokit/request@10.0.16"],
    load: async (folder) => {
      const { request } = await library(folder, "@octokit/request");
      return (baseUrl) => {
        const own = request.defaults({ baseUrl, headers: { authorization: `token ${TOKEN}` } });
        return byRequest((route, options) => own(route, options), { fetch: boundFetch, log: SILENT });
      };
    },
  },
  {
    label: "@gitbeaker/rest",
    forge: "gitlab",
    packages: ["@gitbeaker/rest@43.8.0"],
    basePath: "/api/v4",
    load: async (folder) => {
      const { Gitlab } = await library(folder, "@gitbeaker/rest");
      return (host, withinMs) => {
        // It takes no signal, only a limit of time for each request.
        const api = new Gitlab({ host, token: TOKEN, queryTimeout: withinMs });
        const project = `${OWNER}/${NAME}`;
        return {
          addComment: (text) => api.MergeRequestNotes.create(project, PULL_REQUEST, text),
          listComments: () => api.MergeRequestNotes.all(project, PULL_REQUEST, { perPage: 100, maxPages: 1 }),
        };
      };
    },
  },
  {
    label: "gitea-js",
    forge: "gitea",
    packages: ["gitea-js@1.23.0"],
    basePath: "/api/v1",
    load: async (folder) => {
      const { giteaApi } = await library(folder, "gitea-js");
      return (url) => {
        const { repos } = giteaApi(url, { token: TOKEN });
        return {
          addComment: (body, signal) =>
            repos.issueCreateComment(OWNER, NAME, PULL_REQUEST, { body }, { signal }),
          listComments: (signal) => repos.issueGetComments(OWNER, NAME, PULL_REQUEST, {}, { signal }),
        };
      };
    },
  },
  {
    label: "@llamaduck/forgejo-ts",
    forge: "forgejo",
    packages: ["@llamaduck/forgejo-ts@15.0.9"],
    load: async (folder) => {
      const api = await library(folder, "@llamaduck/forgejo-ts");
      const { createClient } = await library(folder, "@llamaduck/forgejo-ts/client");
      return (url) => {
        const headers = { Authorization: `token ${TOKEN}` };
        const client = createClient({ baseURL: url, headers, throwOnError: true });
        const path = { owner: OWNER, repo: NAME, index: PULL_REQUEST };
        return {
          addComment: (body, signal) => api.issueCreateComment({ client, path, signal, body: { body } }),
          listComments: (signal) => api.issueGetComments({ client, path, signal }),
        };
      };
    },
  },
];

const nothing = (): void => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function byRequest(
  send: (route: string, options: object) => Promise<unknown>,
  more: Readonly<Record<string, unknown>>,
): Client {
  return {
    addComment: (body, signal) => send(`POST ${COMMENTS}`, { ...ISSUE, body, request: { ...more, signal } }),
    listComments: (signal) =>
      send(`GET ${COMMENTS}`, { ...ISSUE, per_page: 100, request: { ...more, signal } }),
  };
}

function ours(apiUrl: string): Client {
  const target = {
    forge: "github",
    apiUrl,
    repository: `${OWNER}/${NAME}`,
    pullRequest: PULL_REQUEST,
    token: TOKEN,
    author: "",
    name: "trial",
    hasMergeStatus: false,
    branch: null,
  } as const;
  const clock = {
    nowMs: () => Date.now(),
    sleep: (ms: number, signal: AbortSignal): Promise<void> => timer(ms, undefined, { signal }),
  };
  const apiOf = (signal: AbortSignal) => new ForgeApi(target, fetch, { clock, signal });
  return {
    addComment: async (text, signal) => {
      const comments = await OwnComments.of(PULL_REQUEST, apiOf(signal));
      return comments.put(text, async () => undefined);
    },
    listComments: (signal) => apiOf(signal).read(`/repos/${OWNER}/${NAME}/issues/${PULL_REQUEST}/comments`),
  };
}

/** Installs a client alone. @returns the bytes of all its packages on the disk */
export function install(folder: string, packages: readonly string[]): number {
  const options = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel=error"];
  execFileSync("npm", ["install", ...options, "--prefix", folder, ...packages], { stdio: "ignore" });
  const sizes = execFileSync(
    "du",
    ["--apparent-size", "--bytes", "--summarize", join(folder, "node_modules")],
    {
      encoding: "utf8",
    },
  );
  return Number.parseInt(sizes, 10);
}
