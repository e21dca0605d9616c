import { runProgram } from './cli/program.js';

process.exitCode = await runProgram(process.argv.slice(2));

// The work is done and reported; a connection that a library keeps alive must not hold the prompt back.
const lingerMilliseconds = 2000;
setTimeout(() => process.exit(), lingerMilliseconds).unref();
