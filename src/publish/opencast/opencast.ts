import type { UploadFile } from './multipart.js';
import type { SeriesTerms } from './dublin-core.js';
import type { StartedWorkflow } from './opencast-xml.js';

/**
 * What we ask of an Opencast, one verb for each of its requests (ingest REST, external API 1.x, workflow, series and services endpoints).
 * Every verb throws Failure opencast_unavailable, opencast_forbidden or opencast_refused as `opencast-http` says.
 */
export interface Opencast {
  /** The user that we are to it. */
  whoAmI(signal?: AbortSignal): Promise<string>;
  /** `/series/{id}.json`; undefined when there is none. @throws Failure opencast_forbidden also when the user may not read this one */
  series(id: string, signal?: AbortSignal): Promise<SeriesTerms | undefined>;
  /** The series' own catalog as XML. */
  seriesCatalog(id: string, signal?: AbortSignal): Promise<string>;
  hasWorkflowDefinition(id: string, signal?: AbortSignal): Promise<boolean>;
  /** From the search index, which lags behind; undefined when it is not there (yet). */
  event(id: string, signal?: AbortSignal): Promise<OpencastEvent | undefined>;
  eventsBySource(source: string, signal?: AbortSignal): Promise<readonly OpencastEvent[]>;
  /** Workflows of a media package, the latest last; straight from Opencast's database. */
  workflowsOf(mediaPackageId: string, signal?: AbortSignal): Promise<readonly OpencastWorkflow[]>;
  workflow(id: string, signal?: AbortSignal): Promise<OpencastWorkflow | undefined>;
  /** Ingests that Opencast works on now: tracks that it fetches or takes in. */
  runningIngests(signal?: AbortSignal): Promise<number>;

  createMediaPackage(id: string, signal?: AbortSignal): Promise<MediaPackageXml>;
  addCatalog(mediaPackage: MediaPackageXml, dublinCore: string, signal?: AbortSignal): Promise<MediaPackageXml>;
  /** By address, which Opencast fetches before it answers, or with the bytes. Answers the media package with the element in it. */
  addElement(mediaPackage: MediaPackageXml, element: NewElement, signal?: AbortSignal): Promise<MediaPackageXml>;
  /** Starts the workflow. @throws Failure conflict when one runs on the media package already */
  ingest(mediaPackage: MediaPackageXml, start: WorkflowStart, signal?: AbortSignal): Promise<StartedWorkflow>;
  /** Metadata, media and start in one request that lasts until Opencast has fetched all. @throws Failure conflict as `ingest` */
  addMediaPackage(whole: WholeMediaPackage, signal?: AbortSignal): Promise<StartedWorkflow>;
  /** Removes what a media package that will not be ingested has taken up. */
  discard(mediaPackage: MediaPackageXml, signal?: AbortSignal): Promise<void>;

  /** A track for an event that is there already; `overwrites`: in place of all its tracks of that flavor. @throws Failure conflict while a workflow runs on it; not_found */
  addTrackToEvent(eventId: string, track: UploadFile, facts: AddedTrackFacts, signal?: AbortSignal): Promise<void>;
  /** @throws Failure conflict while another runs; not_found */
  startWorkflow(eventId: string, start: WorkflowStart, signal?: AbortSignal): Promise<{ id: string }>;
}

/** As Opencast wrote it; goes back to it unchanged. */
export type MediaPackageXml = string;

export interface WorkflowStart {
  readonly workflow: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface TrackFacts {
  readonly flavor: string;
  readonly tags: readonly string[];
}

export interface AddedTrackFacts extends TrackFacts {
  readonly overwrites: boolean;
}

export interface NewElement extends TrackFacts {
  readonly kind: 'track' | 'attachment';
  readonly media: ElementMedia;
}

/** `url` must end in a name with an extension (its query aside) and answer 200 to anybody for as long as Opencast needs. */
export type ElementMedia =
  { readonly kind: 'url'; readonly url: string } | { readonly kind: 'upload'; readonly file: UploadFile };

export interface WholeMediaPackage extends WorkflowStart {
  /** Dublin Core terms, the identifier first. */
  readonly terms: readonly (readonly [string, string])[];
  readonly seriesCatalog: string | undefined;
  readonly elements: readonly NewElement[];
}

export interface OpencastEvent {
  readonly id: string;
  readonly title: string;
  /** of its latest workflow: RUNNING, SUCCEEDED, FAILED, ... or empty */
  readonly processingState: string;
  /** names of channels that it is published in */
  readonly publications: readonly string[];
}

export interface OpencastWorkflow {
  readonly id: string;
  readonly definition: string;
  readonly state: WorkflowState;
  /** The operation that runs, or that failed: a description for people. */
  readonly operation: string | undefined;
  /** done and in all */
  readonly operations: { readonly done: number; readonly total: number };
}

/** org.opencastproject.workflow.api.WorkflowInstance.WorkflowState */
export type WorkflowState = 'INSTANTIATED' | 'RUNNING' | 'PAUSED' | 'SUCCEEDED' | 'FAILED' | 'FAILING' | 'STOPPED';
