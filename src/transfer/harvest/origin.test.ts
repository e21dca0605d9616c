import { expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../../test/support/http-server.js';
import { hostLimits } from '../../net/host-limits.js';
import { pace } from '../../net/pace.js';
import { httpClient } from '../../net/request.js';
import { parsePrivateHost } from '../../net/private-hosts.js';
import { originOf, type Answer } from './origin.js';

/** A body that breaks off in the middle. */
function cutting() {
  return loopbackServer((_request, response) => {
    response.writeHead(200, { etag: '"a"', 'content-length': 200_000 }).write(Buffer.alloc(100_000));
    setTimeout(() => response.destroy(), 100);
  });
}

async function readAll(answer: Answer): Promise<void> {
  if (answer.state !== 'found') throw new Error(answer.state);
  const memory = new Uint8Array(200_000);
  for await (const piece of answer.read(() => memory)) void piece;
}

it('is not waited for without end when what was cut gets no place at its host again', async () => {
  const server = await cutting();
  const policy = { privateHosts: [parsePrivateHost(server.host)!] };
  const client = httpClient({ policy, limits: hostLimits({ perHost: 1 }) });
  onTestFinished(() => client.close());
  const origin = originOf({ client, pace: pace({ concurrency: 2 }), ownOrigin: server.origin, restWait: 200 });
  const first = await origin.ask({ url: `${server.origin}/1` });
  // Gets the place as soon as the first is cut, and keeps it: as somebody does who waits for memory that the first has.
  const second = origin.ask({ url: `${server.origin}/2` });
  await expect(readAll(first)).rejects.toMatchObject({ trouble: 'passing', failure: { code: 'source_unavailable' } });
  await expect(readAll(await second)).rejects.toMatchObject({ trouble: 'passing' });
});
