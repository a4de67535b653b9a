import { describe, expect, test } from "@jest/globals";
import { pressSignIn } from "../../support/screens/browser.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { LOCAL_TOKEN, ORDERS_TOKEN } from "../../support/screens/http-server.ts";

const controller = new ApiCli();

describe("grantkeeper open", () => {
  test("prints a link that signs in, as the system user", async () => {
    const server = await controller.start();
    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN, USER: "dana" };

    const { code, out, err } = await controller.run(["open"], {}, { env });

    expect(code).toBe(0);
    expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/auth\/local\?code=[\w-]{43}\n$/);
    expect(err).toBe("note:  signs in once, within a minute, in a browser on this machine\n");
    expect((await pressSignIn(server, out.trim())).status).toBe(303);
    expect(server.control.sessionFacts).toMatchObject([{ actor: "dana <local>" }]);
  });

  test("signs in as local without the name of a system user", async () => {
    const server = await controller.start();

    const { out } = await controller.run(["open"]);
    await pressSignIn(server, out.trim());

    expect(server.control.sessionFacts).toMatchObject([{ actor: "local" }]);
  });

  test("needs the local token", async () => {
    const { code, out, err } = await controller.run(
      ["open"],
      {},
      { env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN } },
    );

    expect([code, out]).toEqual([4, ""]);
    expect(err).toContain("a link needs the local token");
    expect(err).toContain("run the command as the user who owns the state directory");
  });
});
