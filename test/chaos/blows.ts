import { appendFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from './crew.js';
import { cutConnections } from './database.js';
import type { ChaosStage } from './stage.js';
import { until } from './until.js';

export interface BlowContext {
  readonly stage: ChaosStage;
  readonly members: readonly Member[];
  readonly databaseUrl: string;
  readonly random: () => number;
}

interface Blow {
  readonly name: string;
  /** of a hundred blows */
  readonly share: number;
  /** Resolves when the next blow may come; what is `aside` goes on while others fall. */
  readonly strike: (context: BlowContext, victim: Member) => Promise<Aftermath> | Aftermath;
}

interface Aftermath {
  readonly aside?: Promise<unknown>;
}

/** milliseconds; some longer than any patience of ours with a silent database */
const awhile = (random: () => number) => (random() < 0.75 ? 3000 + random() * 15_000 : 20_000 + random() * 20_000);

/** milliseconds that a clock is ahead: up to a minute and a half, or behind by as much */
export const wrongBy = (random: () => number) => Math.round((random() - 0.5) * 180_000);

const kill: Blow = {
  name: 'killed',
  share: 60,
  async strike(_, victim) {
    // In the middle of work, not of a start that was just cut short.
    await until(() => victim.url() !== undefined, 60_000, `${victim.role} is ready`).catch(() => undefined);
    await victim.kill();
    return {};
  },
};
const others: readonly Blow[] = [
  { name: 'frozen', share: 10, strike: ({ random }, victim) => ({ aside: victim.freeze(3000 + random() * 15_000) }) },
  { name: 'cut off', share: 10, strike: ({ random }, victim) => ({ aside: victim.cutOff(awhile(random)) }) },
  {
    name: 'connections silent',
    share: 6,
    strike(_, victim) {
      victim.loseConnections();
      return {};
    },
  },
  {
    // Forwards and back, as time services and hypervisors do.
    name: 'clocks set',
    share: 6,
    strike({ random }, victim) {
      victim.setClock(wrongBy(random));
      return {};
    },
  },
  {
    name: 'connections cut',
    share: 6,
    async strike({ databaseUrl }) {
      await cutConnections(databaseUrl);
      return {};
    },
  },
  {
    name: 'database crashed',
    share: 4,
    async strike({ stage }) {
      await stage.cluster.crash();
      return {};
    },
  },
];
const fillDisk: Blow = {
  name: 'disk filled',
  share: 4,
  strike: ({ stage, random }) => ({ aside: fill(stage.smallDisk!, 2000 + random() * 5000) }),
};

/**
 * Blow after blow, until there were as many kills as wanted, each other kind once, and the time is over.
 * @param counts of each kind, kept up to date
 */
export async function disturb(
  context: BlowContext,
  wanted: { readonly kills: number; readonly seconds: number },
  { counts, signal }: { readonly counts: Map<string, number>; readonly signal: AbortSignal },
): Promise<void> {
  const { stage, members, random } = context;
  const all = [kill, ...others, ...(stage.smallDisk === undefined ? [] : [fillDisk])];
  const end = Date.now() + wanted.seconds * 1000;
  const pauseMs = (wanted.seconds * 1000) / Math.max(1, wanted.kills) / 2;
  const count = ({ name }: Blow) => counts.get(name) ?? 0;
  const missing = () => all.filter((blow) => count(blow) < (blow === kill ? wanted.kills : 1));
  const aside: Promise<unknown>[] = [];
  while (!signal.aborted && (Date.now() < end || missing().length > 0)) {
    await sleep(pauseMs * (0.5 + random()));
    const victim = members[Math.floor(random() * members.length)]!;
    // When the time is over, what is missing.
    const blow = drawn(Date.now() < end ? all : missing(), random);
    if (blow === kill && count(kill) >= wanted.kills) continue;
    const aftermath = await blow.strike(context, victim);
    counts.set(blow.name, count(blow) + 1);
    if (aftermath.aside) aside.push(aftermath.aside);
  }
  await Promise.all(aside);
}

/** One of them, as often as its share says. */
function drawn(blows: readonly Blow[], random: () => number): Blow {
  let left = random() * blows.reduce((sum, { share }) => sum + share, 0);
  return blows.find(({ share }) => (left -= share) < 0) ?? kill;
}

async function fill(folder: string, ms: number): Promise<void> {
  const file = path.join(folder, 'filler');
  const piece = Buffer.alloc(1 << 26);
  for (let full = false; !full;)
    full = await appendFile(file, piece).then(
      () => false,
      () => true,
    );
  await sleep(ms);
  await rm(file, { force: true });
}
