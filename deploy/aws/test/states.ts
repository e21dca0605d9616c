import { JSONPath } from 'jsonpath-plus';

type Json = Record<string, unknown>;
/** Answers an HTTP task: the status and the body. */
export type Answer = (request: { method: string; url: string; body: unknown }) => { status: number; body: unknown };

const read = (data: Json, path: string): unknown => JSONPath({ json: data as object, path, wrap: false });

/**
 * Runs the part of the Amazon States Language that our definition uses (Task with http:invoke, Wait, Choice, Succeed, Fail, Retry), without waiting:
 * https://states-language.net/spec.html
 */
export function run(
  definition: Json,
  input: Json,
  answer: Answer,
): { status: 'SUCCEEDED' | 'FAILED'; output?: unknown; error?: unknown; cause?: unknown } {
  const states = definition.States as Record<string, Json>;
  let name = definition.StartAt as string;
  let data: Json = structuredClone(input);
  for (let steps = 0; steps < 1000; steps++) {
    const state = states[name];
    if (!state) throw new Error(`there is no state ${name}`);
    switch (state.Type) {
      case 'Succeed':
        return { status: 'SUCCEEDED', output: read(data, state.OutputPath as string) };
      case 'Fail':
        return {
          status: 'FAILED',
          error: state.Error ?? read(data, state.ErrorPath as string),
          cause: state.Cause ?? read(data, state.CausePath as string),
        };
      case 'Wait':
        name = state.Next as string;
        break;
      case 'Choice': {
        const choice = (state.Choices as Json[]).find(
          ({ Variable, StringEquals }) => read(data, Variable as string) === StringEquals,
        );
        name = (choice?.Next ?? state.Default) as string;
        break;
      }
      case 'Task': {
        const result = task(state, data, answer);
        if ('error' in result) return { status: 'FAILED', ...result };
        data = { ...data, [(state.ResultPath as string).slice(2)]: result.value };
        name = state.Next as string;
        break;
      }
      default:
        throw new Error(`not a state of ours: ${String(state.Type)}`);
    }
  }
  throw new Error('it does not end');
}

function task(state: Json, data: Json, answer: Answer): { value: Json } | { error: string; cause: string } {
  const parameters = resolve(state.Parameters as Json, data);
  const retry = (state.Retry as { ErrorEquals: string[]; MaxAttempts: number }[])[0];
  for (let attempt = 0; ; attempt++) {
    const { status, body } = answer({
      method: String(parameters.Method),
      url: String(parameters.ApiEndpoint),
      body: parameters.RequestBody,
    });
    if (status < 400) return { value: resolve(state.ResultSelector as Json, { ResponseBody: body } as Json) };
    const error = `States.Http.StatusCode.${status}`;
    if (!retry?.ErrorEquals.includes(error) || attempt >= retry.MaxAttempts)
      return { error, cause: JSON.stringify(body) };
  }
}

/** Fields whose name ends in `.$` are paths or States.Format. */
function resolve(template: Json, data: Json): Json {
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (!key.endsWith('.$')) return [key, value];
      const [, format, path] = /^States\.Format\('(.*)', (.*)\)$/.exec(value as string) ?? [];
      const resolved =
        format === undefined ? read(data, value as string) : format.replace('{}', String(read(data, path!)));
      return [key.slice(0, -2), resolved];
    }),
  );
}
