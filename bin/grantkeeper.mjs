#!/usr/bin/env node
import { launchOwn, launchShort, launchSmall } from "./launch.mjs";

const args = process.argv.slice(2);
const launchers = { run: launchSmall, review: launchShort };
await (Object.hasOwn(launchers, args[0]) ? launchers[args[0]] : launchOwn)("src/main", args);
