import type { IngestRequest } from '../../domain/work-request.js';
import type { Recording } from '../../domain/recording.js';
import type { StoredRecordingFile } from '../../domain/stored-recording-file.js';
import type { IngestPlan, PlanInput, PlannedElement } from './ingest-plan.js';
import type { LateTranscript } from './late-transcripts.js';
import type { OpencastWorkflow } from './opencast.js';

/** Makes recordings events of an Opencast. What may be repeated is safe to repeat; a start is never made twice. */
export interface EventPublisher {
  /**
   * Before anything is moved: are there the series and the workflow, and is the recording an event already?
   * @throws Failure opencast_series_unknown, opencast_workflow_unknown, and those of Opencast
   */
  check(request: IngestRequest, signal: AbortSignal): Promise<CheckedRequest>;
  /** Pure. Undefined when the recording has nothing to see or to hear. */
  plan(input: PlanInput): IngestPlan | undefined;
  /** @throws Failure opencast_busy while it takes in as many tracks as it should */
  awaitPlace(signal: AbortSignal): Promise<void>;
  /** Begins a media package; without effect where all goes in one request. */
  open(plan: IngestPlan, signal: AbortSignal): Promise<Draft>;
  add(draft: Draft, element: PlannedElement, signal: AbortSignal): Promise<Draft>;
  /** Starts the workflow, or finds that it was started. */
  start(draft: Draft, plan: IngestPlan, of: LedgerFacts, effect: Effect): Promise<{ workflowId: string }>;
  /** The workflow that worked on the event last; undefined when Opencast knows none (any more). */
  latestWorkflow(mediaPackageId: string, signal: AbortSignal): Promise<OpencastWorkflow | undefined>;
  /** Has Opencast published it, beyond its own use? */
  isPublished(mediaPackageId: string, signal: AbortSignal): Promise<boolean>;
  /** Transcripts that an event lacks; none where the profile has no captions. @param attached names of the files that are part of it */
  lateTranscripts(recording: Recording, attached: readonly string[]): readonly LateTranscript[];
  /** Adds a late transcript to the event. @param overwrites takes the place of the captions that the event has */
  attachCaptions(
    mediaPackageId: string,
    transcript: { readonly stored: StoredRecordingFile; readonly overwrites: boolean },
    effect: Effect,
  ): Promise<void>;
  /**
   * Starts the workflow that publishes what was attached, where one is set, or finds that it was started since.
   * @param after the latest workflow of the event before it was asked for the first time
   */
  publishCaptions(mediaPackageId: string, after: string | undefined, effect: Effect): Promise<void>;
}

/** What a request has to know that must not be made twice, and that Opencast would take twice. */
export interface Effect {
  readonly signal: AbortSignal;
  /** Asked right before the request: is it still ours to make? @throws when it is another process's by now */
  readonly fence: () => Promise<void>;
}

export interface CheckedRequest {
  /**
   * `none`: to be made. `ours`: we have started it (to be followed). `done`: we had, and Opencast has finished it; `trackingId` names the ingest that
   * made it. `foreign`: somebody else has; `eventId` says where.
   */
  readonly existing:
    | { readonly kind: 'none' }
    | { readonly kind: 'ours'; readonly workflowId: string }
    | { readonly kind: 'done'; readonly trackingId: string }
    | { readonly kind: 'foreign'; readonly eventId: string };
  readonly mediaPackageId: string;
  readonly workflow: string;
  readonly publisher: string | undefined;
  readonly seriesTitle: string | undefined;
}

export interface Draft {
  /** XML, as Opencast wrote it; null where all goes in one request */
  readonly mediaPackage: string | null;
}

export interface LedgerFacts {
  readonly uuid: string;
  readonly trackingId: string;
  /** of the recording's files in the storage */
  readonly prefix: string;
}
