#!/usr/bin/env node
import { main } from '../scripts/run.mjs';

main('tagwright', process.argv.slice(2));
