import type { Logger } from 'pino';
import type { LogServices } from './api/routes/logs.js';
import { logControl } from './log.js';
import { debugMode, followDebugMode } from './status/debug-mode.js';
import { startJobLogWriter } from './status/job-log-writer.js';
import { jobLog } from './status/job-log.js';
import type { Database } from './status/database.js';

/** What operators do with the log: that of jobs is kept in the database, which also says when everything is logged. For the wiring. */
export function logServices(tables: Database['tables'], log: Logger): LogServices & { stop(): Promise<void> } {
  const control = logControl(log);
  const mode = debugMode(tables);
  const writer = startJobLogWriter({ tables, subscribe: (listener) => control.onJobLine(listener) });
  const following = followDebugMode(mode, (on) => {
    control.debug(on);
    log.info(on ? 'everything is logged for a while' : 'no longer is everything logged');
  });
  return {
    ...{ jobLog: jobLog(tables), debugMode: mode },
    async stop() {
      following.stop();
      await writer.stop();
    },
  };
}
