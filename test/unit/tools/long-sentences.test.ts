import { expect, test } from "@jest/globals";
import { longSentences } from "../../../tools/words/long-sentences.ts";

const words = (count: number): string => Array.from({ length: count }, () => "word").join(" ");

test.each([
  { page: `A ${words(30)}.`, lines: [1], because: "a sentence of 31 words is long" },
  { page: `A ${words(29)}.`, lines: [], because: "a sentence of 30 words is not" },
  { page: `A ${words(20)}\n${words(20)}.`, lines: [1], because: "a sentence goes on in the next line" },
  { page: `A ${words(20)}.\nB ${words(20)}.`, lines: [], because: "two sentences in two lines are two" },
  {
    page: `A ${words(20)}.\n\nA ${words(20)}\n- ${words(20)}`,
    lines: [],
    because: "a list item is a sentence of its own",
  },
  {
    page: `| a | ${words(31)} |\n| b | ${words(2)} |`,
    lines: [1],
    because: "a cell of a table is a sentence",
  },
  { page: `\`\`\`\n${words(40)}\n\`\`\`\n## ${words(40)}`, lines: [], because: "code and headings are none" },
])("$because", ({ page, lines }) => {
  const found = longSentences(page);

  expect(found.map(({ line }) => line)).toEqual(lines);
});
