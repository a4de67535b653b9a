import { urlWithLogin, type Proxy } from "../../model/network/proxy.ts";
import type { Credential } from "./credential.ts";
import type { GitRemote } from "./url.ts";

/** No variable of this process is passed on: it would reach git and the programs that git starts. */
const FIXED: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
  // Without HOME, curl looks up the home folder of the user and reads its .netrc.
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_PROTOCOL_FROM_USER: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_NO_LAZY_FETCH: "1",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_OPTIONAL_LOCKS: "0",
};

const HARDENED: readonly (readonly [string, string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.bigFileThreshold", "32m"],
  ["core.packedGitWindowSize", "32m"],
  ["core.packedGitLimit", "256m"],
  ["credential.helper", ""],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  // Objects are checked when they are read (tree-object.ts, entry-rules.ts). If all fetched objects were checked, one
  // bad commit in the history would stop the source for every team, and a later commit could not remove it.
  ["fetch.fsckObjects", "false"],
  ["transfer.fsckObjects", "false"],
  // Every fetch is kept as one pack, checked completely, instead of thousands of loose files.
  ["fetch.unpackLimit", "1"],
  ["transfer.unpackLimit", "1"],
  ["transfer.bundleURI", "false"],
  ["transfer.credentialsInUrl", "die"],
  ["fetch.recurseSubmodules", "false"],
  ["fetch.writeCommitGraph", "false"],
  ["http.followRedirects", "false"],
  ["protocol.version", "2"],
  ["protocol.allow", "never"],
  ["protocol.ext.allow", "never"],
  ["i18n.logOutputEncoding", "UTF-8"],
];

/**
 * For commands that only read. There is no remote and no protocol, so git cannot fetch anything by itself. If `gitDir`
 * is null, git searches from the working directory. `settings` override the configuration of the repository.
 */
export function localEnvironment(
  gitDir: string | null,
  settings: readonly (readonly [string, string])[] = [],
): Readonly<Record<string, string>> {
  return {
    ...FIXED,
    ...(gitDir === null ? {} : { GIT_DIR: gitDir }),
    GIT_ALLOW_PROTOCOL: "none",
    ...configuration([...HARDENED, ...settings]),
  };
}

export interface RemoteAccess {
  readonly remote: GitRemote;
  readonly credential: Credential;
  /** Certificates that are trusted instead of those of the system; null: those of the system. */
  readonly caFile: string | null;
  /** Of an https server; null: it is reached directly. */
  readonly proxy: Proxy | null;
  readonly timeoutMs: number;
}

/**
 * For commands that talk to the server, which is the remote `origin`. The credential is in the environment, never in
 * argv. It is configured for this one origin, so that git sends it to no other server.
 */
export function remoteEnvironment(
  gitDir: string | null,
  access: RemoteAccess,
): Readonly<Record<string, string>> {
  const { remote, credential } = access;
  const header = credential.authorization;
  return {
    ...FIXED,
    ...(gitDir === null ? {} : { GIT_DIR: gitDir }),
    ...(credential.ssh === null ? {} : { GIT_SSH_COMMAND: credential.ssh.command, GIT_SSH_VARIANT: "ssh" }),
    GIT_ALLOW_PROTOCOL: remote.scheme,
    ...configuration([
      ...HARDENED,
      [`protocol.${remote.scheme}.allow`, "always"],
      ["remote.origin.url", remote.url],
      // Ends a stalled transfer even if this process was killed.
      ["http.lowSpeedLimit", "100"],
      ["http.lowSpeedTime", String(Math.ceil(access.timeoutMs / 1_000))],
      ...(access.caFile === null ? [] : [["http.sslCAInfo", access.caFile] as const]),
      ...proxySettings(access),
      ...(header === null
        ? []
        : [[`http.${remote.origin}.extraHeader`, `Authorization: ${header}`] as const]),
    ]),
  };
}

/** With the login in the environment, as the credential. A proxy with TLS is trusted by the same authorities. */
function proxySettings({ proxy, caFile }: RemoteAccess): readonly (readonly [string, string])[] {
  if (proxy === null) return [];
  return [
    ["http.proxy", urlWithLogin(proxy)],
    ["http.proxyAuthMethod", "basic"],
    ...(caFile === null ? [] : [["http.proxySSLCAInfo", caFile] as const]),
  ];
}

function configuration(settings: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) };
}
