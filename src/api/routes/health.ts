import { z } from 'zod';
import { readinessSchema } from '../contract.js';
import type { ApiServer } from '../http-types.js';

/** One thing that must work for the server to be of use. */
export interface HealthCheck {
  readonly name: string;
  /** Resolves when it works; throws what is wrong. */
  run(signal: AbortSignal): Promise<void>;
}

/** milliseconds; a check that hangs is a check that fails */
export const checkTimeout = 5000;

/** `/healthz`: the process answers. `/readyz`: what it needs answers too (503 when not, and while it stops). */
export function healthRoutes(
  app: ApiServer,
  { checks, version }: { checks: readonly HealthCheck[]; version: string },
): void {
  const quiet = { logLevel: 'warn' } as const;
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });

  app.get(
    '/healthz',
    {
      ...quiet,
      schema: {
        summary: 'The process answers',
        tags: ['health'],
        response: { 200: z.object({ alive: z.literal(true), version: z.string() }) },
      },
    },
    () => ({ alive: true as const, version }),
  );

  app.get(
    '/readyz',
    {
      ...quiet,
      schema: {
        summary: 'Database and storage answer',
        tags: ['health'],
        response: { 200: readinessSchema, 503: readinessSchema },
      },
    },
    async (_, reply) => {
      const results = await runChecks(checks);
      const ready = !stopping && results.every((result) => result.ok);
      return reply.code(ready ? 200 : 503).send({ ready, checks: results });
    },
  );
}

/** All at once; none throws. */
export function runChecks(checks: readonly HealthCheck[]): Promise<{ name: string; ok: boolean; message: string }[]> {
  return Promise.all(checks.map(runCheck));
}

async function runCheck(check: HealthCheck): Promise<{ name: string; ok: boolean; message: string }> {
  const { name } = check;
  const signal = AbortSignal.timeout(checkTimeout);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${checkTimeout / 1000} s`)), {
      once: true,
    });
  });
  try {
    await Promise.race([check.run(signal), late]);
    return { name, ok: true, message: 'ok' };
  } catch (error) {
    return { name, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
