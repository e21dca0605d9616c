import { Failure } from '../../domain/failure.js';
import type { IngestRequest } from '../../domain/work-request.js';
import type { EventLedger } from '../../status/event-ledger.js';
import { choosePublisher } from './publisher.js';
import { episodeCatalog, toldTerms } from './dublin-core.js';
import type { CheckedRequest, Draft, Effect, EventPublisher } from './event-publisher.js';
import { planIngest, type IngestPlan, type PlannedElement } from './ingest-plan.js';
import type { IngestProfile } from './ingest-profile.js';
import { lateTranscripts } from './late-transcripts.js';
import { mediaPackageId, sourceOfRecording } from './media-package-id.js';
import type { MediaAccess } from './media-access.js';
import type { NewElement, Opencast } from './opencast.js';
import { startOnce } from './start-once.js';

export interface OpencastPublisherOptions {
  readonly opencast: Opencast;
  readonly ledger: EventLedger;
  readonly profile: IngestProfile;
  readonly rules: {
    readonly defaultWorkflow: string;
    readonly overridePublisher: string | undefined;
    readonly defaultPublisher: string | undefined;
    readonly minimumMs: number;
    /** tracks that Opencast may be taking in when an ingest begins */
    readonly mostRunningIngests: number;
    readonly captionsWorkflow: string | undefined;
  };
  readonly media: MediaAccess;
  /** milliseconds that a start whose answer was lost may still be under way in Opencast; default a minute, for one request with all media 15 */
  readonly settleMs?: number;
}

export function opencastPublisher(options: OpencastPublisherOptions): EventPublisher {
  const { opencast, ledger, profile, rules, media } = options;
  const oneRequest = profile.request === 'one-request';
  const settleMs = options.settleMs ?? (oneRequest ? 15 : 1) * 60_000;

  async function elementOf({ kind, flavor, tags, key, size }: PlannedElement): Promise<NewElement> {
    return { kind, flavor, tags, media: await media.of(key, size) };
  }

  /** Addresses that only the workflow is told; the last one counts. Without addresses (uploads) there is nothing to tell. */
  async function propertiesOf(plan: IngestPlan): Promise<Record<string, string>> {
    const properties: Record<string, string> = { ...plan.properties };
    for (const { as, key, size } of plan.elements) {
      const chat = as === 'property' ? await media.of(key, size) : undefined;
      if (chat?.kind === 'url') properties.attachmentUri = chat.url;
    }
    return properties;
  }

  async function request(draft: Draft, plan: IngestPlan, { signal, fence }: Effect) {
    const { workflow, properties } = plan;
    if (draft.mediaPackage !== null) {
      const start = { workflow, properties: await propertiesOf(plan) };
      await fence();
      return opencast.ingest(draft.mediaPackage, start, signal);
    }
    const seriesCatalog = profile.seriesCatalog ? await opencast.seriesCatalog(plan.seriesId, signal) : undefined;
    const all = plan.elements.map(async (planned) => ({ as: planned.as, ...(await elementOf(planned)) }));
    const elements = (await Promise.all(all)).filter(({ as, media: { kind } }) => as === 'element' || kind === 'url');
    await fence();
    const whole = { workflow, properties, terms: toldTerms(plan.terms), seriesCatalog, elements };
    return opencast.addMediaPackage(whole, signal);
  }

  return {
    check: (given, signal) => checkRequest(options, given, signal),
    plan: (input) => planIngest(input, { profile, minimumMs: rules.minimumMs }),

    async awaitPlace(signal) {
      const running = await opencast.runningIngests(signal);
      if (running < rules.mostRunningIngests) return;
      throw new Failure(
        'opencast_busy',
        `Opencast takes in ${running} tracks, ${rules.mostRunningIngests} are enough (OC_TRACK_UPLOAD_MAX).`,
        { details: { given: running, allowed: rules.mostRunningIngests } },
      );
    },

    async open(plan, signal) {
      if (oneRequest) return { mediaPackage: null };
      const empty = await opencast.createMediaPackage(plan.mediaPackageId, signal);
      return { mediaPackage: await opencast.addCatalog(empty, episodeCatalog(plan.terms), signal) };
    },

    async add(draft, element, signal) {
      if (draft.mediaPackage === null || element.as === 'property') return draft;
      return { mediaPackage: await opencast.addElement(draft.mediaPackage, await elementOf(element), signal) };
    },

    start: (draft, plan, of, effect) =>
      startOnce(
        { opencast, ledger, settleMs },
        {
          event: { mediaPackageId: plan.mediaPackageId, ...of },
          signal: effect.signal,
          request: () => request(draft, plan, effect),
        },
      ),

    async latestWorkflow(id, signal) {
      const last = (await opencast.workflowsOf(id, signal)).at(-1);
      return last && opencast.workflow(last.id, signal);
    },

    async isPublished(id, signal) {
      const event = await opencast.event(id, signal);
      return event?.processingState === 'SUCCEEDED' && event.publications.some((channel) => channel !== 'internal');
    },

    lateTranscripts: (recording, attached) => (profile.captions ? lateTranscripts(recording, attached) : []),

    async attachCaptions(id, { stored: { key, size }, overwrites }, { signal, fence }) {
      const { captions } = profile;
      if (!captions) return;
      await fence();
      await opencast.addTrackToEvent(id, media.upload(key, size), { ...captions, overwrites }, signal);
    },

    async publishCaptions(id, after, { signal, fence }) {
      const { captionsWorkflow: workflow } = rules;
      if (workflow === undefined) return;
      const since = (await opencast.workflowsOf(id, signal)).filter((each) => Number(each.id) > Number(after ?? -1));
      // A start whose answer was lost, or another transcript's: it publishes all.
      if (since.some(({ definition }) => definition === workflow)) return;
      await fence();
      await opencast.startWorkflow(id, { workflow, properties: {} }, signal);
    },
  };
}

