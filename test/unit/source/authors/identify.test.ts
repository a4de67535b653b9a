import { describe, expect, test } from "@jest/globals";
import { assistantOf, statedAuthors } from "../../../../src/source/authors/identify.ts";

describe("an author or committer", () => {
  test.each([
    { name: "Cursor Agent", mail: "cursoragent@cursor.com", found: "Cursor", because: "its address" },
    { name: "X", mail: " NoReply@Anthropic.com ", found: "Claude", because: "case and spaces do not matter" },
    {
      name: "Copilot",
      mail: "198982749+Copilot@users.noreply.github.com",
      found: "Copilot",
      because: "an account, with any number before it",
    },
    {
      name: "google-labs-jules[bot]",
      mail: "jules@corp.example",
      found: "Jules",
      because: "a bot's name, with another address",
    },
    { name: "Dana Ruiz (aider)", mail: "dana@example.com", found: "aider", because: "aider adds its name" },
    { name: "GPT-5.3-Codex", mail: "x@corp.example", found: "Codex", because: "the name of a model" },
    {
      name: "Ｃursor Agent",
      mail: "x@corp.example",
      found: "Cursor",
      because: "a wide letter is the same letter",
    },
    {
      name: "Claude Paroz",
      mail: "claude@example.fr",
      found: null,
      because: "a person may be called Claude",
    },
    { name: "Claude", mail: "claude@anthropic.com", found: null, because: "a vendor has employees" },
    { name: "Copilot", mail: "copilot@corp.example", found: null, because: "a first name alone is no proof" },
    {
      name: "dependabot[bot]",
      mail: "49699333+dependabot[bot]@users.noreply.github.com",
      found: null,
      because: "other automation writes no permissions of its own",
    },
    { name: "", mail: "", found: null, because: "an empty identity is no assistant" },
  ])("is an assistant or not: $because", ({ name, mail, found }) => {
    expect(assistantOf({ name, mail })).toBe(found);
  });
});

describe("the message of a commit", () => {
  test.each([
    { line: "Co-Authored-By: Claude Opus 4.8 (1M context) <noreply@anthropic.com>", found: ["Claude"] },
    { line: "Co-authored-by: Codex <noreply@openai.com>", found: ["Codex"] },
    { line: "Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>", found: ["Copilot"] },
    { line: "Co-authored-by: aider (gpt-5.4) <aider@aider.chat>", found: ["aider"] },
    { line: "Signed-off-by: Claude <noreply@anthropic.com>", found: ["Claude"] },
    { line: "Assisted-by: Codex:gpt-5.6-sol", found: ["Codex"] },
    { line: "Assisted-by: Acme Agent:v2 coccinelle", found: ["Acme Agent"] },
    { line: "Generated-by: Claude Code", found: ["Claude"] },
    { line: "🤖 Generated with [Claude Code](https://claude.com/claude-code)", found: ["Claude"] },
    { line: "Generated with [opencode](https://opencode.ai)", found: ["opencode"] },
    { line: "Claude-Session: https://claude.ai/code/session_01", found: ["Claude"] },
    { line: "Amp-Thread-ID: https://ampcode.com/threads/T-1", found: ["Amp"] },
    { line: "Replit-Commit-Author: Agent", found: ["Replit"] },
    { line: "Made-with: Cursor", found: ["Cursor"] },
    { line: "* Co-authored-by: Cursor <cursoragent@cursor.com>", found: ["Cursor"] },
    { line: "Replit-Commit-Author: User", found: [] },
    { line: "Assisted-by: Daniel Gustafsson", found: [] },
    { line: "Assisted-by: https://chat.example.com/c/1", found: [] },
    { line: "Author: https://tracker.example.com/dana", found: [] },
    { line: "Signed-off-by: Dana Ruiz, 2026-11-27 10:30", found: [] },
    { line: "Generated-by: protoc:3", found: [] },
    { line: "Signed-off-by: Dana <dana@example.com>", found: [] },
    { line: "Generated with protoc 3", found: [] },
    { line: "fix: the claude-specific workaround for codex", found: [] },
    { line: "[codex] render deltas", found: [] },
  ])("names an assistant or not: $line", ({ line, found }) => {
    for (const message of [
      `fix: x\n\n${line}\n`,
      `fix: x\n\n${line}\n\nmore text\n`,
      `fix: x\r\n${line}\r\n`,
    ])
      expect(statedAuthors(message)).toEqual({ coAuthors: [], assistants: found });
  });

  test("names people as co-authors, but not those who only sign off", () => {
    const message = "x\n\nCo-authored-by: Lee <lee@example.com>\nSigned-off-by: Kim <kim@example.com>\n";

    expect(statedAuthors(message)).toEqual({
      coAuthors: [{ name: "Lee ", mail: "lee@example.com" }],
      assistants: [],
    });
  });

  test("names a co-author without an address in vain", () => {
    expect(statedAuthors("x\n\nCo-authored-by: Lee\n")).toEqual({ coAuthors: [], assistants: [] });
  });
});
