import { afterEach } from "@jest/globals";
import { cli, type CliRun, type CliSetting } from "./cli.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "./http-server.ts";

/** Runs commands against a controller with a given state; the server of a test starts with its first command. */
export class ApiCli {
  server: TestServer | null = null;

  constructor() {
    afterEach(async () => {
      await this.server?.close();
      this.server = null;
    });
  }

  async start(...options: Parameters<typeof startTestServer>): Promise<TestServer> {
    this.server = await startTestServer(...options);
    return this.server;
  }

  async run(
    argv: readonly string[],
    options: Parameters<typeof startTestServer>[0] = {},
    setting: CliSetting = {},
  ): Promise<CliRun> {
    const { url } = this.server ?? (await this.start(options));
    return cli([...argv, "--server", url], {
      env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN, NO_COLOR: "1" },
      ...setting,
    });
  }
}
