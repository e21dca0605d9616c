import { useId, useRef, useState, type DragEvent } from 'react';
import type { ScheduleReportView as Report } from '../../src/api/contract';
import { send } from '../api';
import { dayNames } from '../days';
import { ProblemView } from '../parts/problem-view';
import { useMay } from '../role';
import { useAction } from '../use-resource';

interface Wanted {
  readonly path: string;
  readonly body: object;
  readonly name: string;
}

/** Puts another schedule in the place of one, after its difference has been seen. */
export function ScheduleImportPage() {
  const [wanted, setWanted] = useState<Wanted>();
  const [compared, setCompared] = useState<Report>();
  const [applied, setApplied] = useState<Report>();
  const next = useRef<Wanted>(undefined);
  const mayAct = useMay('operator');
  const id = useId();

  const compare = useAction(async () => {
    const { current: given } = next;
    if (!given) return;
    setApplied(undefined);
    setCompared(undefined);
    setCompared(await send<Report>('POST', given.path, { ...given.body, dryRun: true }));
    setWanted(given);
  });
  const apply = useAction(async () => {
    if (!wanted || !compared) return;
    // Who has seen that all classes go means it.
    const mayEmpty = compared.added.length + compared.changed.length + compared.unchanged === 0;
    setApplied(await send<Report>('POST', wanted.path, { ...wanted.body, mayEmpty }));
    setCompared(undefined);
  });
  const look = (given: Wanted) => {
    next.current = given;
    compare.run();
  };
  const take = async (file: File | undefined) => {
    if (!file) return;
    const format = /\.json$/i.test(file.name) ? 'json' : 'csv';
    look({ path: 'api/schedule/import', body: { name: file.name, format, text: await file.text() }, name: file.name });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };
  return (
    <>
      <h1>Change the schedule</h1>
      <div className="beside">
        <section aria-labelledby={`${id}-file`}>
          <h2 id={`${id}-file`}>From a file</h2>
          <label className="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
            A CSV or JSON file
            <input
              type="file"
              accept=".csv,.json,text/csv,application/json"
              disabled={!mayAct}
              onChange={(event) => {
                void take(event.target.files?.[0]);
                event.target.value = '';
              }}
            />
          </label>
          <p className="hint">
            Its classes take the place of those of the last file of this name. Nothing changes before you have seen the
            difference.
          </p>
        </section>
        <section aria-labelledby={`${id}-sheet`}>
          <h2 id={`${id}-sheet`}>From the spreadsheet</h2>
          <button
            type="button"
            disabled={!mayAct || compare.busy}
            onClick={() => look({ path: 'api/schedule/sync', body: {}, name: 'the spreadsheet' })}
          >
            Compare with the spreadsheet
          </button>
        </section>
      </div>
      <ProblemView problem={compare.problem ?? apply.problem} />
      {compared && wanted && (
        <section aria-labelledby={`${id}-difference`} data-difference>
          <h2 id={`${id}-difference`}>What {wanted.name} changes</h2>
          <Difference report={compared} />
          <div className="actions">
            <button type="button" className="main" disabled={apply.busy || !mayAct} onClick={apply.run}>
              Apply it
            </button>
            <button type="button" onClick={() => setCompared(undefined)}>
              Leave it as it is
            </button>
          </div>
        </section>
      )}
      {applied && (
        <section aria-labelledby={`${id}-applied`} role="status">
          <h2 id={`${id}-applied`}>It counts now</h2>
          <p>
            {applied.added.length} added, {applied.removed.length} removed, {applied.changed.length} changed.{' '}
            {applied.rematched > 0 && `${applied.rematched} waiting recordings have found their class.`}{' '}
            <a href="#/schedule">To the week</a>
          </p>
        </section>
      )}
    </>
  );
}

type Class = Report['added'][number];

function Difference({ report: { added, removed, changed, unchanged, problems } }: { readonly report: Report }) {
  return (
    <>
      <p>
        <strong className="added">{added.length} added</strong>,{' '}
        <strong className="removed">{removed.length} removed</strong>, <strong>{changed.length} changed</strong>,{' '}
        {unchanged} as before.
      </p>
      {problems.length > 0 && (
        <div className="problem">
          <strong>{problems.length} rows cannot be used</strong>
          <ul>
            {problems.map(({ line, source, reason }) => (
              <li key={`${source} ${line} ${reason}`}>
                {source}, line {line}: {reason}
              </li>
            ))}
          </ul>
        </div>
      )}
      <ul className="rows">
        {added.map((item) => (
          <ClassLine key={`+${keyOf(item)}`} sign="added" item={item} />
        ))}
        {removed.map((item) => (
          <ClassLine key={`-${keyOf(item)}`} sign="removed" item={item} />
        ))}
        {changed.map(({ before, after }) => (
          <ClassLine key={`=${keyOf(after)}`} sign="changed" item={after} before={before} />
        ))}
      </ul>
    </>
  );
}

function ClassLine({ sign, item, before }: { readonly sign: string; readonly item: Class; readonly before?: Class }) {
  return (
    <li>
      <strong className={sign}>{sign}</strong>
      <span>
        {item.courseCode} {item.title}, {dayNames[item.day]} {item.time}, meeting {item.meetingId}, series{' '}
        {item.seriesId}
        {item.publish !== undefined && `, publish ${item.publish}`}
      </span>
      {before && (
        <span className="hint">
          before: {before.courseCode} {before.title}
          {before.publish !== undefined && `, publish ${before.publish}`}
        </span>
      )}
    </li>
  );
}

function keyOf({ meetingId, day, time, seriesId }: Class): string {
  return [meetingId, day, time, seriesId].join(' ');
}
