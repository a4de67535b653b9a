import { expect, test } from "@jest/globals";
import type { ApiObject } from "../../../src/api/object.ts";
import { tableOf } from "../../../src/http/kubernetes/table.ts";
import { withLazyStatus } from "../../../src/http/present/metadata.ts";

interface Counted extends ApiObject<"Binding"> {
  readonly status: { readonly text: string };
}

function counted(reads: string[]): Counted {
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Binding",
    metadata: { name: "a" },
    get status() {
      reads.push("status");
      return { text: "x" };
    },
  };
}

const COLUMNS = ["First", "Second"].map((name) => ({
  name,
  description: name,
  cell: ({ status }: Counted) => status.text,
}));

test("the status of an object with complete metadata is computed when it is read", () => {
  const reads: string[] = [];
  const item = counted(reads);

  const shown = withLazyStatus(item, { metadata: { name: "b" }, status: () => item.status });

  expect(reads).toEqual([]);
  expect(JSON.parse(JSON.stringify(shown))).toEqual({
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Binding",
    metadata: { name: "b" },
    status: { text: "x" },
  });
  expect(reads).toEqual(["status"]);
});

test("a row of a table is computed when it is read, with one reading of the status for all columns", () => {
  const reads: string[] = [];

  const { rows } = tableOf(COLUMNS, { items: [counted(reads)], metadata: {}, include: "Metadata", nowMs: 0 });

  expect(reads).toEqual([]);
  expect(rows[0]?.cells).toEqual(["x", "x"]);
  expect(reads).toEqual(["status"]);
});
