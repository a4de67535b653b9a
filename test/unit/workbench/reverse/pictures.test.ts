import { describe, expect, test } from "@jest/globals";
import type { AccessMap } from "../../../../src/model/answers/questions/access-map.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { dotText } from "../../../../src/workbench/reverse/dot.ts";
import { mermaidText } from "../../../../src/workbench/reverse/mermaid.ts";
import { svgText } from "../../../../src/workbench/reverse/svg.ts";

const KEY = "function/111122223333/eu-west-1/orders/a" as Key;

function mapWith(label: string, what = "sqs send", details: readonly string[] = []): AccessMap {
  return {
    nodes: [
      { id: KEY, kind: "function", label: "orders/a@prod/eu-west-1", name: "orders/a", key: KEY, arn: null },
      { id: "q", kind: "resource", label, name: label, key: null, arn: "q" },
    ],
    edges: [{ from: KEY, to: "q", what, on: label, details, state: "undeclared", actions: [], accounts: [] }],
    unknown: [],
  };
}

const HOSTILE = [
  `"]; evil[label="x`,
  `</text><script>alert(1)</script>`,
  `a\nb\r\tc\u0000\u001b[31m`,
  `\\" -> "x`,
  `#quot; & < > ' \` %%{init: {}}%%`,
  "|end|-->|",
];

describe("a name from a policy cannot leave its place in", () => {
  test.each(HOSTILE)("a flowchart of Mermaid: %j", (name) => {
    const lines = mermaidText(mapWith(name, name, [name])).split("\n");

    expect(lines).toHaveLength(5);
    expect(lines[2]).toMatch(/^ {2}n1\[\("[A-Za-z0-9 _.,:/@()*?$#;-]*"\)\]$/);
    expect(lines[3]).toMatch(/^ {2}n0 ==>\|"[A-Za-z0-9 _.,:/@()*?$#;-]*"\| n1$/);
  });

  test.each(HOSTILE)("a graph of Graphviz: %j", (name) => {
    const lines = dotText(mapWith(name, name)).split("\n");

    expect(lines).toHaveLength(7);
    expect(lines[3]).toMatch(/^ {2}"q" \[label="(?:[^"\\]|\\["\\])*", shape=cylinder\];$/);
  });

  test.each(HOSTILE)("an SVG: %j", (name) => {
    const text = svgText(mapWith(name, name));
    const tags = [...text.matchAll(/<\/?([a-z]+)/g)].map(([, tag]) => tag);

    expect(new Set(tags)).toEqual(new Set(["svg", "rect", "g", "path", "text", "title"]));
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
  });
});

test("an arrow shows its state and its conditions, because it would claim too much without them", () => {
  const map = mapWith("queue/orders", "sqs send", ["if aws:SourceVpc StringEquals vpc-1"]);
  const shown = "undeclared: sqs send, if aws:SourceVpc StringEquals vpc-1";

  expect([mermaidText(map), dotText(map), svgText(map)].map((text) => text.includes(shown))).toEqual([
    true,
    true,
    true,
  ]);
});

test("what Git no longer declares has the words of the page, and is not called undeclared", () => {
  const { edges, ...map } = mapWith("queue/orders");
  const removed = { ...map, edges: edges.map((edge) => ({ ...edge, state: "removed" as const })) };

  for (const text of [mermaidText(removed), dotText(removed)]) {
    expect(text).toContain("no longer in Git: sqs send");
    expect(text).not.toContain("undeclared");
  }
});

test("the same map gives the same picture", () => {
  expect(svgText(mapWith("x"))).toBe(svgText(mapWith("x")));
});

describe("the SVG of a bucket that a function reads and that calls it, in two accounts", () => {
  const places = ["111122223333", "444455556666"].map((account) => `in eu-west-1, account ${account}`);
  const labels = places.map(
    (place) => `a1b2c3d4e5/live/POST/a-long-name-of-a-resource-of-the-estate ${place}`,
  );
  const { nodes, edges } = mapWith("");
  const [bucket, other] = labels.map((label) => ({
    id: label,
    kind: "resource" as const,
    label,
    name: label,
    key: null,
    arn: label,
  }));
  const read = { ...edges[0], to: labels[0], what: "s3 read" } as AccessMap["edges"][number];
  const call = { ...read, from: labels[0] ?? "", to: KEY, what: "caller s3" };
  const [ofFunction] = nodes;
  if (ofFunction === undefined || bucket === undefined || other === undefined) throw new Error("no nodes");
  const svg = svgText({ nodes: [ofFunction, bucket, other], edges: [read, call], unknown: [] });

  test("has a head at the end of each arrow, which points to the right and to the left", () => {
    expect([...svg.matchAll(/l(-?\d+) -3 v6 z/g)].map(([, back]) => back)).toEqual(["-8", "8"]);
  });

  test("has no arrow that ends on the words of another one", () => {
    const words = [...svg.matchAll(/<text x="\d+" y="(\d+)" font-size="10"/g)].map(([, y]) => Number(y));
    const ends = [...svg.matchAll(/d="M\d+ (\d+) l8 /g)].map(([, y]) => Number(y));

    expect(ends).toHaveLength(1);
    expect(Math.min(...ends)).toBeGreaterThan(Math.max(...words));
  });

  test("shows the account of each, although their names are cut", () => {
    for (const place of places) expect(svg).toMatch(new RegExp(`… ${place}</text>`));
  });
});
