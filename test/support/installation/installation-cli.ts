import type { AwsReads } from "../../../src/cli/toolbox/toolbox.ts";
import type { Clock } from "../../../src/controller/ports/clock.ts";
import { startHttp } from "../../../src/http/start.ts";
import { BASE_PATH } from "../../../src/api/group.ts";
import type { TlsListen } from "../../../src/http/server/tls-listener.ts";
import { kubeconfigText } from "../kubernetes/kubectl.ts";
import type { HttpServer } from "../../../src/http/server/bare-app.ts";
import { MemorySessions } from "../fakes/memory-sessions.ts";
import { SILENT } from "../git/git-source.ts";
import { cli, type CliRun } from "../screens/cli.ts";
import { CLOCK, openAws } from "./compose.ts";
import type { Installation } from "./installation.ts";

const TOKEN = "local-token-0123456789abcdef01234567";
const WITHOUT_CONTROLLER: ReadonlySet<string> = new Set(["import", "plan", "validate", "role-arn"]);
/** How long commands that wait ask again: on AWS a pass takes longer. */
const SOON_MS = 10;

interface CliOptions {
  /** That of the controller, if it has one of its own. */
  readonly clock?: Clock;
  /** A second listener, for kubectl. */
  readonly tls?: TlsListen;
}

/** The command line next to an installation: against its controller over HTTP, or against its AWS. */
export class InstallationCli {
  readonly #server: HttpServer;
  readonly #installation: Installation;
  readonly #clock: Clock;

  private constructor(server: HttpServer, installation: Installation, clock: Clock) {
    this.#server = server;
    this.#installation = installation;
    this.#clock = clock;
  }

  static async start(installation: Installation, options: CliOptions = {}): Promise<InstallationCli> {
    const { clock = CLOCK, tls = null } = options;
    return new InstallationCli(await serverOf(installation, clock, tls), installation, clock);
  }

  run(argv: readonly string[]): Promise<CliRun> {
    const isOffline = argv.some((word) => WITHOUT_CONTROLLER.has(word));
    return cli([...argv, ...(isOffline ? [] : ["--server", this.#server.url])], {
      env: { GRANTKEEPER_TOKEN: TOKEN, NO_COLOR: "1" },
      clock: { nowMs: () => this.#clock.nowMs(), sleep: (_, signal) => CLOCK.sleep(SOON_MS, signal) },
      installation: { aws: async () => readsOf(this.#installation) },
    });
  }

  /** An answer of the API, as the page reads it. */
  async read(path: string): Promise<string> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    return (await fetch(`${this.#server.url}${BASE_PATH}${path}`, { headers })).text();
  }

  /** For kubectl, with the file of the authority of the listener. */
  kubeconfig(caFile: string): string {
    return kubeconfigText({ url: this.#server.tls?.url ?? "", caFile, token: TOKEN });
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

function serverOf({ control }: Installation, clock: Clock, tls: TlsListen | null): Promise<HttpServer> {
  return startHttp({
    host: "127.0.0.1",
    port: 0,
    tls,
    control,
    tokens: [],
    localToken: TOKEN,
    webhooks: { platform: { name: "main", namespace: null, senders: {} }, namespaces: [] },
    metrics: async () => "",
    manifestSchemas: async () => ({}),
    page: {
      folder: "/nonexistent",
      instance: "acme",
      sessions: new MemorySessions(),
      publicUrl: null,
      oidc: null,
    },
    tenantPath: "teams",
    telemetry: SILENT,
    clock,
  });
}

/** As each command opens it. */
function readsOf({ simulator, estate: { base } }: Installation): AwsReads {
  const aws = openAws({ endpoint: simulator.endpoint, accessKey: base, clock: CLOCK, telemetry: SILENT });
  return {
    live: aws.live,
    estates: aws.estates,
    organizations: aws.organizations,
    references: aws.references,
    examine: (account, signal) => aws.doctor.examine(account, signal),
    serviceControl: (accounts, signal) => aws.serviceControl(accounts, signal),
    close: () => aws.close(),
  };
}
