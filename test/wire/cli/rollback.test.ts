import { describe, expect, test } from "@jest/globals";
import { ApiCli } from "../../support/screens/api-cli.ts";

const api = new ApiCli();

describe("rollback", () => {
  test("puts an older revision in force, and names its end and how to end it", async () => {
    const { code, out } = await api.run(["rollback", "main@1111111", "--for", "2h", "--reason", "INC-1"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^rolled back main: main@1111111 instead of main@2222222, until /);
    expect(out).toContain(
      "\nnote:  its plans may wait for an approval or a change window: grantkeeper get approvals\n",
    );
    expect(out).toMatch(/\nhint: {2}grantkeeper rollback --end --reason TEXT\n$/);
    expect(api.server?.control.commands).toMatchObject([
      { name: "rollback", request: { namespace: null, revision: "main@1111111", reason: "INC-1" } },
    ]);
  });

  test("of a namespace is ended with its name", async () => {
    const made = await api.run(["rollback", "11111111", "-n", "orders", "--for", "1h", "--reason", "x"]);
    const ended = await api.run(["rollback", "--end", "-n", "orders", "--reason", "over"]);

    expect(made.out).toContain("grantkeeper rollback --end -n orders --reason TEXT");
    expect(ended.out).toBe(
      "ended the rollback of main to main@1111111: the newest revision is fetched, and applied unless it is held or refused\n",
    );
  });

  test.each([
    { argv: ["rollback", "--for", "2h"], expected: "name the revision" },
    {
      argv: ["rollback", "main@1111111"],
      expected: "add --for and a duration, such as --for 2h (at most 7d)",
    },
    { argv: ["rollback", "main@1111111", "--end"], expected: "--end takes neither a revision nor --for" },
    { argv: ["rollback", "--end", "--for", "2h"], expected: "--end takes neither a revision nor --for" },
  ])("$argv is rejected before any request", async ({ argv, expected }) => {
    const { code, err } = await api.run([...argv, "--reason", "x"]);

    expect(code).toBe(1);
    expect(err).toContain(expected);
    expect(api.server?.control.commands).toEqual([]);
  });
});
