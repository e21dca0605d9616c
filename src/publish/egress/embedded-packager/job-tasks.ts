import { isDeepStrictEqual } from 'node:util';
import type { SegmentTask } from '../../../packager/packager.js';
import type { SegmentTarget } from './packaging-engine.js';
import type { EndpointState } from './endpoint-state.js';

/** A task of one or more endpoints: those that want exactly the same segments under the same names share it. */
export interface JobTask {
  readonly task: SegmentTask;
  readonly endpoints: readonly EndpointState[];
}

/** Every task of every endpoint once, in the order of the source. */
export function shareTasks(endpoints: readonly EndpointState[]): JobTask[] {
  const byName = new Map<string, { task: SegmentTask; endpoints: EndpointState[] }[]>();
  const shared: JobTask[] = [];
  for (const endpoint of endpoints) {
    for (const task of endpoint.presentation.tasks) {
      const name = task.outputs[0]?.name ?? '';
      const candidates = byName.get(name) ?? [];
      const same = candidates.find((candidate) => makesTheSame(candidate.task, task));
      if (same) {
        same.endpoints.push(endpoint);
        continue;
      }
      const entry = { task, endpoints: [endpoint] };
      byName.set(name, [...candidates, entry]);
      shared.push(entry);
    }
  }
  return shared;
}

/** The id is only a task's place in its own presentation. */
function makesTheSame(a: SegmentTask, b: SegmentTask): boolean {
  return isDeepStrictEqual({ ...a, id: 0 }, { ...b, id: 0 });
}

/** What is left of a task: segments to be made, and those that another endpoint of the job already holds. */
export interface RemainingTask {
  readonly task: SegmentTask;
  readonly targets: readonly SegmentTarget[];
  readonly copies: readonly { readonly name: string; readonly from: EndpointState; readonly to: EndpointState }[];
}

export function remainderOf({ task, endpoints }: JobTask): RemainingTask {
  const targets: SegmentTarget[] = [];
  const copies: RemainingTask['copies'][number][] = [];
  for (const { name } of task.outputs) {
    const without = endpoints.filter((endpoint) => !endpoint.made.has(name));
    const holder = endpoints.find((endpoint) => endpoint.made.has(name));
    if (holder) copies.push(...without.map((to) => ({ name, from: holder, to })));
    else targets.push({ name, folders: without.map(({ work }) => work.at.folder) });
  }
  return { task, targets, copies };
}
