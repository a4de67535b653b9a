import { runProcess } from "./compose/cli.ts";

process.exitCode = await runProcess(process.argv.slice(2));