async function checkRequest(
  { opencast, ledger, rules }: OpencastPublisherOptions,
  { uuid, series, opencastWorkflow, allowMultipleIngests }: IngestRequest,
  signal: AbortSignal,
): Promise<CheckedRequest> {
  const workflow = opencastWorkflow ?? rules.defaultWorkflow;
  const found = await opencast.series(series.id, signal);
  if (!found)
    throw new Failure('opencast_series_unknown', `Opencast has no series ${series.id}.`, {
      details: { series: series.id },
    });
  // An unknown one would be no error there: the default workflow would run in its place.
  if (!(await opencast.hasWorkflowDefinition(workflow, signal)))
    throw new Failure('opencast_workflow_unknown', `Opencast has no workflow ${workflow}.`, { details: { workflow } });
  const facts = {
    workflow,
    publisher: choosePublisher({
      override: rules.overridePublisher,
      ofSeries: found.publisher,
      fallback: rules.defaultPublisher,
    }),
    seriesTitle: found.title,
  };
  if (allowMultipleIngests) return { ...facts, existing: { kind: 'none' }, mediaPackageId: crypto.randomUUID() };
  const id = mediaPackageId(uuid);
  return { ...facts, mediaPackageId: id, existing: await existing({ opencast, ledger }, { id, uuid }, signal) };
}

/** Three ways of knowing: our ledger, Opencast's workflows (at once, by id), its index (late, also by source). */
async function existing(
  { opencast, ledger }: Pick<OpencastPublisherOptions, 'opencast' | 'ledger'>,
  { id, uuid }: { id: string; uuid: string },
  signal: AbortSignal,
): Promise<CheckedRequest['existing']> {
  const ours = await ledger.find(id);
  // Opencast may have removed its workflows since.
  if (ours?.state === 'SUCCEEDED') return { kind: 'done', trackingId: ours.trackingId };
  if (ours?.workflowId !== undefined) return { kind: 'ours', workflowId: ours.workflowId };
  const workflows = await opencast.workflowsOf(id, signal);
  const last = workflows.at(-1);
  // A start of ours whose answer was lost.
  if (last && ours?.postedMsAgo !== undefined) return { kind: 'ours', workflowId: last.id };
  if (last || (await opencast.event(id, signal))) return { kind: 'foreign', eventId: id };
  const [event] = await opencast.eventsBySource(sourceOfRecording(uuid), signal);
  return event ? { kind: 'foreign', eventId: event.id } : { kind: 'none' };
}
