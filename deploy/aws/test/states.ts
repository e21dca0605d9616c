import { JSONPath } from 'jsonpath-plus';

type Json = Record<string, unknown>;
export interface Request {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  /** seconds since the execution began */
  readonly at: number;
}
/** Answers an HTTP task: the status and the body. */
export type Answer = (request: Request) => { status: number; body: unknown };

export interface Outcome {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly output?: unknown;
  readonly error?: unknown;
  readonly cause?: unknown;
}

/** Events that the history of an execution may have: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const mostEvents = 25_000;

const read = (data: Json, path: string): unknown => JSONPath({ json: data as object, path, wrap: false });

/**
 * Runs the part of the Amazon States Language that our definition uses (Task with http:invoke, Wait, Choice, Pass, Succeed, Fail, Retry), with a clock
 * that only waits and retries move: https://states-language.net/spec.html. Counts events as HistoryEvent of the Step Functions API Reference lists them.
 */
export function run(definition: Json, input: Json, answer: Answer): Outcome & { events: number; seconds: number } {
  const states = definition.States as Record<string, Json>;
  let name = definition.StartAt as string;
  let data: Json = structuredClone(input);
  // ExecutionStarted
  const history = { events: 1, seconds: 0 };
  const ended = (outcome: Outcome) => ({ ...outcome, ...history });
  for (;;) {
    if (history.seconds > (definition.TimeoutSeconds as number)) return ended({ status: 'TIMED_OUT' });
    if (history.events > mostEvents)
      return ended({ status: 'FAILED', error: 'States.Runtime', cause: 'the maximum number of history events' });
    const state = states[name];
    if (!state) throw new Error(`there is no state ${name}`);
    // ...StateEntered and ...StateExited; after Fail it is ExecutionFailed.
    history.events += 2;
    switch (state.Type) {
      case 'Succeed':
        // ExecutionSucceeded
        history.events += 1;
        return ended({ status: 'SUCCEEDED', output: read(data, state.OutputPath as string) });
      case 'Fail':
        return ended({
          status: 'FAILED',
          error: state.Error ?? read(data, state.ErrorPath as string),
          cause: state.Cause ?? read(data, state.CausePath as string),
        });
      case 'Wait':
        history.seconds += read(data, state.SecondsPath as string) as number;
        break;
      case 'Pass':
        data = placed(data, state, resolve(state.Parameters as Json, data));
        break;
      case 'Choice':
        break;
      case 'Task': {
        const result = task(state, data, { answer, history });
        if ('error' in result) return ended({ status: 'FAILED', ...result });
        data = placed(data, state, result.value);
        break;
      }
      default:
        throw new Error(`not a state of ours: ${String(state.Type)}`);
    }
    name = nextOf(state, data);
  }
}

function placed(data: Json, { ResultPath }: Json, value: Json): Json {
  return { ...data, [(ResultPath as string).slice(2)]: value };
}

function nextOf(state: Json, data: Json): string {
  const choice = (state.Choices as Json[] | undefined)?.find(({ Variable, StringEquals, NumericLessThan }) => {
    const value = read(data, Variable as string);
    return StringEquals === undefined ? (value as number) < (NumericLessThan as number) : value === StringEquals;
  });
  return (choice?.Next ?? state.Default ?? state.Next) as string;
}

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
}

function task(
  state: Json,
  data: Json,
  { answer, history }: { answer: Answer; history: { events: number; seconds: number } },
): { value: Json } | { error: string; cause: string } {
  const parameters = resolve(state.Parameters as Json, data);
  const [retry] = state.Retry as Retrier[];
  for (let attempt = 0; ; attempt++) {
    // TaskScheduled, TaskStarted, TaskSucceeded or TaskFailed
    history.events += 3;
    const { status, body } = answer({
      method: String(parameters.Method),
      url: String(parameters.ApiEndpoint),
      body: parameters.RequestBody,
      at: history.seconds,
    });
    if (status < 400) return { value: resolve(state.ResultSelector as Json, { ResponseBody: body } as Json) };
    const error = `States.Http.StatusCode.${status}`;
    if (!retry?.ErrorEquals.includes(error) || attempt >= retry.MaxAttempts)
      return { error, cause: JSON.stringify(body) };
    // Without jitter, which only shortens it.
    history.seconds += Math.min(retry.MaxDelaySeconds, retry.IntervalSeconds * retry.BackoffRate ** attempt);
  }
}

/** Fields whose name ends in `.$` are paths, States.Format or States.MathAdd. */
function resolve(template: Json, data: Json): Json {
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), evaluate(value as string, data)] : [key, value],
    ),
  );
}

function evaluate(expression: string, data: Json): unknown {
  const [, format, path] = /^States\.Format\('(.*)', (.*)\)$/.exec(expression) ?? [];
  if (format !== undefined) return format.replace('{}', String(read(data, path!)));
  const [, augend, addend] = /^States\.MathAdd\((.*), (\d+)\)$/.exec(expression) ?? [];
  return augend === undefined ? read(data, expression) : (read(data, augend) as number) + Number(addend);
}
