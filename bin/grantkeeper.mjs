#!/usr/bin/env node
import { launchOwn, launchSmall } from "./launch.mjs";

const args = process.argv.slice(2);
await (args[0] === "run" ? launchSmall : launchOwn)("src/main", args);
