import type { CommitState } from "../../model/records/commit-status.ts";

/** How a forge takes the state of a commit. */
export interface ForgeSettings {
  readonly forge: Forge;
  /** The REST API, without a slash at the end. */
  readonly apiUrl: string;
  /** `acme/permissions`; with GitLab also deeper. */
  readonly repository: string;
  /** The name that the forge shows, different for each installation: two of them never contradict each other. */
  readonly name: string;
  /** null: the status leads nowhere. */
  readonly link: string | null;
}

export type Forge = "github" | "gitlab" | "gitea" | "forgejo" | "bitbucket";

interface ForgeForm {
  readonly label: string;
  /** Below the API. */
  readonly path: (repository: string, commit: string) => string;
  readonly body: (status: ShownStatus) => Readonly<Record<string, string>>;
  readonly states: Readonly<Record<CommitState, string>>;
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  readonly longestText: number;
  /** What the token must be allowed to do. */
  readonly right: string;
}

interface ShownStatus {
  readonly state: string;
  readonly text: string;
  readonly name: string;
  readonly link: string | null;
}

const gitea: ForgeForm = {
  label: "Gitea",
  path: (repository, commit) => `/repos/${segments(repository)}/statuses/${commit}`,
  body: (status) => ({ ...named(status, "context"), ...target(status) }),
  states: { pending: "pending", success: "success", failure: "failure", superseded: "pending" },
  headers: (token) => ({ authorization: `token ${token}` }),
  longestText: 255,
  right: "write:repository, of a user who may write to the repository",
};

const bitbucket: ForgeForm = {
  label: "Bitbucket Cloud",
  path: (repository, commit) => `/repositories/${segments(repository)}/commit/${commit}/statuses/build`,
  body: (status) => keyed(status),
  states: { pending: "INPROGRESS", success: "SUCCESSFUL", failure: "FAILED", superseded: "STOPPED" },
  headers: (token) => ({ authorization: `Bearer ${token}` }),
  longestText: 255,
  right: "repositories: write (a repository access token)",
};

/**
 * No forge but GitLab and Bitbucket Cloud has a state for a commit that was superseded: elsewhere it stays pending, and
 * the text names the newer commit.
 *
 * @see https://docs.github.com/en/rest/commits/statuses#create-a-commit-status
 * @see https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
 * @see https://docs.gitea.com/api (repoCreateStatus)
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses
 */
export const FORGES: { readonly [F in Forge]: ForgeForm } = {
  github: {
    label: "GitHub",
    path: (repository, commit) => `/repos/${segments(repository)}/statuses/${commit}`,
    body: (status) => ({ ...named(status, "context"), ...target(status) }),
    states: { pending: "pending", success: "success", failure: "failure", superseded: "pending" },
    headers: (token) => ({
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
    }),
    longestText: 140,
    right: '"Commit statuses: write" for the repository',
  },
  gitlab: {
    label: "GitLab",
    path: (repository, commit) => `/projects/${encodeURIComponent(repository)}/statuses/${commit}`,
    body: (status) => ({ ...named(status, "name"), ...target(status) }),
    states: { pending: "pending", success: "success", failure: "failed", superseded: "canceled" },
    headers: (token) => ({ "private-token": token }),
    longestText: 255,
    right: "the scope api and the role Developer in the project",
  },
  gitea,
  forgejo: { ...gitea, label: "Forgejo" },
  bitbucket,
};

/** Bitbucket cuts no key: a longer one is an error. */
const LONGEST_KEY = 40;

function named({ state, text, name }: ShownStatus, field: "context" | "name"): Record<string, string> {
  return { state, description: text, [field]: name };
}

function target({ link }: ShownStatus): Record<string, string> {
  return link === null ? {} : { target_url: link };
}

function keyed({ state, text, name, link }: ShownStatus): Record<string, string> {
  return { state, key: name.slice(-LONGEST_KEY), name, description: text, url: link ?? "" };
}

function segments(repository: string): string {
  return repository.split("/").map(encodeURIComponent).join("/");
}
