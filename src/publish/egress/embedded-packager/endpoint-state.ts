import { createHash } from 'node:crypto';
import type { InventoryObject } from '../../../domain/inventory.js';
import type { PackagingConfiguration } from '../../../domain/packaging-configuration.js';
import type { ObjectStore } from '../../../storage/object-store.js';
import { filePeriods, planPresentation, type Presentation, type SegmentFacts } from '../../../packager/packager.js';
import { surveyDestination, takePossession, type EndpointWork, type Survey } from './destination.js';
import { journalWriter, removeJournal, type JournalWriter } from '../../../transfer/journal.js';
import type { SourceIndex } from './packaging-engine.js';

/** Raise when the packager makes other bytes of the same source and configuration: endpoints of earlier versions are then made anew. */
const packagingRevision = 3;

export interface EndpointRequest {
  readonly assetId: string;
  readonly configuration: PackagingConfiguration;
  /** Key prefix in the store, without trailing slash. */
  readonly destination: string;
}

/** An endpoint while it is being made. */
export interface EndpointState {
  readonly work: EndpointWork;
  readonly presentation: Presentation;
  readonly survey: Survey;
  readonly journal: JournalWriter;
  /** What is in place, by key: verified from earlier runs, or made now. */
  readonly made: Map<string, InventoryObject>;
  /** Of each segment that goes into a file, that file's key. */
  readonly fileOf: ReadonlyMap<string, string>;
}

/** Plans the endpoint and looks at its folder; changes nothing. @throws PackagerError, Failure destination_occupied */
export async function openEndpoint(
  store: ObjectStore,
  { index, fingerprint }: SourceIndex,
  request: EndpointRequest,
  signal?: AbortSignal,
): Promise<EndpointState> {
  const presentation = planPresentation(index, request.configuration);
  const files = filePeriods(presentation);
  const work: EndpointWork = {
    at: { store, folder: request.destination },
    subject: `${request.assetId}/${request.configuration.Id}`,
    fingerprint: endpointFingerprint(fingerprint, request.configuration),
    keys: [
      ...presentation.initSegments.map(({ name }) => name),
      ...presentation.tasks.flatMap(({ outputs }) => outputs.map(({ name }) => name)),
      ...files.map(({ file }) => file.name),
    ],
  };
  const survey = await surveyDestination(work, signal);
  return {
    work,
    presentation,
    survey,
    journal: journalWriter(work.at, work.fingerprint),
    made: new Map(survey.intact),
    fileOf: new Map(files.flatMap(({ file, segments }) => segments.map(({ name }) => [name, file.name] as const))),
  };
}

/** Makes the folder ready to be written to, unless nothing is to be done there. */
export async function beginEndpoint({ work, survey }: EndpointState): Promise<void> {
  if (survey.state !== 'complete') await takePossession(work, survey);
  else if (survey.hasJournal) await removeJournal(work.at);
}

/** It is in place: by itself, or in the file that it goes into. */
export function isMade({ made, fileOf }: EndpointState, segment: string): boolean {
  return made.has(segment) || made.has(fileOf.get(segment) ?? '');
}

/** What manifests need to know of every segment, whether it lies by itself or in a file. */
export function segmentFacts({ presentation, made }: EndpointState): SegmentFacts {
  const inFiles = filePeriods(presentation).flatMap(({ file, segments }) => {
    const facts = made.get(file.name)?.segments ?? [];
    return segments.flatMap(({ name }, index) => {
      const fact = facts[index];
      return fact ? [[name, fact] as const] : [];
    });
  });
  return new Map([...made, ...inFiles]);
}

/** What is known of an object that is in place. */
export function objectOf({ made }: EndpointState, key: string): InventoryObject {
  const object = made.get(key);
  if (!object) throw new Error(`no task made ${key}`);
  return object;
}

/** Names, tags and what AWS reports of a configuration have no influence on what is made. */
function endpointFingerprint(source: string, configuration: PackagingConfiguration): string {
  const { CmafPackage, DashPackage, HlsPackage, MssPackage } = configuration;
  const made = sortKeys({ CmafPackage, DashPackage, HlsPackage, MssPackage });
  return createHash('sha256')
    .update(JSON.stringify([packagingRevision, source, made]))
    .digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}
