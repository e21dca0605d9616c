import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/config/config.js';
import { startServer } from '../../src/cli/serve.js';
import { openLog } from '../../src/log.js';
import { jobIdOfIngest } from '../../src/domain/work-request.js';
import { ingestOfLesson, quick, submitLesson } from './recordings-lesson.js';

/**
 * A Reelway for tests that kill it: takes the lesson when told to, says `ready` and where, works until the lesson is in Opencast, then says `done`. Told
 * to serve, it goes on until it is ended.
 * Its argument is JSON.
 */
const { environment, submit, serve } = JSON.parse(process.argv[2] ?? '') as {
  environment: Record<string, string>;
  submit: boolean;
  serve?: boolean;
};
const config = readConfig(environment);
// After a kill jobs go on before the server listens again, from which Opencast fetches.
const recordingsTimes = { ...quick, patience: { attempts: 1000, pauseMs: 20, longestPauseMs: 200 } };
const server = await startServer({ config, environment }, openLog({ level: config.LOG_LEVEL }), { recordingsTimes });
if (submit) await submitLesson(server.services);
process.stdout.write(`ready ${server.url}\n`);
if (serve) await server.lost;
await server.services.engine.result(jobIdOfIngest(ingestOfLesson()));
process.stdout.write('done\n');
// A stopped server takes nothing new: what is to be told waits for the next start.
const { jobs } = server.services.engine;
const untold = async () => (await jobs.list({ kind: ['tell'], status: ['queued', 'running'], parent: 'any' })).jobs;
while ((await untold()).length > 0) await sleep(50);
await server.stop();
