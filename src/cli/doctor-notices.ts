import type { Config } from '../config/config.js';
import type { Notice } from '../notify/notice.js';
import type { Check, Finding } from './doctor-finding.js';

/** One check for each target of REELWAY_NOTIFY. Without `sendTest` nobody is told anything: what can be asked before, is. */
export function noticeChecks(config: Config, sendTest: boolean): Check[] {
  const { REELWAY_NOTIFY: targets } = config;
  if (targets.length === 0) return [{ name: 'notices', run: () => Promise.resolve(nobody) }];
  const nameOf = (index: number) =>
    targets.length === 1 ? 'notices' : `notices ${index + 1} (${targets[index]?.kind})`;
  return targets.map((_, index) => ({
    name: nameOf(index),
    async run(): Promise<Finding> {
      const { openNotifiers } = await import('../notices.js');
      const notifier = openNotifiers(config)[index]!;
      const { target } = notifier;
      const checked = await notifier.check?.();
      if (sendTest) await notifier.send(testNotice());
      const sent = sendTest ? [`a test notice was sent to ${target}`] : [];
      const unsure =
        checked === undefined && !sendTest ? [`${target} is told; --send-test shows whether it listens`] : [];
      return { name: nameOf(index), status: 'ok', message: [checked, ...sent, ...unsure].filter(Boolean).join('; ') };
    },
  }));
}

const nobody: Finding = {
  name: 'notices',
  status: 'note',
  message: 'nobody is told',
  help: 'Set REELWAY_NOTIFY to have notices sent.',
};

function testNotice(): Notice {
  const text = 'This is a test of `reelway doctor --send-test`: notices reach you. Nothing has to be done.';
  const id = `doctor:${new Date().toISOString()}`;
  return {
    id,
    subject: 'Reelway: a test notice',
    text,
    data: { Type: 'NOTIFICATION', Message: 'Test notice', Id: id },
  };
}
