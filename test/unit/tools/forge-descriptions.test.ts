import { expect, test } from "@jest/globals";
import { differencesOf, type PublishedApi } from "../../../tools/forges/compared.ts";
import type { DescribedOperation } from "../../../tools/forges/described.ts";

const text = { type: "string" } as const;
const body = {
  type: "object",
  properties: { body: text, state: { enum: ["opened", "closed"], ...text } },
  required: ["body"],
} as const;
const note = { type: "object", properties: { id: { type: "integer" }, body: text } } as const;

/** As `openapi_v3.yaml` has it, and as `openapi_v2.yaml` has the same. */
const THREE: PublishedApi = {
  paths: {
    "/api/v4/projects/{id}/notes/{note_id}": {
      put: {
        parameters: [{ in: "query", name: "page" }],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Body" } } } },
        responses: {
          "200": { content: { "application/json": { schema: { $ref: "#/components/schemas/Note" } } } },
        },
      },
    },
  },
  components: { schemas: { Body: body, Note: note } },
};
const TWO: PublishedApi = {
  paths: {
    "/api/v4/projects/{id}/notes/{note_id}": {
      put: {
        parameters: [
          { in: "query", name: "page" },
          { in: "body", name: "put", schema: { $ref: "#/definitions/Body" } },
        ],
        responses: { "200": { schema: { $ref: "#/definitions/Note" } } },
      },
    },
  },
  definitions: { Body: body, Note: note },
};

const SAME: DescribedOperation = {
  name: "update",
  method: "PUT",
  path: "/projects/{id}/notes/{id}",
  query: ["page"],
  body: { type: "object", properties: { body: text }, required: ["body"] },
  status: 200,
  answer: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
};

test.each<{ because: string; change: Partial<DescribedOperation>; lines: readonly string[] }>([
  { because: "fields that are left out do not count", change: {}, lines: [] },
  { because: "another path", change: { path: "/notes" }, lines: ["the operation is not published"] },
  {
    because: "another parameter",
    change: { query: ["since"] },
    lines: ["the parameter since is not published"],
  },
  { because: "another status", change: { status: 201 }, lines: ["it answers 201, and 200 is published"] },
  {
    because: "a required field that may be left out",
    change: { body: { type: "object", properties: { body: text } } },
    lines: ["the body.body is required, and may be left out here"],
  },
  {
    because: "a value that no one takes",
    change: {
      body: { type: "object", properties: { state: { enum: ["merged"], ...text } }, required: ["body"] },
    },
    lines: ["the body.state: the value merged is not published"],
  },
  {
    because: "another type, and null",
    change: { answer: { type: "object", properties: { id: { anyOf: [text, { type: "null" }] } } } },
    lines: [
      "the answer.id may be null, which is not published",
      "the answer.id: type string, and integer is published",
    ],
  },
  {
    because: "a list that is published as one of its members",
    change: { answer: { type: "array", items: { type: "object", properties: { author: text } } } },
    lines: ["the answer: type array, and object is published", "the answer[].author is not published"],
  },
])("a typed operation is compared with both forms of a published one: $because", ({ change, lines }) => {
  const typed = { ...SAME, ...change };

  expect([THREE, TWO].map((api) => differencesOf(typed, api))).toEqual([lines, lines]);
});
