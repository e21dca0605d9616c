import type { PlannedOutput, SegmentTask } from '../../../packager/packager.js';
import type { SegmentTarget } from './packaging-engine.js';
import { isMade, type EndpointState } from './endpoint-state.js';

/** Tasks of all endpoints that read the same of the source: it is read and taken apart once for all of them. */
export interface JobTask {
  /** Whose `outputs` say nothing: those of the job task count. */
  readonly task: SegmentTask;
  readonly outputs: readonly JobOutput[];
}

/** One content, under the names that endpoints give it. */
export interface JobOutput {
  readonly output: PlannedOutput;
  readonly places: readonly OutputPlace[];
}

export interface OutputPlace {
  readonly endpoint: EndpointState;
  readonly name: string;
}

interface OpenTask {
  readonly task: SegmentTask;
  readonly outputs: { readonly output: PlannedOutput; readonly places: OutputPlace[] }[];
}

/** Every task of every endpoint, those that read the same as one, in the order of the source. */
export function shareTasks(endpoints: readonly EndpointState[]): JobTask[] {
  const byReading = new Map<string, OpenTask>();
  for (const endpoint of endpoints) {
    for (const task of endpoint.presentation.tasks) {
      const reading = readingOf(task);
      const shared: OpenTask = byReading.get(reading) ?? { task, outputs: [] };
      byReading.set(reading, shared);
      for (const output of task.outputs) addOutput(shared, output, endpoint);
    }
  }
  return inSourceOrder([...byReading.values()]);
}

/** Segments of an MP4 are numbered as each configuration joins them, so their times count, too. */
function readingOf({ rendition, segmentNumber, segments }: SegmentTask): string {
  const starts = segments[0]?.tracks.map(({ start }) => start);
  const ends = segments.at(-1)?.tracks.map(({ end }) => end);
  return `${rendition} ${segmentNumber} ${segments.length} ${starts?.join()} ${ends?.join()}`;
}

function addOutput({ outputs }: OpenTask, output: PlannedOutput, endpoint: EndpointState): void {
  const place = { endpoint, name: output.name };
  const content = contentOf(output);
  const same = outputs.find((candidate) => contentOf(candidate.output) === content);
  if (same) same.places.push(place);
  else outputs.push({ output, places: [place] });
}

/** Outputs that differ only in name are the same bytes. The planner writes the fields of all in one order. */
function contentOf({ name: _, ...content }: PlannedOutput): string {
  return JSON.stringify(content);
}

/** What one endpoint reads in other portions than another goes to where its first segment stands. */
function inSourceOrder(tasks: readonly OpenTask[]): JobTask[] {
  return tasks.toSorted((a, b) => a.task.segmentNumber - b.task.segmentNumber);
}

/** What is left of a task: segments to be made, and those that an endpoint of the job already holds. */
export interface RemainingTask {
  /** With the outputs that are to be made. */
  readonly task: SegmentTask;
  /** One for each output of the task. */
  readonly targets: readonly SegmentTarget[];
  readonly copies: readonly { readonly from: OutputPlace; readonly to: OutputPlace }[];
}

export function remainderOf({ task, outputs }: JobTask): RemainingTask {
  const made: PlannedOutput[] = [];
  const targets: SegmentTarget[] = [];
  const copies: RemainingTask['copies'][number][] = [];
  for (const { output, places } of outputs) {
    const without = places.filter(({ endpoint, name }) => !isMade(endpoint, name));
    const holder = places.find(({ endpoint, name }) => endpoint.made.has(name));
    if (holder) copies.push(...without.map((to) => ({ from: holder, to })));
    else {
      made.push(output);
      targets.push({ places: without.map(({ endpoint, name }) => ({ folder: endpoint.work.at.folder, name })) });
    }
  }
  return { task: { ...task, outputs: made }, targets, copies };
}

export function countMade({ outputs }: JobTask): number {
  return outputs.reduce(
    (sum, { places }) => sum + places.filter(({ endpoint, name }) => isMade(endpoint, name)).length,
    0,
  );
}

export function countAll({ outputs }: JobTask): number {
  return outputs.reduce((sum, { places }) => sum + places.length, 0);
}
