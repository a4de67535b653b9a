import { describe, expect, test } from "@jest/globals";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { UNDO_SUBJECT, undoPlansOf } from "../../support/screens/undo-plans.ts";

const api = new ApiCli();
const TARGET = "orders/orders-api@prod";
const digits = UNDO_SUBJECT.slice("sha256:".length);

describe("adopt --undo", () => {
  test("shows the plan within 80 columns, with the command that orders it, and orders nothing", async () => {
    const { code, out } = await api.run(
      ["adopt", TARGET, "--undo"],
      { state: { undoPlans: undoPlansOf() } },
      { terminal: { isTerminal: true, columns: 80 } },
    );

    expect(code).toBe(0);
    expect(out).toMatch(/^The adoption of 1 function would be undone: 1 call; 2 left as they are\n/);
    expect(out).toContain("! role orders-shared: its tags changed");
    expect(out).toContain("hint:  set another role by hand");
    expect(out).toContain(`grantkeeper adopt ${TARGET} --undo --reason TEXT \\\n    --yes ${digits}\n`);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(api.server?.control.commands).toEqual([]);
  });

  test("ends with exit code 3 if all is refused, and names no command", async () => {
    const plans = undoPlansOf().plans.filter(({ finding }) => finding.kind !== "planned");

    const { code, out } = await api.run(["adopt", TARGET, "--undo"], {
      state: { undoPlans: { subject: null, plans } },
    });

    expect(code).toBe(3);
    expect(out).toMatch(/^Nothing would be undone\n/);
    expect(out).not.toContain("--yes");
  });

  test.each([
    { argv: ["adopt", TARGET], because: "there is no --undo" },
    { argv: ["adopt", TARGET, "--undo", "--yes", digits], because: "there is no reason" },
  ])("is an error if $because", async ({ argv }) => {
    const { code, err } = await api.run(argv);

    expect(code).not.toBe(0);
    expect(err).toMatch(/^error: .*\nhint:  /);
    expect(api.server?.control.commands).toEqual([]);
  });
});
