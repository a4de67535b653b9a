import type { BranchCommand } from "../../cli/toolbox/branch-command.ts";
import type { DirectoryRequest } from "../../cli/toolbox/toolbox.ts";
import { localRequest } from "./checkout.ts";

export async function createBranch(
  request: DirectoryRequest & BranchCommand,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { createLocalBranch } = await import("../../source/local-branch.ts");
  return createLocalBranch(localRequest(request), request, signal);
}
