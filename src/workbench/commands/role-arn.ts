import { API_VERSION } from "../../api/group.ts";
import { CliError, type ExitCode } from "../../cli/toolbox/cli-error.ts";
import type { ConfigOptions, OutputOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { projectSettings, loadDirectory } from "../project/project.ts";
import { table } from "../../cli/screen/table.ts";
import { matchingDeclared } from "../project/declared-target.ts";
import { targetText } from "../../model/keys/key.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

interface RoleArnOptions extends ConfigOptions, OutputOptions {
  readonly dir: string;
  readonly namespace?: string;
}

/** What a deployer writes as the function's role, known before the role exists. One match prints the bare ARN. */
export async function roleArnCommand(
  target: string | undefined,
  options: RoleArnOptions,
  toolbox: Toolbox,
): Promise<ExitCode> {
  if (target === undefined)
    throw new CliError("get role-arn needs a target", "such as NAMESPACE/NAME@ACCOUNT/REGION");
  const { compilation } = await loadDirectory(options.dir, await projectSettings(options, toolbox), toolbox);
  const bindings = [...compilation.desired.bindings.values()];
  const checkout = { dir: options.dir, namespace: options.namespace ?? null };
  const found = matchingDeclared(target, bindings, checkout).map((binding) => ({
    target: targetText(binding),
    arn: binding.role.arn,
  }));
  const columns = [
    { title: "BINDING", cell: (row: (typeof found)[number]) => row.target },
    { title: "ROLE", cell: (row: (typeof found)[number]) => row.arn },
  ];
  const lines = (): readonly ScreenLine[] =>
    found.length === 1 ? found.map(({ arn }) => arn) : table(columns, found);
  await show(
    {
      value: { apiVersion: API_VERSION, kind: "RoleArnList", items: found },
      lines,
      names: () => found.map(({ arn }) => arn),
    },
    options.output,
    toolbox,
  );
  return 0;
}
