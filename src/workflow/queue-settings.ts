import { z } from 'zod';
import { listItems, settings } from '../domain/setting.js';
import { queues, type GivenLimits, type QueueLimits, type QueueName } from './queues.js';

const names = Object.keys(queues) as QueueName[];
/** More than this at a time is a slip of the pen. */
const largestLimit = 10_000;

export const queueSettings = settings({
  REELWAY_QUEUE_LIMITS: {
    about: `How many jobs run at a time, by queue (${names.map(defaultOf).join(', ')} unless said otherwise; notices: to each target; managed and waits: of each packaging group). Give all processes the same.`,
    allowed: `a list of queue=in one process, or queue=in one process/on all machines, with whole numbers from 1 to ${largestLimit}: endpoints=2/8`,
    schema: z.string().transform((text, context): GivenLimits => {
      const limits: GivenLimits = {};
      for (const item of listItems(text)) {
        const [, name, perProcess, everywhere] = /^([a-z]+)=(\d{1,5})(?:\/(\d{1,5}))?$/.exec(item) ?? [];
        const numbers = [perProcess, ...(everywhere === undefined ? [] : [everywhere])].map(Number);
        if (!isQueue(name) || name in limits || !numbers.every((number) => number >= 1 && number <= largestLimit)) {
          context.addIssue({ code: 'custom', message: item });
          return z.NEVER;
        }
        limits[name] = {
          perProcess: Number(perProcess),
          ...(everywhere !== undefined && { everywhere: Number(everywhere) }),
        };
      }
      return limits;
    }),
  },
  REELWAY_DRAIN_SECONDS: {
    about:
      'Seconds that running jobs have to end after SIGTERM, before they are handed over to other workers; without DATABASE_URL there are none, and nothing is waited for.',
    allowed: 'a whole number from 0 to 86400',
    default: '20',
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((seconds) => seconds <= 86_400),
  },
});

function defaultOf(name: QueueName): string {
  const { perProcess, said }: QueueLimits = queues[name];
  return `${name}=${said ?? perProcess}`;
}

function isQueue(name: string | undefined): name is QueueName {
  return name !== undefined && (names as string[]).includes(name);
}
