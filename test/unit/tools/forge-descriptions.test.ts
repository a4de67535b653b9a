import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { differencesOf } from "../../../tools/forges/compared.ts";
import type { DescribedOperation } from "../../../tools/forges/described.ts";
import { factsOf } from "../../../tools/forges/facts.ts";
import type { PublishedApi } from "../../../tools/forges/published.ts";

const text = { type: "string" } as const;
const body = {
  type: "object",
  properties: { body: text, state: { enum: ["opened", "closed"], ...text } },
  required: ["body"],
} as const;
const note = { type: "object", properties: { id: { type: "integer" }, body: text } } as const;

const PARAMETERS_OF_DRAFTS = [
  { in: "query", name: "page" },
  { in: "query", name: "confirm", required: true },
] as const;

/** As `openapi_v3.yaml` has it, and as `openapi_v2.yaml` has the same. */
const THREE: PublishedApi = {
  paths: {
    "/api/v4/projects/{id}/notes/{note_id}": {
      put: {
        operationId: "put",
        parameters: [
          { in: "query", name: "page", description: "a text" },
          { in: "query", name: "unused" },
        ],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Body" } } } },
        responses: {
          "200": { content: { "application/json": { schema: { $ref: "#/components/schemas/Note" } } } },
        },
      },
    },
    "/api/v4/projects/{id}/drafts": {
      put: {
        parameters: PARAMETERS_OF_DRAFTS,
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
        operationId: "put",
        parameters: [
          { in: "query", name: "page", description: "a text" },
          { in: "query", name: "unused" },
          { in: "body", name: "put", schema: { $ref: "#/definitions/Body" } },
        ],
        responses: { "200": { schema: { $ref: "#/definitions/Note" } } },
      },
    },
    "/api/v4/projects/{id}/drafts": {
      put: {
        parameters: [
          ...PARAMETERS_OF_DRAFTS,
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
  {
    because: "a required parameter that may be left out",
    change: { path: "/projects/{id}/drafts" },
    lines: ["the parameter confirm is required, and not described here"],
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

function fixture(name: string): unknown {
  const file = new URL(`../../fixtures/forges/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

const { operations } = fixture("gitlab") as { readonly operations: readonly DescribedOperation[] };
const published = fixture("gitlab-published") as PublishedApi;

test("the description of GitLab differs from the published facts only as its page explains", () => {
  const lines = operations.flatMap((one) =>
    differencesOf(one, published).map((line) => `${one.name}: ${line}`),
  );

  expect(lines).toEqual([
    "getApiV4ProjectsId: the answer.permissions.project_access is not published",
    "getApiV4ProjectsId: the answer.permissions.group_access is not published",
    "getApiV4ProjectsIdMergeRequestsMergeRequestIid: the answer.discussion_locked may be null, which is not published",
    "getApiV4ProjectsIdMergeRequestsMergeRequestIidReviewers: the parameter page is not published",
    "getApiV4ProjectsIdMergeRequestsMergeRequestIidReviewers: the parameter per_page is not published",
    "getApiV4ProjectsIdMergeRequestsMergeRequestIidReviewers: the answer: type array, and object is published",
    "getApiV4ProjectsIdMergeRequestsMergeRequestIidApprovals: the answer.approved_by: type array, and object is published",
    "getApiV4ProjectsIdRepositoryCommitsShaMergeRequests: the answer[].merge_commit_sha may be null, which is not published",
    "getApiV4ProjectsIdRepositoryCommitsShaMergeRequests: the answer[].squash_commit_sha may be null, which is not published",
    "postApiV4ProjectsIdStatusesSha: it answers 201, and 200 is published",
  ]);
});

test("the operations of GitLab have the names that it publishes", () => {
  const names = Object.values(published.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );

  expect(new Set(operations.map(({ name }) => name))).toEqual(new Set(names));
});

test.each([
  { form: "OpenAPI 3", api: THREE },
  { form: "Swagger 2", api: TWO },
])(
  "the facts of $form are what is used and what a request requires, and differ in the same lines",
  ({ api }) => {
    const typed = { ...SAME, query: ["page", "since"], status: 201 };

    const facts = factsOf([typed, { ...SAME, path: "/not-published" }], api);

    expect(facts).toEqual({
      paths: {
        "/api/v4/projects/{id}/notes/{note_id}": {
          put: {
            operationId: "put",
            parameters: [{ in: "query", name: "page", required: false }],
            requestBody: {
              content: {
                "application/json": {
                  schema: { type: "object", required: ["body"], properties: { body: text } },
                },
              },
            },
            responses: {
              "200": {
                content: {
                  "application/json": {
                    schema: { type: "object", properties: { id: { type: "integer" } } },
                  },
                },
              },
            },
          },
        },
      },
    });
    expect(differencesOf(typed, facts)).toEqual(differencesOf(typed, api));
  },
);
