import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile, NO_FLAGS, SMALLEST } from "./config-file.ts";
import { loadConfig } from "../../../src/config/load-config.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

describe("the text of the configuration file", () => {
  test.each([
    { text: SMALLEST.replaceAll("\n", "\r\n"), because: "Windows line ends" },
    { text: `\ufeff${SMALLEST.trimStart()}`, because: "a byte order mark" },
  ])("is the same with $because", ({ text }) => {
    const { file: _, ...config } = configFile.loaded({ text });
    const { file: __, ...unix } = configFile.loaded({ text: SMALLEST });

    expect(config).toEqual(unix);
  });

  test.each([
    { text: `${SMALLEST.trimEnd()}\r`, at: "6:60", name: "U+000D", because: "it has no line end" },
    {
      text: SMALLEST.replace("state\n", "state\u0085\n"),
      at: "3:16",
      name: "U+0085",
      because: "it has a next-line character",
    },
    {
      text: SMALLEST.replace(": state", ': "state\\r"'),
      at: "3:11",
      name: "U+000D",
      because: "it is escaped",
    },
    {
      text: SMALLEST.replace(": main", ": |\n      main"),
      at: "5:11",
      name: "U+000A",
      because: "it is in a block",
    },
  ])("may not contain $name: $because", ({ text, at, name }) => {
    const [problem, ...more] = configFile.problems({ text });

    expect(more).toEqual([]);
    expect(problem?.where).toMatch(new RegExp(`grantkeeper\\.yaml:${at}( |$)`));
    expect(problem?.message).toContain(name);
    expect(problem?.message).toMatch(/^the (character|value) /);
  });

  test("has no anchors and aliases, and each is named with its place", () => {
    const text = `${SMALLEST.replace("prod-1", "&name prod-1")}alerts: [*name]\nsweep: *name\n`;

    expect(configFile.problems({ text }).map(({ where, message, fix }) => [where, message, fix])).toEqual([
      [
        `${join(configFile.folder, "grantkeeper.yaml")}:2:17 instance`,
        "anchors (&name) are not allowed",
        "remove the anchor",
      ],
      [
        `${join(configFile.folder, "grantkeeper.yaml")}:7:10 alerts[0]`,
        "aliases (*name) are not allowed",
        "write the value here",
      ],
      [
        `${join(configFile.folder, "grantkeeper.yaml")}:8:8 sweep`,
        "aliases (*name) are not allowed",
        "write the value here",
      ],
    ]);
  });

  test("is UTF-8", () => {
    const file = join(configFile.folder, "grantkeeper.yaml");
    writeFileSync(file, Buffer.from("instance: prod-1\nstateDir: \xff\n", "latin1"));
    const result = loadConfig({ file, env: {}, flags: NO_FLAGS });

    expect(result).toMatchObject({
      kind: "err",
      error: [
        { where: `${file}:2:1`, message: "the file is not UTF-8 at byte 27", fix: "save the file as UTF-8" },
      ],
    });
  });
});
