import { z } from 'zod';
import { Failure, toFailure } from '../../domain/failure.js';
import type { ScheduledClass } from '../../domain/schedule.js';
import type { ButtonPress, SlackRequest, SlashCommand } from '../../source/slack/slack-request.js';
import type { SlackApi } from '../../source/slack/slack-api.js';
import type { RecordingViews } from '../../status/recording-views.js';
import type { OnDemandAnswer } from '../../workflow/ingest-on-demand.js';
import {
  escaped,
  meetingBlocks,
  messageSize,
  pageSize,
  type Block,
  type MeetingFacts,
  type MeetingPage,
} from './meeting-blocks.js';
import { readMeetingNumber } from './meeting-number.js';

export interface SlackDesk {
  readonly api: Pick<SlackApi, 'isAllowed'>;
  /** beside direct messages; undefined: none */
  readonly channel: string | undefined;
  readonly views: Pick<RecordingViews, 'ofMeeting'>;
  readonly classes: (meetingId: string) => Promise<readonly ScheduledClass[]>;
  readonly rules: MeetingFacts['rules'];
  /** the installation, for people */
  readonly source: string;
  readonly ingest: (json: unknown) => Promise<OnDemandAnswer>;
  /** Lets a job that failed go on. */
  readonly retry: (job: string) => Promise<unknown>;
}

/** A message to Slack: what answers a command, or what a button brings about. */
export interface SlackMessage {
  readonly response_type: 'ephemeral' | 'in_channel';
  readonly replace_original?: boolean;
  readonly text?: string;
  readonly blocks?: readonly Block[];
}

/** What is to be said, in this order. Never rejects: whoever asked is told what went wrong. */
export async function answerSlack(desk: SlackDesk, request: SlackRequest): Promise<readonly SlackMessage[]> {
  try {
    const refusal = await refusalOf(desk, request);
    if (refusal !== undefined) return [aside(refusal)];
    return request.kind === 'command' ? [await answerCommand(desk, request)] : await answerButton(desk, request);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'internal') return [aside('Something unexpected happened; the log of the server says what.')];
    return [aside(`${failure.message} ${failure.help}`)];
  }
}

async function refusalOf({ api, channel }: SlackDesk, request: SlackRequest): Promise<string | undefined> {
  const what = request.kind === 'command' ? request.command : 'this button';
  if (!(await api.isAllowed(request.userId))) return `You are not authorized to use ${what}.`;
  if (request.channel === 'directmessage' || request.channel === channel) return undefined;
  const where = channel === undefined ? 'a direct message' : `a direct message or in the #${channel} channel`;
  return `${what === 'this button' ? 'This button' : what} can only be used in ${where}.`;
}

async function answerCommand(desk: SlackDesk, { command, text }: SlashCommand): Promise<SlackMessage> {
  if (text === '' || text === 'help') return { response_type: 'ephemeral', blocks: helpBlocks(command) };
  const meetingId = readMeetingNumber(text);
  if (meetingId === undefined)
    return aside(
      `${JSON.stringify(text.slice(0, 60))} is no Zoom meeting ID: 9, 10 or 11 digits, as in \`${command} 123 456 7890\`.`,
    );
  const page = { newestStartTime: undefined, startIndex: 0, count: pageSize };
  // Messages for one alone cannot be changed, and the button changes them.
  return { response_type: 'in_channel', blocks: await blocksOf(desk, meetingId, page) };
}

function helpBlocks(command: string): Block[] {
  const lines = [
    `*\`${command} [meeting ID]\`* shows the latest recordings of a Zoom meeting, and how far their ingests are.`,
    `Example: \`${command} 123 456 7890\``,
    'What failed has a button to retry, and what was ignored one to ingest it.',
  ];
  return [{ type: 'section', text: { type: 'mrkdwn', text: lines.join('\n') } }];
}

async function blocksOf(desk: SlackDesk, meetingId: string, page: MeetingPage): Promise<Block[]> {
  const { views, classes, rules, source } = desk;
  const [recordings, ofMeeting] = await Promise.all([views.ofMeeting(meetingId), classes(meetingId)]);
  return meetingBlocks({ meetingId, recordings, classes: ofMeeting, rules, source }, page);
}

const count = z.int().min(0).max(1_000_000);
const valueSchema = z.union([
  z.object({
    ...{ version: z.number(), mid: z.int().min(0).transform(String), newest_start_time: z.string() },
    ...{ count, start_index: count },
  }),
  z.object({ version: z.literal(1), retry: z.string().min(1) }),
  z.object({ version: z.literal(1), ingest: z.string().min(1), series: z.string() }),
]);

async function answerButton(desk: SlackDesk, { value, blocks, userId }: ButtonPress): Promise<SlackMessage[]> {
  const read = valueSchema.safeParse(value);
  if (!read.success) return [];
  const wanted = read.data;
  if ('mid' in wanted) return nextPage(desk, wanted, blocks as Block[]);
  if ('retry' in wanted) {
    await desk.retry(wanted.retry);
    return [aloud(userId, 'let the ingest go on from the step that failed.')];
  }
  const { status, message, reason } = await desk.ingest({ uuid: wanted.ingest, oc_series_id: wanted.series });
  if (status !== 200) throw new Failure('conflict', message);
  if (reason !== undefined) return [aside(`There is nothing to ingest: ${reason}`)];
  return [aloud(userId, `asked for the ingest into series ${wanted.series}.`)];
}

/** Two more in the same message, or, when that has as many as it may, a message of their own. */
async function nextPage(
  desk: SlackDesk,
  { mid, newest_start_time: newestStartTime, count: shown, start_index: startIndex }: PageWish,
  blocks: readonly Block[],
): Promise<SlackMessage[]> {
  if (shown % messageSize !== 0) {
    const more = await blocksOf(desk, mid, { newestStartTime, startIndex, count: shown + pageSize });
    return [{ response_type: 'in_channel', replace_original: true, blocks: more }];
  }
  const next = await blocksOf(desk, mid, { newestStartTime, startIndex: startIndex + shown, count: pageSize });
  return [
    // Without its divider and button.
    { response_type: 'in_channel', replace_original: true, blocks: blocks.slice(0, -2) },
    { response_type: 'in_channel', replace_original: false, blocks: next },
  ];
}

type PageWish = Extract<z.output<typeof valueSchema>, { mid: string }>;

/** For whoever asked alone. */
function aside(text: string): SlackMessage {
  return { response_type: 'ephemeral', replace_original: false, text: escaped(text) };
}

function aloud(userId: string, did: string): SlackMessage {
  return { response_type: 'in_channel', replace_original: false, text: `<@${userId}> ${escaped(did)}` };
}
