import type { AwsReads } from "../../../src/cli/toolbox/toolbox.ts";
import type { Clock } from "../../../src/controller/ports/clock.ts";
import { startHttp } from "../../../src/http/start.ts";
import type { HttpServer } from "../../../src/http/server/bare-app.ts";
import { MemorySessions } from "../fakes/memory-sessions.ts";
import { SILENT } from "../git/git-source.ts";
import { cli, type CliRun } from "../screens/cli.ts";
import { CLOCK, openAws } from "./compose.ts";
import type { Installation } from "./installation.ts";

const TOKEN = "local-token-0123456789abcdef01234567";
const WITHOUT_CONTROLLER: ReadonlySet<string> = new Set(["import", "plan", "validate", "role-arn"]);
/** Commands that wait ask again soon: on AWS a pass takes longer. */
const IMPATIENT: Clock = {
  nowMs: () => CLOCK.nowMs(),
  sleep: (_, signal) => CLOCK.sleep(10, signal),
};

/** The command line next to an installation: against its controller over HTTP, or against its AWS. */
export class InstallationCli {
  readonly #server: HttpServer;
  readonly #installation: Installation;

  private constructor(server: HttpServer, installation: Installation) {
    this.#server = server;
    this.#installation = installation;
  }

  static async start(installation: Installation): Promise<InstallationCli> {
    return new InstallationCli(await serverOf(installation), installation);
  }

  run(argv: readonly string[]): Promise<CliRun> {
    const isOffline = argv.some((word) => WITHOUT_CONTROLLER.has(word));
    return cli([...argv, ...(isOffline ? [] : ["--server", this.#server.url])], {
      env: { GRANTKEEPER_TOKEN: TOKEN, NO_COLOR: "1" },
      clock: IMPATIENT,
      installation: { aws: async () => readsOf(this.#installation) },
    });
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

function serverOf({ control }: Installation): Promise<HttpServer> {
  return startHttp({
    host: "127.0.0.1",
    port: 0,
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
    clock: CLOCK,
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
