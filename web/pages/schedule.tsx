import { useEffect, useId, useMemo, useState } from 'react';
import type { JobDetail, JobPage, Problem, RecordingPage, RecordingSummary, Schedule } from '../../src/api/contract';
import { stateOf } from '../../src/view/recording-state';
import {
  daysOf,
  isClassWith,
  later,
  meetingWords,
  mondayOf,
  recordingDays,
  today,
  weekOf,
  type Meeting,
  type MeetingState,
} from '../../src/view/schedule-week';
import { get, toProblem, withQuery } from '../api';
import { dayNames } from '../days';
import { AnswerState } from '../parts/answer-state';
import { ProblemView } from '../parts/problem-view';
import { Time } from '../parts/time';
import { Link, setQuery, usePlace } from '../router';
import { useNow } from '../use-now';
import { useResource } from '../use-resource';

/** A week of classes: what is expected when, what came, what is missing. */
export function SchedulePage() {
  const { query } = usePlace();
  const answer = useResource<Schedule>('api/schedule', 60_000);
  const schedule = answer.data;
  const search = query.get('search') ?? '';
  return (
    <>
      <div className="title">
        <h1>Schedule</h1>
        <a className="button main" href="#/schedule/import">
          Change it
        </a>
      </div>
      <AnswerState of={answer} />
      {schedule?.classes.length === 0 && (
        <p className="none">
          There are no classes yet. A <a href="#/schedule/import">file or a spreadsheet</a> says which recordings belong
          to which course.
        </p>
      )}
      {schedule && <WeekView schedule={schedule} given={query.get('week')} search={search} />}
      <SheetSync />
    </>
  );
}

interface WeekViewProps {
  readonly schedule: Schedule;
  /** a day of the week; null: this one */
  readonly given: string | null;
  readonly search: string;
}

function WeekView({ schedule, given, search }: WeekViewProps) {
  const minute = Math.floor(useNow() / 60_000) * 60_000;
  const { timeZone } = schedule;
  const isDate = given !== null && /^\d{4}-\d\d-\d\d$/.test(given) && !Number.isNaN(Date.parse(given));
  const todays = today(timeZone, minute);
  const monday = mondayOf(isDate ? given : todays);
  const { recordings, problem } = useRecordingsOf(monday);
  const week = useMemo(
    () => weekOf(schedule, recordings ?? [], { monday, now: minute }),
    [schedule, recordings, monday, minute],
  );
  const shown = week.meetings.filter((meeting) => isClassWith(meeting.class, search));
  const count = (state: MeetingState) => shown.filter((meeting) => meeting.state === state).length;
  const id = useId();
  return (
    <>
      <div className="filter">
        <div className="choice" role="group" aria-label="Week">
          <button type="button" onClick={() => setQuery({ week: later(monday, -7) })}>
            Week before
          </button>
          <button type="button" onClick={() => setQuery({ week: undefined })}>
            This week
          </button>
          <button type="button" onClick={() => setQuery({ week: later(monday, 7) })}>
            Week after
          </button>
        </div>
        <div className="wide">
          <label htmlFor={id}>Search</label>
          <input
            id={id}
            type="search"
            placeholder="course, meeting or series"
            value={search}
            onChange={(event) => setQuery({ search: event.target.value })}
          />
        </div>
      </div>
      <p role="status">
        {monday} to {later(monday, 6)}, times of {timeZone}: <strong>{count('came')} came</strong>,{' '}
        <strong className={count('missing') > 0 ? 'bad' : ''}>{count('missing')} missing</strong>,{' '}
        {count('expected') + count('soon')} expected.
      </p>
      <ProblemView problem={problem} />
      <div className="week">
        {daysOf(monday)
          .map(({ weekday, date }) => ({
            ...{ date, name: dayNames[weekday], isToday: date === todays },
            meetings: shown.filter((meeting) => meeting.date === date),
          }))
          .filter(({ meetings }, index) => index < 5 || meetings.length > 0)
          .map((day) => (
            <DayView key={day.date} {...day} />
          ))}
      </div>
      {search === '' && <Others recordings={week.others} />}
    </>
  );
}

type ClassMeeting = Meeting<Schedule['classes'][number], RecordingSummary>;

interface DayViewProps {
  readonly date: string;
  /** of the weekday */
  readonly name: string;
  readonly isToday: boolean;
  readonly meetings: readonly ClassMeeting[];
}

