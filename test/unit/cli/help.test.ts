import { describe, expect, test } from "@jest/globals";
import { COMMANDS } from "../../../src/compose/commands.ts";
import { cli } from "../../support/screens/cli.ts";

/** The options that a help text lists: `--reason`, `-n` … */
const listed = (help: string): ReadonlySet<string> => new Set(help.match(/(?<![\w-])--?[a-zA-Z][\w-]*/g));
const named = (line: string): readonly string[] =>
  line.replace(/"[^"]*"/g, "x").match(/(?<=\s)--?[a-zA-Z][\w-]*/g) ?? [];

describe.each(COMMANDS.map(({ name, examples }) => ({ name, examples })))(
  "grantkeeper $name --help",
  ({ name, examples }) => {
    test("explains the command, and shows every example", async () => {
      const { code, out, err } = await cli([...name.split(" "), "--help"]);

      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("Examples:");
      for (const [line] of examples) expect(out).toContain(line);
    });

    test("fits 80 columns", async () => {
      const { out } = await cli([...name.split(" "), "--help"], { terminal: { columns: 80 } });

      expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    });

    test("knows every option of its examples", async () => {
      const { out } = await cli([...name.split(" "), "--help"]);
      const known = listed(out.slice(0, out.indexOf("Examples:")));

      expect(examples.flatMap(([line]) => named(line)).filter((option) => !known.has(option))).toEqual([]);
    });

    test("has examples of this command alone", () => {
      for (const [line] of examples) expect(line.startsWith(`grantkeeper ${name}`)).toBe(true);
    });
  },
);

describe("the command line", () => {
  test.each(["--help", "audit --help", "policy --help"])("fits 80 columns: grantkeeper %s", async (argv) => {
    const { out } = await cli(argv.split(" "), { terminal: { columns: 80 } });

    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("without a command shows the help, and is an error", async () => {
    const { code, err } = await cli([]);

    expect(code).toBe(1);
    expect(err).toContain("Usage: grantkeeper");
  });

  test("answers a typing error with the nearest command", async () => {
    const { code, err } = await cli(["stauts"]);

    expect(code).toBe(1);
    expect(err).toBe(`error: unknown command 'stauts'\nhint:  did you mean "status"?\n`);
  });

  test.each([["waves"], ["waves", "--help"], ["waves", "-h"]])(
    "answers a word that is no command with an error, also with --help: %s",
    async (...argv) => {
      expect(await cli(argv)).toEqual({
        code: 1,
        out: "",
        err: "error: unknown command 'waves'\nhint:  run `grantkeeper --help` for the list of commands\n",
      });
    },
  );

  test("answers an unknown command of a group with an error, also with --help", async () => {
    const { code, err } = await cli(["audit", "vrify", "--help"]);

    expect(code).toBe(1);
    expect(err).toBe(`error: unknown command 'vrify'\nhint:  did you mean "verify"?\n`);
  });

  test("rejects an unknown option", async () => {
    const { code, err } = await cli(["version", "--fast"]);

    expect(code).toBe(1);
    expect(err).toBe(
      "error: unknown option '--fast'\nhint:  run `grantkeeper version --help` for its options and arguments\n",
    );
  });

  test("rejects one operand too many", async () => {
    const { code, err } = await cli(["version", "now"]);

    expect(code).toBe(1);
    expect(err).toContain("too many arguments");
  });

  test("prints its version", async () => {
    expect((await cli(["version"])).out).toBe("grantkeeper 1.2.3\n");
    expect((await cli(["--version"])).out).toBe("1.2.3\n");
  });

  test("prints the schema as JSON", async () => {
    const { out } = await cli(["schema"]);

    expect(JSON.parse(out)).toMatchObject({ title: "Grantkeeper manifest" });
  });
});
