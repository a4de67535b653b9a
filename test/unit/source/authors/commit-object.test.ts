import { expect, test } from "@jest/globals";
import { allAuthors, recordedAuthors } from "../../../../src/model/authors.ts";
import { authorsOf } from "../../../../src/source/authors/commit-object.ts";

const HASH = "1a2b3c4d".repeat(5);

function commit(author: string, message: string, committer = author) {
  const headers = [`tree ${"0".repeat(40)}`, `author ${author}`, `committer ${committer}`, "encoding UTF-8"];
  return new TextEncoder().encode(`${headers.join("\n")}\n\n${message}`);
}

const DANA = "Dana <Dana@Example.com> 1700000000 +0000";
const CLAUDE = { assistant: "Claude", commit: "1a2b3c4d" };

test.each([
  {
    bytes: commit(DANA, "x\n\nCo-authored-by: Lee <lee@example.com>\n"),
    authors: { people: ["dana@example.com", "lee@example.com"], assistants: [], unknown: null },
    because: "the author and the co-authors are people",
  },
  {
    bytes: commit(DANA, "x", "Robin <Robin@Example.com> 1700000000 +0000"),
    authors: { people: ["dana@example.com", "robin@example.com"], assistants: [], unknown: null },
    because: "who rebased or amended it may have put anything into it",
  },
  {
    bytes: commit(DANA, "x", "GitHub <noreply@github.com> 1700000000 +0000"),
    authors: { people: ["dana@example.com"], assistants: [], unknown: null },
    because: "the forge that committed it is no person",
  },
  {
    bytes: commit(DANA, "x", "Robin <> 1700000000 +0000"),
    authors: { people: ["dana@example.com"], assistants: [], unknown: null, isPartial: true },
    because: "a committer without an address is missing in the list",
  },
  {
    bytes: commit(DANA, "x\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n"),
    authors: { people: ["dana@example.com"], assistants: [CLAUDE], unknown: null },
    because: "a person and an assistant wrote it together",
  },
  {
    bytes: commit(DANA, "x", "Claude <noreply@anthropic.com> 1700000000 +0000"),
    authors: { people: ["dana@example.com"], assistants: [CLAUDE], unknown: null },
    because: "an assistant that commits under a person's name",
  },
  {
    bytes: commit("Claude <x@y> <noreply@anthropic.com> 1700000000 +0000", "x"),
    authors: { people: [], assistants: [CLAUDE], unknown: null },
    because: "of several addresses the last one is the author's",
  },
  {
    bytes: commit("Dana <> 1700000000 +0000", "x"),
    authors: { people: [], assistants: [], unknown: null, isPartial: true },
    because: "a person without an address is missing in the list",
  },
  {
    bytes: commit("Dana", "x"),
    authors: {
      people: [],
      assistants: [],
      unknown: "commit 1a2b3c4d states none that can be read",
    },
    because: "a crafted commit without an address",
  },
  {
    bytes: commit(DANA, "x", "Robin"),
    authors: {
      people: ["dana@example.com"],
      assistants: [],
      unknown: "commit 1a2b3c4d states none that can be read",
    },
    because: "a crafted committer does not hide the author",
  },
  {
    bytes: new TextEncoder().encode("tree x"),
    authors: { people: [], assistants: [], unknown: "commit 1a2b3c4d states none that can be read" },
    because: "a crafted commit without headers",
  },
  {
    bytes: commit(DANA, "").subarray(0, -1),
    authors: { people: ["dana@example.com"], assistants: [], unknown: null },
    because: "a commit without a message",
  },
])("the authors of a commit: $because", ({ bytes, authors }) => {
  expect(authorsOf(HASH, bytes)).toEqual(authors);
});

test("the author of a commit stays recorded among any number of co-authors", () => {
  const others = Array.from({ length: 300 }, (_, at) => `Co-authored-by: A <a${at}@example.com>`);
  const commits = ["first", "second"].map((subject) =>
    authorsOf(HASH, commit("Zed <zed@example.com>", `${subject}\n\n${others.join("\n")}`)),
  );
  const more = Array.from({ length: 300 }, (_, at) => authorsOf(HASH, commit(`B <b${at}@example.com>`, "x")));
  const recorded = recordedAuthors(allAuthors([...commits, ...more]), new Set(["zed@example.com"]));

  expect(recorded).toMatchObject({ isPartial: true, people: expect.arrayContaining(["zed@example.com"]) });
  expect(recorded.people).toHaveLength(21);
});