function DayView({ date, name, isToday, meetings }: DayViewProps) {
  return (
    <section className={`day ${isToday ? 'today' : ''}`} aria-labelledby={`day-${date}`}>
      <h2 id={`day-${date}`}>
        {name} <span className="hint">{date.slice(5)}</span>
      </h2>
      {meetings.length === 0 && <p className="none">–</p>}
      <ul>
        {meetings.map((meeting) => (
          <MeetingView
            key={`${meeting.class.source} ${meeting.class.meetingId} ${meeting.class.time} ${meeting.class.seriesId}`}
            meeting={meeting}
          />
        ))}
      </ul>
    </section>
  );
}

function MeetingView({ meeting: { class: of, recordings, state } }: { readonly meeting: ClassMeeting }) {
  return (
    <li>
      <strong>
        {of.time} {of.courseCode}
      </strong>
      <span className="hint">
        {of.title}, meeting {of.meetingId}
      </span>
      {state !== 'came' && (
        <span className={`status ${state === 'missing' ? 'failed' : 'queued'}`}>{meetingWords[state]}</span>
      )}
      {recordings.map((recording) => (
        <RecordingLine key={recording.uuid} recording={recording} />
      ))}
    </li>
  );
}

function RecordingLine({ recording }: { readonly recording: RecordingSummary }) {
  const { text, mood } = stateOf(recording);
  return (
    <span className={`status ${mood}`}>
      <Link to={['recordings', 'of', recording.uuid]}>{text}</Link>
    </span>
  );
}

function Others({ recordings }: { readonly recordings: readonly RecordingSummary[] }) {
  if (recordings.length === 0) return null;
  return (
    <section aria-labelledby="others">
      <h2 id="others">Came outside of the schedule</h2>
      <ul className="rows">
        {recordings.map((recording) => (
          <li key={recording.uuid}>
            <span>
              {recording.topic === '' ? `Meeting ${recording.meetingId}` : recording.topic},{' '}
              <Time at={recording.startTime} />
            </span>
            <RecordingLine recording={recording} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** pages of 500 recordings: more than any week has */
const mostPages = 20;

/** All recordings of a week, and of the days around it: days are of UTC there. */
function useRecordingsOf(monday: string): {
  recordings: readonly RecordingSummary[] | undefined;
  problem: Problem | undefined;
} {
  const [state, setState] = useState<{ monday: string; recordings?: readonly RecordingSummary[]; problem?: Problem }>();
  useEffect(() => {
    const abort = new AbortController();
    async function load(): Promise<RecordingSummary[]> {
      const found: RecordingSummary[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < mostPages; page++) {
        const range = { ...recordingDays(monday), limit: 500, cursor };
        const answer = await get<RecordingPage>(withQuery('api/recordings', range), abort.signal);
        found.push(...answer.recordings);
        if (answer.next === null) break;
        cursor = answer.next;
      }
      return found;
    }
    const look = () =>
      load().then(
        (recordings) => setState({ monday, recordings }),
        (error: unknown) => !abort.signal.aborted && setState({ monday, problem: toProblem(error) }),
      );
    void look();
    const timer = setInterval(() => document.visibilityState === 'visible' && void look(), 30_000);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [monday]);
  const current = state?.monday === monday ? state : undefined;
  return { recordings: current?.recordings, problem: current?.problem };
}

/** The last look at the spreadsheet. */
function SheetSync() {
  const { data } = useResource<JobPage>('api/jobs?kind=sync-schedule&limit=1', 60_000);
  const last = data?.jobs[0];
  const { data: job } = useResource<JobDetail>(last && `api/jobs/${encodeURIComponent(last.id)}`);
  if (!last) return null;
  const result = job?.result as
    Partial<Record<'added' | 'removed' | 'changed' | 'problems', number>> | null | undefined;
  return (
    <section aria-labelledby="sync">
      <h2 id="sync">Spreadsheet</h2>
      <p>
        <span className={`status ${last.status}`}>{last.status === 'done' ? 'read' : last.status}</span>{' '}
        <Link to={['jobs', last.id]}>
          <Time at={last.endedAt ?? last.createdAt} />
        </Link>
        {result &&
          `: ${result.added ?? 0} added, ${result.removed ?? 0} removed, ${result.changed ?? 0} changed, ${result.problems ?? 0} rows not usable`}
        {last.failure && `: ${last.failure.message}`}
      </p>
    </section>
  );
}
